import { readFileSync } from 'node:fs';
import { isShortOfFiles } from './short-of-files.ts';

let known: string | undefined;

/**
 * Identifies this boot of the machine; empty where the system does not tell. Read once: no process outlives its boot. Throws where no
 * more files may be opened: another boot, which that would look like, takes all that runs along.
 */
export function bootId(): string {
  known ??= readBootId('/proc/sys/kernel/random/boot_id');
  return known;
}

/** @internal for tests: of another file */
export function readBootId(path: string): string {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch (error) {
    if (isShortOfFiles(error)) throw error;
    return '';
  }
}
