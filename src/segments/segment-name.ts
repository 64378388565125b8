const extension = '.seg';
const digits = 8;

/** The name of a writer's `number`th segment, such as `00000001.seg`: names of one prefix sort in the order of writing. */
export function segmentName(prefix: string, number: number): string {
  return `${prefix}${String(number).padStart(digits, '0')}${extension}`;
}

/** The prefix and number in a segment's name, or undefined when `name` is none. */
export function parseSegmentName(name: string): { readonly prefix: string; readonly number: number } | undefined {
  const match = /^([a-z]*)(\d{8,})\.seg$/.exec(name);
  return match ? { prefix: match[1] ?? '', number: Number(match[2]) } : undefined;
}

/** The number after the highest that `names` hold for `prefix`; 1 when they hold none. */
export function nextSegmentNumber(names: readonly string[], prefix: string): number {
  let highest = 0;
  for (const name of names) {
    const parsed = parseSegmentName(name);
    if (parsed?.prefix === prefix) highest = Math.max(highest, parsed.number);
  }
  return highest + 1;
}
