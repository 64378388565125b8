import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { Engine, EngineKind, MockWorld } from '../engines/index.ts';
import type { Store } from '../store/index.ts';
import type { CompiledOptions } from './compiled-options.ts';
import { type DataDirectory, logDirectoryOf } from './data-directory.ts';
import { openEngines } from './engines.ts';
import { describeHost } from './host.ts';
import type { Releasers } from './releasers.ts';

export interface ServerEnginesOptions {
  readonly options: CompiledOptions;
  readonly directory: DataDirectory;
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  readonly mockWorld?: MockWorld;
  readonly releasers: Releasers;
}

/** Opens the engines for this start of the installation: the store says which start it is. */
export async function openServerEngines(
  parts: ServerEnginesOptions,
  defaultEngine: EngineKind,
): Promise<ReadonlyMap<EngineKind, Engine>> {
  const { options, directory, store, releasers } = parts;
  const engines = await openEngines(defaultEngine, {
    ...parts,
    dataDirectory: directory.path,
    logRoot: logDirectoryOf(directory),
    session: { installationId: store.installationId, epoch: store.epoch },
    host: describeHost(store.installationId, options.host),
  });
  releasers.add(() => Promise.all([...engines.values()].map((engine) => engine.close())));
  return engines;
}
