import { crc32 } from 'node:zlib';
import type { Block } from './block-index.ts';
import { headerOf } from './frames.ts';

/**
 * The index of a packed segment:
 *
 *     header, u32 blocks, u32 pairs, block*, pair*, u32 CRC-32 of all before
 *     block = f64 offset in the packed file, u32 length there, u32 CRC-32, u32 length of its frames, u32 records, f64 from, f64 to
 *     pair = u32 hash, u32 block        (sorted)
 */
const header = headerOf('BYAUX');
const headBytes = header.length + 8;
const blockBytes = 40;
const pairBytes = 8;

/** Of every so many pairs the first one's hash is kept in memory. */
const fenceStep = 512;

export interface PackedBlock extends Block {
  /** In the packed file. */
  readonly packedLength: number;
  readonly checksum: number;
}

export function encodeSidecar(blocks: readonly PackedBlock[], hashes: readonly ReadonlySet<number>[]): Buffer {
  const pairs = sortedPairs(hashes);
  const bytes = Buffer.alloc(headBytes + blocks.length * blockBytes + pairs.length * pairBytes + 4);
  header.copy(bytes);
  let at = bytes.writeUInt32LE(blocks.length, header.length);
  at = bytes.writeUInt32LE(pairs.length, at);
  for (const block of blocks) at = writeBlock(bytes, at, block);
  for (const pair of pairs) {
    const hash = Math.floor(pair / mostBlocks);
    at = bytes.writeUInt32LE(pair - hash * mostBlocks, bytes.writeUInt32LE(hash, at));
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(0, at)), at);
  return bytes;
}

/** A pair is one number, of 32 bits and 21, which a double holds: sorted as numbers, many are in order ten times sooner than as objects. */
const mostBlocks = 2 ** 21;

function sortedPairs(hashes: readonly ReadonlySet<number>[]): Float64Array {
  const pairs = new Float64Array(hashes.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  for (const [block, set] of hashes.entries()) {
    for (const hash of set) {
      pairs[at] = hash * mostBlocks + block;
      at += 1;
    }
  }
  return pairs.sort();
}

function writeBlock(bytes: Buffer, start: number, block: PackedBlock): number {
  let at = bytes.writeDoubleLE(block.offset, start);
  for (const value of [block.packedLength, block.checksum, block.length, block.records])
    at = bytes.writeUInt32LE(value, at);
  return bytes.writeDoubleLE(block.to, bytes.writeDoubleLE(block.from, at));
}

/** What is kept in memory of a sidecar: where to look in it. */
export interface SidecarHead {
  readonly blocks: number;
  readonly pairs: number;
  /** The hash of every `fenceStep`th pair. */
  readonly fence: Uint32Array;
  readonly from: number;
  readonly to: number;
}

/** Undefined if the bytes are no whole sidecar. */
export function readSidecarHead(bytes: Buffer): SidecarHead | undefined {
  if (bytes.length < headBytes + 4 || !bytes.subarray(0, header.length).equals(header)) return undefined;
  const blocks = bytes.readUInt32LE(header.length);
  const pairs = bytes.readUInt32LE(header.length + 4);
  const end = headBytes + blocks * blockBytes + pairs * pairBytes;
  if (bytes.length !== end + 4 || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return undefined;
  const table = readBlocks(bytes.subarray(headBytes));
  const fence = new Uint32Array(Math.ceil(pairs / fenceStep));
  const start = headBytes + blocks * blockBytes;
  for (let at = 0; at < fence.length; at += 1) fence[at] = bytes.readUInt32LE(start + at * fenceStep * pairBytes);
  const times = table.slice(0, blocks);
  return {
    ...{ blocks, pairs, fence },
    from: times.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY),
    to: times.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY),
  };
}

/** Where the table of blocks stands in the file. */
export function tablePlace({ blocks }: SidecarHead): readonly [offset: number, length: number] {
  return [headBytes, blocks * blockBytes];
}

/** Where all pairs with `hash` stand in the file, with others beside them. */
export function pairsPlace({ blocks, pairs, fence }: SidecarHead, hash: number): readonly [number, number] {
  let first = 0;
  while (first < fence.length && (fence[first] ?? 0) < hash) first += 1;
  let last = first;
  while (last < fence.length && (fence[last] ?? 0) <= hash) last += 1;
  const from = Math.max(0, first - 1) * fenceStep;
  const to = Math.min(pairs, last * fenceStep);
  return [headBytes + blocks * blockBytes + from * pairBytes, Math.max(0, to - from) * pairBytes];
}

/** The blocks of the pairs in `bytes` that have `hash`. */
export function blocksAmong(bytes: Buffer, hash: number): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at + pairBytes <= bytes.length; at += pairBytes)
    if (bytes.readUInt32LE(at) === hash) found.push(bytes.readUInt32LE(at + 4));
  return found;
}

export function readBlocks(table: Buffer): readonly PackedBlock[] {
  return Array.from({ length: Math.floor(table.length / blockBytes) }, (_, index) => {
    const at = index * blockBytes;
    return {
      offset: table.readDoubleLE(at),
      packedLength: table.readUInt32LE(at + 8),
      checksum: table.readUInt32LE(at + 12),
      length: table.readUInt32LE(at + 16),
      records: table.readUInt32LE(at + 20),
      from: table.readDoubleLE(at + 24),
      to: table.readDoubleLE(at + 32),
    };
  });
}
