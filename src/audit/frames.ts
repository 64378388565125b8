import { crc32 } from 'node:zlib';

/** What a file of records begins with: its kind, and the version of its format. */
export const logHeader = headerOf('BYAUD');

const headBytes = 8;

/** Longest record that is read back: what claims to be longer is no frame. */
const longestPayload = 4 * 1024 * 1024;

/** Eight bytes: five letters, 0, and the version. */
export function headerOf(letters: string): Buffer {
  const header = Buffer.alloc(8);
  header.write(letters, 'latin1');
  header.writeUInt16LE(1, 6);
  return header;
}

/** Frames, each of one record: u32 length, u32 CRC-32, payload. */
export function encodeFrames(payloads: readonly string[]): Buffer {
  const sizes = payloads.map((payload) => Buffer.byteLength(payload));
  const frames = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + headBytes + size, 0));
  let offset = 0;
  for (const [index, payload] of payloads.entries()) {
    const size = sizes[index] ?? 0;
    const start = offset + headBytes;
    frames.write(payload, start);
    frames.writeUInt32LE(size, offset);
    frames.writeUInt32LE(crc32(frames.subarray(start, start + size)), offset + 4);
    offset = start + size;
  }
  return frames;
}

export interface Frame {
  /** Of the frame after it. */
  readonly end: number;
  readonly payload: Buffer;
}

/** The whole frame at `offset`; undefined if there is none, or not all of it. */
export function frameAt(bytes: Buffer, offset: number): Frame | undefined {
  const start = offset + headBytes;
  if (start > bytes.length) return undefined;
  const size = bytes.readUInt32LE(offset);
  if (size === 0 || start + size > bytes.length) return undefined;
  const payload = bytes.subarray(start, start + size);
  return crc32(payload) === bytes.readUInt32LE(offset + 4) ? { end: start + size, payload } : undefined;
}

/** Whether more bytes could make a frame of what begins at `offset`, of which `frameAt` knows none. */
export function mayGoOn(bytes: Buffer, offset: number): boolean {
  if (bytes.length - offset < headBytes) return true;
  const size = bytes.readUInt32LE(offset);
  return size > 0 && size <= longestPayload && offset + headBytes + size > bytes.length;
}

/** The records of a block, and notes. */
export function recordsIn(block: Buffer): readonly string[] {
  return framesIn(block).payloads;
}

/** What whole frames hold, and how many bytes those are. */
export function framesIn(bytes: Buffer): { readonly payloads: readonly string[]; readonly used: number } {
  const payloads: string[] = [];
  let used = 0;
  for (let frame = frameAt(bytes, 0); frame; frame = frameAt(bytes, used)) {
    payloads.push(frame.payload.toString());
    used = frame.end;
  }
  return { payloads, used };
}
