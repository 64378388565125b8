import { shellWord } from '../core/quote-posix.ts';
import { UsageError } from './invocation.ts';

/**
 * A command as Batch takes it: Batch refuses empty words (`Command field cannot have empty strings`), so a command that has some is
 * said to a shell, which becomes it.
 */
export function withoutEmptyWords(command: readonly string[]): string[] {
  if (!command.includes('')) return [...command];
  return ['/bin/sh', '-c', `exec ${command.map(shellWord).join(' ')}`];
}

/** Throws `UsageError` for a command whose program has no name: a shell could only end with 126. */
export function checkProgram([program]: readonly string[]): void {
  if (program === '') throw new UsageError('the command begins with an empty word: behind -- comes the program to run');
}
