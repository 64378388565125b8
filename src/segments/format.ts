import { checksumOf } from './checksum.ts';

/**
 * The segment format, version 1, all numbers little endian:
 *
 *     file   = "BYSEG" 0x00, u16 version, frame*
 *     frame  = u32 payload length, u32 checksum, u48 timestamp, u16 zero, i32 delay, payload
 *
 * `timestamp` is in epoch milliseconds; `delay` is the ingestion time less the timestamp (0 for what the runner writes).
 * The checksum is the CRC-32 of the payload, seeded with the other fields of the header, so that no header byte can
 * change unnoticed and a tail of zeros is no frame.
 */
export const formatVersion = 1;
export const fileHeaderBytes = 8;
export const frameHeaderBytes = 20;

/** Longer payloads are refused when writing, and taken for damage when reading. */
export const maximumPayloadBytes = 4 * 1024 * 1024;

/** Segments close at about this size. */
export const defaultSegmentBytes = 8 * 1024 * 1024;

const magic = [0x42, 0x59, 0x53, 0x45, 0x47, 0x00] as const;
const highWord = 2 ** 32;
const longestTimestamp = 2 ** 48 - 1;

/** The eight bytes with which every segment begins. */
export function fileHeader(): Uint8Array {
  return Uint8Array.of(...magic, formatVersion, 0);
}

/** What a segment begins with: its header; a torn one, where nothing can follow; or not ours, in words. */
export type HeaderResult = { readonly kind: 'whole' | 'torn' } | { readonly kind: 'foreign'; readonly words: string };

/** Looks at the first bytes of a segment. */
export function readFileHeader(bytes: Uint8Array): HeaderResult {
  const header = fileHeader();
  const there = Math.min(bytes.length, fileHeaderBytes);
  // A crash of the host can leave a file grown but not yet written: zeros are a torn header, not a foreign file.
  if (bytes.subarray(0, there).every((byte) => byte === 0)) return { kind: 'torn' };
  for (let index = 0; index < Math.min(there, magic.length); index += 1) {
    if (bytes[index] !== header[index]) return { kind: 'foreign', words: 'is not a log segment' };
  }
  if (there < fileHeaderBytes) return { kind: 'torn' };
  const version = (bytes[6] ?? 0) | ((bytes[7] ?? 0) << 8);
  if (version === formatVersion) return { kind: 'whole' };
  return { kind: 'foreign', words: `has log segment format ${version}; known is ${formatVersion}` };
}

/** Throws `RangeError` for what a frame cannot hold. */
export function checkRecord(timestamp: number, payloadBytes: number): void {
  if (!(timestamp >= 0 && timestamp <= longestTimestamp))
    throw new RangeError(`timestamp ${timestamp} is out of range`);
  if (payloadBytes > maximumPayloadBytes) throw new RangeError(`a payload of ${payloadBytes} bytes is too long`);
}

/** Writes one frame at `offset` of `target` (which `view` shows) and returns the offset after it. */
export function writeFrame(
  target: Uint8Array,
  view: DataView,
  offset: number,
  timestamp: number,
  delay: number,
  payload: Uint8Array,
): number {
  const high = Math.floor(timestamp / highWord);
  const low = timestamp - high * highWord;
  view.setUint32(offset, payload.length, true);
  view.setUint32(offset + 4, checksum(payload, low, high, delay), true);
  view.setUint32(offset + 8, low, true);
  view.setUint32(offset + 12, high, true);
  view.setInt32(offset + 16, delay, true);
  target.set(payload, offset + frameHeaderBytes);
  return offset + frameHeaderBytes + payload.length;
}

/** A frame found whole: where it ends, its times, and its payload, which is a view of the bytes it was read from. */
export interface Frame {
  readonly kind: 'frame';
  readonly end: number;
  readonly timestamp: number;
  readonly ingestedAt: number;
  readonly payload: Uint8Array;
}

/** `short`: more bytes are needed to tell, `needed` in all from its start. `damaged`: nothing after it can be trusted. */
export type FrameResult = Frame | { readonly kind: 'short'; readonly needed: number } | { readonly kind: 'damaged' };

const damaged: FrameResult = { kind: 'damaged' };

/** Reads the frame at `offset`. */
export function readFrame(bytes: Uint8Array, view: DataView, offset: number): FrameResult {
  if (offset + frameHeaderBytes > bytes.length) return { kind: 'short', needed: frameHeaderBytes };
  const length = view.getUint32(offset, true);
  if (length > maximumPayloadBytes) return damaged;
  const start = offset + frameHeaderBytes;
  const end = start + length;
  if (end > bytes.length) return { kind: 'short', needed: frameHeaderBytes + length };
  const low = view.getUint32(offset + 8, true);
  const high = view.getUint32(offset + 12, true);
  const delay = view.getInt32(offset + 16, true);
  const payload = bytes.subarray(start, end);
  if (view.getUint32(offset + 4, true) !== checksum(payload, low, high, delay)) return damaged;
  const timestamp = high * highWord + low;
  return { kind: 'frame', end, timestamp, ingestedAt: timestamp + delay, payload };
}

/** The payload's own length is not mixed in: another length is another payload. */
function checksum(payload: Uint8Array, low: number, high: number, delay: number): number {
  const seed = (low ^ Math.imul(high, 0x9e3779b1) ^ Math.imul(delay, 0x85ebca6b) ^ 0x5ba7c4d1) >>> 0;
  return checksumOf(payload, seed);
}

/** Where the frame at `offset` ends, by its header alone: for frames found whole before. */
export function frameEnd(view: DataView, offset: number): number {
  return offset + frameHeaderBytes + view.getUint32(offset, true);
}

/** The timestamp of the frame at `offset`, by its header alone. */
export function frameTimestamp(view: DataView, offset: number): number {
  return view.getUint32(offset + 12, true) * highWord + view.getUint32(offset + 8, true);
}

/** The ingestion time of the frame at `offset`, by its header alone. */
export function frameIngestedAt(view: DataView, offset: number): number {
  return frameTimestamp(view, offset) + view.getInt32(offset + 16, true);
}
