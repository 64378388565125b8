import { type Bucket, valuesOf } from './bucket.ts';

/** Where a trimmed range ends: a share of the values, or a value. */
type Bound = { readonly share: number } | { readonly value: number };

interface Range {
  readonly from: Bound | undefined;
  readonly to: Bound | undefined;
}

type Kind = 'mean' | 'winsorized' | 'count' | 'sum' | 'rank';

/** What is asked of the values of a period. */
export type Statistic =
  | { readonly kind: 'SampleCount' | 'Average' | 'Sum' | 'Minimum' | 'Maximum' }
  | { readonly kind: 'percentile'; readonly share: number }
  | { readonly kind: 'trimmed'; readonly of: Kind; readonly range: Range };

const simple = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;
const shortNames: Readonly<Record<string, Kind>> = { tm: 'mean', wm: 'winsorized', tc: 'count', ts: 'sum' };
const percentage = /^(p|tm|wm|tc|ts)(\d{1,2}(?:\.\d{1,10})?|100(?:\.0{1,10})?)$/i;
const bounded = /^(TM|WM|TC|TS|PR)\(([^:()]*):([^:()]*)\)$/;

/** Reads the name of a statistic: `Average`, `p99.9`, `tm90`, `TM(10%:90%)`, `PR(:300)`, `IQM`... Undefined if it is none. */
export function readStatistic(text: string): Statistic | undefined {
  const kind = simple.find((name) => name === text);
  if (kind) return { kind };
  if (/^iqm$/i.test(text))
    return { kind: 'trimmed', of: 'mean', range: { from: { share: 0.25 }, to: { share: 0.75 } } };
  const [, name = '', number] = percentage.exec(text) ?? [];
  if (number !== undefined) return ofPercentage(name.toLowerCase(), Number(number) / 100);
  return readRange(text);
}

function ofPercentage(name: string, share: number): Statistic {
  if (name === 'p') return { kind: 'percentile', share };
  return { kind: 'trimmed', of: shortNames[name] ?? 'mean', range: { from: undefined, to: { share } } };
}

function readRange(text: string): Statistic | undefined {
  const [, name, from, to] = bounded.exec(text) ?? [];
  if (name === undefined || from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  const range = { from: readBound(from), to: readBound(to) };
  if (range.from === 'none' || range.to === 'none') return undefined;
  const shares = [range.from, range.to].filter((bound) => bound !== undefined && 'share' in bound);
  if (name === 'PR' && shares.length > 0) return undefined;
  const of = name === 'PR' ? 'rank' : (shortNames[name.toLowerCase()] ?? 'mean');
  return { kind: 'trimmed', of, range: range as Range };
}

function readBound(text: string): Bound | undefined | 'none' {
  if (text === '') return undefined;
  const [, number, percent] = /^(-?\d{1,15}(?:\.\d{1,10})?)(%?)$/.exec(text.trim()) ?? [];
  if (number === undefined) return 'none';
  if (percent !== '%') return { value: Number(number) };
  const share = Number(number) / 100;
  return share >= 0 && share <= 1 ? { share } : 'none';
}

/** Whether it asks for more than sums. */
export function isExtended({ kind }: Statistic): boolean {
  return kind === 'percentile' || kind === 'trimmed';
}

/** The statistic of a period; undefined where its values do not tell. */
export function statisticOf(bucket: Bucket, statistic: Statistic): number | undefined {
  switch (statistic.kind) {
    case 'SampleCount':
      return bucket.count;
    case 'Average':
      return bucket.count === 0 ? undefined : bucket.sum / bucket.count;
    case 'Sum':
      return bucket.sum;
    case 'Minimum':
      return bucket.min;
    case 'Maximum':
      return bucket.max;
    case 'percentile':
    case 'trimmed': {
      const values = sortedValues(bucket);
      if (!values || values.length === 0) return undefined;
      return statistic.kind === 'percentile'
        ? percentile(values, bucket.count, statistic.share)
        : trimmed(values, statistic);
    }
  }
}

type Counted = readonly (readonly [value: number, count: number])[];

function sortedValues(bucket: Bucket): Counted | undefined {
  const values = valuesOf(bucket);
  return values && [...values].sort(([one], [other]) => one - other);
}

/** The value that so many do not exceed. */
function percentile(values: Counted, count: number, share: number): number | undefined {
  let seen = 0;
  for (const [value, times] of values) {
    seen += times;
    // A sum of shares may fall short by the last bits.
    if (seen >= share * count * (1 - 1e-12)) return value;
  }
  return values.at(-1)?.[0];
}

function trimmed(values: Counted, { of, range }: Extract<Statistic, { kind: 'trimmed' }>): number | undefined {
  const total = values.reduce((sum, [, count]) => sum + count, 0);
  const within = cut(values, range, total);
  const count = within.reduce((sum, [, times]) => sum + times, 0);
  const sum = within.reduce((all, [value, times]) => all + value * times, 0);
  switch (of) {
    case 'count':
      return count;
    case 'sum':
      return sum;
    case 'rank':
      return total === 0 ? undefined : (count / total) * 100;
    case 'mean':
      return count === 0 ? undefined : sum / count;
    case 'winsorized':
      return winsorized(values, within, total);
  }
}

/** What lies outside counts as the nearest that lies within. */
function winsorized(values: Counted, within: Counted, total: number): number | undefined {
  const [low, high] = [within[0]?.[0], within.at(-1)?.[0]];
  if (low === undefined || high === undefined) return undefined;
  return values.reduce((sum, [value, count]) => sum + Math.min(high, Math.max(low, value)) * count, 0) / total;
}

/** The values within a range, and how many of each. */
function cut(values: Counted, { from, to }: Range, total: number): Counted {
  let seen = 0;
  const first = from && 'share' in from ? from.share * total : 0;
  const last = to && 'share' in to ? to.share * total : total;
  return values.flatMap(([value, count]) => {
    const [start, end] = [seen, seen + count];
    seen = end;
    if (from && 'value' in from && value <= from.value) return [];
    if (to && 'value' in to && value > to.value) return [];
    const inside = Math.min(end, last) - Math.max(start, first);
    return inside > 0 ? [[value, inside] as const] : [];
  });
}
