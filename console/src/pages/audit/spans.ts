/** How far back is looked, in milliseconds. */
export const spans: Readonly<Record<string, number>> = {
  '1h': 3_600_000,
  '1d': 86_400_000,
  '7d': 604_800_000,
};

/** When a span that ends now begins; undefined for one that is all there is. */
export function startOf(span: string, now: number): number | undefined {
  const length = Object.hasOwn(spans, span) ? spans[span] : undefined;
  return length === undefined ? undefined : now - length;
}
