import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { MetricResolution } from '../../../store/index.ts';
import type { Bucket } from './bucket.ts';

/** Points in one chunk, at most. */
export const pointsPerChunk = 120;

/** Seconds of a chunk. */
export function chunkSpan(resolution: MetricResolution): number {
  return resolution * pointsPerChunk;
}

/** Where the chunk begins in which a point stands. */
export function chunkStart(resolution: MetricResolution, time: number): number {
  const span = chunkSpan(resolution);
  return Math.floor(time / span) * span;
}

/** Points by their place in a chunk. */
export type ChunkPoints = ReadonlyMap<number, Bucket>;

const version = 1;
const [single, oneValue, unknown, listed] = [0, 1, 2, 3];
const mostBytes = 16 * 1024 * 1024;

/**
 * The points of a chunk as bytes: a version, then columns packed together. Of a point that is one value only that is written, and of
 * each column how it differs from the number before, byte by byte of all of them, which packs well.
 */
export function encodeChunk(points: ChunkPoints): Uint8Array {
  const places = [...points.keys()].sort((one, other) => one - other);
  const columns = { sums: [], rest: [], spreads: [] } as Record<'sums' | 'rest' | 'spreads', number[]>;
  const kinds = places.map((place) => push(columns, points.get(place)));
  const heads = Buffer.from([places.length, ...places, ...kinds]);
  const body = Buffer.concat([heads, planes(columns.sums), planes(columns.rest), planes(columns.spreads)]);
  const packed = zstdCompressSync(body, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  return Buffer.concat([Buffer.of(version), packed]);
}

function push(columns: Record<'sums' | 'rest' | 'spreads', number[]>, bucket: Bucket | undefined): number {
  if (!bucket) throw new Error('a point that is not there');
  const { count, sum, min, max, spread } = bucket;
  columns.sums.push(sum);
  if (count === 1 && min === sum && max === sum && spread === 'one') return single;
  columns.rest.push(count, min, max);
  if (!(spread instanceof Map)) return spread === 'one' ? oneValue : unknown;
  columns.spreads.push(spread.size, ...[...spread].flat());
  return listed;
}

/** Reads what `encodeChunk` wrote. Throws on a version that this release does not know. */
export function decodeChunk(bytes: Uint8Array): Map<number, Bucket> {
  if (bytes[0] !== version) throw new Error(`a chunk of points has version ${bytes[0]}; this release reads ${version}`);
  const body = zstdDecompressSync(bytes.subarray(1), { maxOutputLength: mostBytes });
  const count = body[0] ?? 0;
  const places = body.subarray(1, 1 + count);
  const kinds = body.subarray(1 + count, 1 + 2 * count);
  const reader = new ColumnReader(body, 1 + 2 * count);
  const [sums, rest, spreads] = [reader.next(), reader.next(), reader.next()];
  const points = new Map<number, Bucket>();
  for (const [index, place] of places.entries())
    points.set(place, readBucket(kinds[index] ?? 0, { sums, rest, spreads }));
  return points;
}

interface Columns {
  readonly sums: Iterator<number>;
  readonly rest: Iterator<number>;
  readonly spreads: Iterator<number>;
}

function readBucket(kind: number, { sums, rest, spreads }: Columns): Bucket {
  const sum = take(sums);
  if (kind === single) return { count: 1, sum, min: sum, max: sum, spread: 'one' };
  const [count, min, max] = [take(rest), take(rest), take(rest)];
  if (kind !== listed) return { count, sum, min, max, spread: kind === oneValue ? 'one' : 'unknown' };
  const size = take(spreads);
  const spread = new Map<number, number>();
  for (let index = 0; index < size; index += 1) spread.set(take(spreads), take(spreads));
  return { count, sum, min, max, spread };
}

function take(numbers: Iterator<number>): number {
  const { value, done } = numbers.next();
  if (done) throw new Error('a chunk of points ends too early');
  return value;
}

/** How many numbers there are, then their bytes: first the highest byte of each, as it differs from the one before... */
function planes(numbers: readonly number[]): Buffer {
  const count = numbers.length;
  const raw = Buffer.alloc(count * 8);
  for (const [index, number] of numbers.entries()) raw.writeDoubleBE(number, index * 8);
  const result = Buffer.alloc(4 + raw.length);
  result.writeUInt32BE(count);
  for (let index = 0; index < count; index += 1) {
    for (let byte = 0; byte < 8; byte += 1) {
      const before = index === 0 ? 0 : (raw[(index - 1) * 8 + byte] ?? 0);
      result[4 + byte * count + index] = (raw[index * 8 + byte] ?? 0) ^ before;
    }
  }
  return result;
}

class ColumnReader {
  readonly #body: Buffer;
  #at: number;

  constructor(body: Buffer, at: number) {
    this.#body = body;
    this.#at = at;
  }

  next(): Iterator<number> {
    const count = this.#body.readUInt32BE(this.#at);
    const from = this.#at + 4;
    const raw = Buffer.alloc(count * 8);
    for (let index = 0; index < count; index += 1) {
      for (let byte = 0; byte < 8; byte += 1) {
        const before = index === 0 ? 0 : (raw[(index - 1) * 8 + byte] ?? 0);
        raw[index * 8 + byte] = (this.#body[from + byte * count + index] ?? 0) ^ before;
      }
    }
    this.#at = from + raw.length;
    return Array.from({ length: count }, (_, index) => raw.readDoubleBE(index * 8))[Symbol.iterator]();
  }
}
