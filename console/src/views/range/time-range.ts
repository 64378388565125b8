/** Spans that are offered, in milliseconds, by how the address names them. */
export const spans = {
  '15m': 900_000,
  '1h': 3_600_000,
  '6h': 21_600_000,
  '1d': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
} as const;

/** Milliseconds since 1970; what is absent is open. */
export interface TimeRange {
  readonly from?: number;
  readonly to?: number;
}

/** What the address says of a range: a span up to `asOf`, `all`, or what lies between two moments. */
export interface RangeText {
  readonly since: string;
  readonly from: string;
  readonly to: string;
}

/** The range that the address means. A moment that cannot be read, and a span that there is not, are open ends. */
export function readRange({ since, from, to }: RangeText, asOf: number): TimeRange {
  if (since === 'between') {
    const [begin, end] = [readMoment(from), readMoment(to)];
    return { ...(begin !== undefined && { from: begin }), ...(end !== undefined && { to: end }) };
  }
  const span = Object.entries(spans).find(([name]) => name === since)?.[1];
  return span === undefined ? {} : { from: asOf - span };
}

/** Milliseconds since 1970 of a text of ISO 8601, by UTC where it names no zone: what log lines are shown by. */
export function readMoment(text: string): number | undefined {
  const trimmed = text.trim().replace(' ', 'T');
  if (!/^\d{4}-\d\d-\d\d/.test(trimmed)) return undefined;
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(trimmed) || !trimmed.includes('T') ? trimmed : `${trimmed}Z`;
  const at = Date.parse(zoned);
  return Number.isFinite(at) ? at : undefined;
}
