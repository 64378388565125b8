import { readFileSync } from 'node:fs';
import { CommandError } from '../invocation.ts';

/** The text of a file. Throws `CommandError` when it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
