/** The value below which `share` (0 to 1) of `values` lie. Throws if there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new RangeError('there are no values');
  return value;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
