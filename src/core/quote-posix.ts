/** `text` as one word of a POSIX shell's script, whatever it holds: always in quotes. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The same for people to read and copy: plain words stay plain. */
export function quotePosix(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : shellWord(value);
}
