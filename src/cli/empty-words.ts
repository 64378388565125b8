import { shellWord } from '../core/quote-posix.ts';

/**
 * A command as Batch takes it: Batch refuses empty words (`Command field cannot have empty strings`), so a command that has some is
 * said to a shell, which becomes it.
 */
export function withoutEmptyWords(command: readonly string[]): string[] {
  if (!command.includes('')) return [...command];
  return ['/bin/sh', '-c', `exec ${command.map(shellWord).join(' ')}`];
}
