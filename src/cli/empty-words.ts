/**
 * A command as Batch takes it: Batch refuses empty words (`Command field cannot have empty strings`), so a command that has some is
 * said to a shell, which becomes it.
 */
export function withoutEmptyWords(command: readonly string[]): string[] {
  if (!command.includes('')) return [...command];
  return ['/bin/sh', '-c', `exec ${command.map(quoted).join(' ')}`];
}

/** One word to a shell, whatever is in it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
