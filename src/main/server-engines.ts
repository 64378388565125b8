import type { Clock } from '../core/clock.ts';
import { isDiskFull } from '../core/disk-full.ts';
import { CommitFailed } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { RandomSource } from '../core/random.ts';
import type { EngineKind, MockWorld } from '../engines/index.ts';
import type { Store } from '../store/index.ts';
import type { CompiledOptions } from './compiled-options.ts';
import { type DataDirectory, logDirectoryOf } from './data-directory.ts';
import { enabledEngines, openEngine } from './engines.ts';
import { describeHost } from './host.ts';
import { LateEngine } from './late-engine.ts';
import type { Releasers } from './releasers.ts';

export interface ServerEnginesOptions {
  readonly options: CompiledOptions;
  readonly directory: DataDirectory;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly version: string;
  readonly mockWorld?: MockWorld;
  readonly releasers: Releasers;
}

export type ServerEngines = ReadonlyMap<EngineKind, LateEngine>;

/** The engines that this server offers, none of them opened. Throws on one that this version has not. */
export function serverEngines(parts: ServerEnginesOptions, defaultEngine: EngineKind): ServerEngines {
  const { options, directory, store, releasers } = parts;
  const open = async (kind: EngineKind) => {
    const { installationId } = store;
    const { epoch } = await store.takeLead();
    return openEngine(kind, {
      ...parts,
      dataDirectory: directory.path,
      logRoot: logDirectoryOf(directory),
      session: { installationId, epoch },
      host: describeHost(installationId, options.host),
    });
  };
  const kinds = enabledEngines(defaultEngine, options);
  const engines = new Map(kinds.map((kind) => [kind, new LateEngine(kind, () => open(kind))]));
  for (const engine of engines.values()) releasers.add(() => engine.close());
  return engines;
}

/**
 * Opens for the lead that this server has those that are not opened yet. Rejects with `CommitFailed` when their files find no
 * room: then it may be called again. None is being opened any more when this is over.
 */
export async function openEngines(engines: ServerEngines): Promise<void> {
  const openings = await Promise.allSettled([...engines.values()].map((engine) => engine.open()));
  const failures = openings.flatMap((opening) => (opening.status === 'rejected' ? [opening] : []));
  // What more room does not mend comes first: nobody is to wait for it.
  const failure = failures.find(({ reason }) => !isDiskFull(reason)) ?? failures[0];
  if (!failure) return;
  const cause: unknown = failure.reason;
  if (!isDiskFull(cause)) throw cause;
  throw new CommitFailed('disk-full', `no space left for the files of engines: ${String(cause)}`, { cause });
}
