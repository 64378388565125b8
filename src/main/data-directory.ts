import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompiledOptions } from './compiled-options.ts';

/** Where a server keeps its files. */
export interface DataDirectory {
  readonly path: string;
  /** Removes what must not outlive the server: all of an ephemeral one. Nothing may be using it any more. */
  dispose(): void;
}

/** Log streams are below it. */
export function logDirectoryOf({ path }: Pick<DataDirectory, 'path'>): string {
  return join(path, 'logs');
}

/** Makes the data directory if it is missing (0700), or a temporary one for `--ephemeral`. */
export function openDataDirectory(data: CompiledOptions['data']): DataDirectory {
  if (data.ephemeral) {
    const path = mkdtempSync(join(tmpdir(), 'batchyard-'));
    return { path, dispose: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
  }
  mkdirSync(data.directory, { recursive: true, mode: 0o700 });
  return { path: data.directory, dispose: () => {} };
}
