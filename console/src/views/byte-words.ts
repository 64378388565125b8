const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Such as `7.9 GiB`, `512 MiB`, `0 B`. */
export function byteWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = value < 10 && unit > 0 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
  return `${digits} ${units[unit]}`;
}

/** What is asked of memory comes in MiB. */
export function mebibyteWords(mebibytes: number): string {
  return byteWords(mebibytes * 2 ** 20);
}
