/** The statuses of children, by the four bits that stand for each. */
export const childStatuses = [
  'SUBMITTED',
  'PENDING',
  'RUNNABLE',
  'STARTING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
] as const;

export type ChildStatus = (typeof childStatuses)[number];

/** First and last of each run, rising. */
export type Ranges = readonly (readonly [first: number, last: number])[];

/** Reads what DescribeArray says: the place of each child's status in `childStatuses`. */
export function readStates(states: string, size: number): Uint8Array {
  const text = atob(states);
  const codes = new Uint8Array(size);
  for (let index = 0; index < size; index += 1) {
    const byte = text.charCodeAt(index >> 1);
    codes[index] = index % 2 === 0 ? byte >> 4 : byte & 15;
  }
  return codes;
}

/** How many children have each status; those that none has are left out. */
export function countStates(codes: Uint8Array): readonly (readonly [ChildStatus, number])[] {
  const counts = childStatuses.map((): number => 0);
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return childStatuses.map((status, code) => [status, counts[code] ?? 0] as const).filter(([, count]) => count > 0);
}

/** The indexes of the children of a status, or all, that are in `ranges`, if there are any. */
export function selectChildren(
  codes: Uint8Array,
  { status, ranges }: { readonly status?: string | undefined; readonly ranges?: Ranges | undefined },
): readonly number[] {
  const wanted = status === undefined ? -1 : childStatuses.indexOf(status as ChildStatus);
  const indexes: number[] = [];
  const add = (index: number) => {
    if (status === undefined || codes[index] === wanted) indexes.push(index);
  };
  for (const [first, last] of ranges ?? [[0, codes.length - 1] as const])
    for (let index = first; index <= Math.min(last, codes.length - 1); index += 1) add(index);
  return indexes;
}

/** Such as `3, 17-20, 44 …`: so many ranges. */
export function rangeWords(ranges: Ranges, limit: number): string {
  const shown = ranges.slice(0, limit).map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  return `${shown.join(', ')}${ranges.length > limit ? ' …' : ''}`;
}
