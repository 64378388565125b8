import { readFileSync } from 'node:fs';
import { isSystemError, systemErrorWords } from '../../core/system-error.ts';
import { UsageError } from '../invocation.ts';

/** The text of a file that the command line names. Throws `UsageError` when it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const { name, message, code = '', syscall = '' } = error;
    throw new UsageError(systemErrorWords({ name, message, code, syscall, path: file }), { cause: error });
  }
}
