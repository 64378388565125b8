import { statSync } from 'node:fs';
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
    throw takenOver(epoch, seen.epoch);
  }
  const file: EpochFile = { formatVersion: 1, installationId, epoch };
  replaceFile(path, JSON.stringify(file));
}

/** Throws `EngineUnavailable` once a server of a later epoch has opened the engine. */
export function checkEpoch(path: string, { epoch }: EngineSession): void {
  const seen = highestEpoch(path);
  if (seen > epoch) throw takenOver(epoch, seen);
}

function takenOver(epoch: number, by: number): EngineUnavailable {
  return new EngineUnavailable(`epoch ${epoch} is older than ${by}: another server has taken over`);
}

/** The highest epoch that has opened the engine; -1 if none has, as far as the file can be read. */
export function highestEpoch(path: string): number {
  const seen = read(path);
  return seen === undefined || seen === 'damaged' ? -1 : seen.epoch;
}

/** The same for who asks all the time: the file is read again when another is in its place, as each epoch writes one. */
export function epochReader(path: string): () => number {
  let read: { readonly ino: number; readonly mtimeMs: number; readonly epoch: number } | undefined;
  return () => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return -1;
    if (read?.ino !== found.ino || read.mtimeMs !== found.mtimeMs)
      read = { ino: found.ino, mtimeMs: found.mtimeMs, epoch: highestEpoch(path) };
    return read.epoch;
  };
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
