import { readTextUpTo } from '../../core/read-text.ts';
import { isSystemError, systemErrorWords } from '../../core/system-error.ts';
import { UsageError } from '../invocation.ts';

/** More than any request may have, in bytes. */
const longest = 4 * 1024 * 1024;

/** The text of a file that the command line names. Throws `UsageError` when it cannot be read. */
export function readText(file: string): string {
  const text = tryToRead(file);
  if (text === undefined) throw new UsageError(`${file} is longer than the ${longest} bytes that a request may have`);
  return text;
}

function tryToRead(file: string): string | undefined {
  try {
    return readTextUpTo(file, longest);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const { name, message, code = '', syscall = '' } = error;
    throw new UsageError(systemErrorWords({ name, message, code, syscall, path: file }), { cause: error });
  }
}
