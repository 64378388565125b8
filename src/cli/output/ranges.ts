/** Indexes that follow each other, both included. */
export type Range = readonly [first: number, last: number];

/** Rising indexes as ranges. */
export function rangesOf(indexes: readonly number[]): readonly Range[] {
  const ranges: [number, number][] = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last && index === last[1] + 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges;
}

/** Such as `0-12, 40, 51-70`, and how many indexes are not among the first `limit` ranges: `..., and 7 more`. */
export function formatRanges(ranges: readonly Range[], limit: number): string {
  const shown = ranges.slice(0, limit).map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  const left = ranges.slice(limit).reduce((sum, [first, last]) => sum + last - first + 1, 0);
  return `${shown.join(', ')}${left === 0 ? '' : `, and ${left} more`}`;
}
