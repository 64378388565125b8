/**
 * How often each value came: `one` where all are the same, `unknown` where a statistic set or a negative value hides it. A map has
 * up to 150 values as they came; what comes after them is put to the nearest of steps of a tenth.
 */
type Spread = 'one' | 'unknown' | Map<number, number>;

/** What is kept of all values of a metric within a period. */
export interface Bucket {
  count: number;
  sum: number;
  min: number;
  max: number;
  spread: Spread;
}

const mostExact = 150;
const step = Math.log(1.1);

/** One value that came `count` times. */
export function bucketOf(value: number, count = 1): Bucket {
  return { count, sum: value * count, min: value, max: value, spread: 'one' };
}

/** What is known of a statistic set. */
export function bucketOfSet(set: Pick<Bucket, 'count' | 'sum' | 'min' | 'max'>): Bucket {
  return { ...set, spread: set.count === 1 || set.min === set.max ? 'one' : 'unknown' };
}

export function copyOf(bucket: Bucket): Bucket {
  const { spread } = bucket;
  return { ...bucket, spread: spread instanceof Map ? new Map(spread) : spread };
}

/** Adds what `other` holds to `bucket`. */
export function addTo(bucket: Bucket, other: Bucket): void {
  bucket.spread = joined(bucket, other);
  bucket.count += other.count;
  bucket.sum += other.sum;
  bucket.min = Math.min(bucket.min, other.min);
  bucket.max = Math.max(bucket.max, other.max);
}

function joined(bucket: Bucket, other: Bucket): Spread {
  if (bucket.spread === 'unknown' || other.spread === 'unknown' || bucket.min < 0 || other.min < 0) {
    return isOneValue(bucket, other) ? 'one' : 'unknown';
  }
  if (isOneValue(bucket, other)) return 'one';
  const values = bucket.spread instanceof Map ? bucket.spread : new Map([[bucket.min, bucket.count]]);
  for (const [value, count] of valuesOf(other) ?? []) {
    const key = values.size < mostExact || values.has(value) ? value : nearestStep(value);
    values.set(key, (values.get(key) ?? 0) + count);
  }
  return values;
}

function isOneValue(bucket: Bucket, other: Bucket): boolean {
  return bucket.spread === 'one' && other.spread === 'one' && bucket.min === other.min;
}

/** Steps are a tenth apart: what is put to one is at most a twentieth off. */
function nearestStep(value: number): number {
  return value === 0 ? 0 : Math.exp((Math.floor(Math.log(value) / step) + 0.5) * step);
}

/** The values and how often each came; undefined where that is not known. */
export function valuesOf({
  spread,
  min,
  count,
}: Bucket): Iterable<readonly [value: number, count: number]> | undefined {
  if (spread === 'unknown') return undefined;
  return spread === 'one' ? [[min, count]] : spread;
}
