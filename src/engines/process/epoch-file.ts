import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { EngineSession } from '../contract.ts';
import { EngineUnavailable } from '../contract.ts';
import { errorCode } from './errors.ts';

interface EpochFile extends EngineSession {
  readonly formatVersion: 1;
}

/** Notes that a server of this epoch has opened the engine. Throws `EngineUnavailable` for an older one, or another installation's. */
export function enterEpoch(path: string, { installationId, epoch }: EngineSession): void {
  const seen = read(path);
  if (seen && seen.installationId !== installationId) {
    throw new EngineUnavailable(`${path} belongs to installation ${seen.installationId}`);
  }
  if (seen && seen.epoch > epoch)
    throw new EngineUnavailable(`epoch ${epoch} is older than ${seen.epoch}: another server has taken over`);
  const file: EpochFile = { formatVersion: 1, installationId, epoch };
  writeFileSync(`${path}.draft`, JSON.stringify(file), { mode: 0o600 });
  renameSync(`${path}.draft`, path);
}

/** The highest epoch that has opened the engine; -1 if none has. */
export function highestEpoch(path: string): number {
  return read(path)?.epoch ?? -1;
}

function read(path: string): EpochFile | undefined {
  try {
    const file: EpochFile = JSON.parse(readFileSync(path, 'utf8'));
    if (file.formatVersion !== 1) throw new EngineUnavailable(`${path} has format ${file.formatVersion}`);
    return file;
  } catch (error) {
    // Torn by a power failure: no server of that boot lives, and the store keeps the epoch, too.
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
