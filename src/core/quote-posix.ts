/** One word for a POSIX shell, whatever it holds. Plain words stay plain. */
export function quotePosix(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
