import { z } from 'zod';
import type { InstallationId } from '../core/ids.ts';
import { jsonOf } from '../core/json-of.ts';
import { readOwnFile } from '../core/own-file.ts';
import { setAside } from '../core/set-aside.ts';
import { replaceFile } from '../core/whole-file.ts';
import type { EngineSession } from './contract.ts';
import { EngineUnavailable } from './contract.ts';

const fileFormat = z.object({
  formatVersion: z.literal(1),
  installationId: z.string().transform((id) => id as InstallationId),
  epoch: z.int().nonnegative(),
});

type EpochFile = z.output<typeof fileFormat>;

/**
 * Notes that a server of this epoch has opened the engine. A file that is not whole is set aside and said by `warn`: the
 * store keeps the epoch, too. Throws `EngineUnavailable` for an older one, or another installation's.
 */
export function enterEpoch(
  path: string,
  { installationId, epoch }: EngineSession,
  warn: (words: string) => void,
): void {
  const seen = read(path);
  if (seen === 'damaged') warn(`${path} was damaged; it is now ${setAside(path)}, and a new one is written`);
  else if (seen && seen.installationId !== installationId) {
    throw new EngineUnavailable(`${path} belongs to installation ${seen.installationId}`);
  } else if (seen && seen.epoch > epoch) {
    throw new EngineUnavailable(`epoch ${epoch} is older than ${seen.epoch}: another server has taken over`);
  }
  const file: EpochFile = { formatVersion: 1, installationId, epoch };
  replaceFile(path, JSON.stringify(file));
}

/** The highest epoch that has opened the engine; -1 if none has, as far as the file can be read. */
export function highestEpoch(path: string): number {
  const seen = read(path);
  return seen === undefined || seen === 'damaged' ? -1 : seen.epoch;
}

/** Whose the engine is, as far as the file can be read. */
export function installationIn(path: string): InstallationId | undefined {
  const seen = read(path);
  return seen === 'damaged' ? undefined : seen?.installationId;
}

function read(path: string): EpochFile | 'damaged' | undefined {
  const found = readOwnFile(path);
  if (found.kind === 'none') return undefined;
  if (found.kind === 'other') return 'damaged';
  return fileFormat.safeParse(jsonOf(found.content.toString())).data ?? 'damaged';
}
