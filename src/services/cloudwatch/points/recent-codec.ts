import { fromVersionedText, toVersionedText } from '../../../store/index.ts';
import type { Bucket } from './bucket.ts';

/** Values that were put for a series at a time, in seconds. */
export interface PutPoint {
  readonly series: number;
  readonly time: number;
  readonly bucket: Bucket;
}

const version = 1;

type Row =
  | readonly [series: number, time: number, value: number]
  | readonly [series: number, time: number, count: number, sum: number, min: number, max: number, spread: RowSpread];
type RowSpread = 0 | 1 | readonly number[];

/** Points as they were put, as the store keeps them. */
export function encodeRecent(points: readonly PutPoint[]): Uint8Array {
  return Buffer.from(toVersionedText(version, { points: points.map(toRow) }));
}

function toRow({ series, time, bucket: { count, sum, min, max, spread } }: PutPoint): Row {
  if (count === 1 && min === sum && max === sum && spread === 'one') return [series, time, sum];
  if (spread instanceof Map) return [series, time, count, sum, min, max, [...spread].flat()];
  return [series, time, count, sum, min, max, spread === 'one' ? 1 : 0];
}

/** Throws on a version that this release does not know. */
export function decodeRecent(bytes: Uint8Array): readonly PutPoint[] {
  const found = fromVersionedText(Buffer.from(bytes).toString());
  if (found.version !== version) {
    throw new Error(`points that were put have version ${found.version}; this release reads ${version}`);
  }
  return (found.value as { readonly points: readonly Row[] }).points.map(fromRow);
}

function fromRow(row: Row): PutPoint {
  const [series, time] = row;
  if (row.length === 3) {
    const [, , value] = row;
    return { series, time, bucket: { count: 1, sum: value, min: value, max: value, spread: 'one' } };
  }
  const [, , count, sum, min, max, spread] = row;
  return { series, time, bucket: { count, sum, min, max, spread: fromRowSpread(spread) } };
}

function fromRowSpread(spread: RowSpread): Bucket['spread'] {
  if (spread === 1) return 'one';
  if (spread === 0) return 'unknown';
  const values = new Map<number, number>();
  for (let at = 0; at < spread.length; at += 2) values.set(spread[at] ?? 0, spread[at + 1] ?? 0);
  return values;
}
