/** A piece of what a container wrote: a line with its end, or a part of a long one. */
export interface LogPiece {
  /** As of its frame. */
  readonly stream: number;
  /** By the daemon's clock. */
  readonly at: number;
  readonly bytes: Buffer;
}

/** What came on one of a container's streams at once. */
export interface Frame {
  /** 1: standard output, 2: standard error. */
  readonly stream: number;
  readonly content: Buffer;
}

const headerBytes = 8;
const space = 0x20;
/** A header that says more is none: Docker cuts what a container writes into far less. */
const longestFrame = 64 * 1024 * 1024;

/**
 * Cuts Docker's stream of frames (stream, three zeros, length, content): answers those that are whole with a chunk, which share
 * its memory, and keeps what is not for the next one. Throws on what is no such stream.
 */
export function rawFrames(): (chunk: Buffer) => readonly Frame[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    let start = 0;
    while (bytes.length - start >= headerBytes) {
      const length = bytes.readUInt32BE(start + 4);
      if (length > longestFrame) throw new Error('the daemon sent output that is in no frames');
      const end = start + headerBytes + length;
      if (end > bytes.length) break;
      frames.push({ stream: bytes[start] ?? 0, content: bytes.subarray(start + headerBytes, end) });
      start = end;
    }
    rest = Buffer.from(bytes.subarray(start));
    return frames;
  };
}

/** The same of output with times: each frame begins with its own. */
export function logPieces(): (chunk: Buffer) => readonly LogPiece[] {
  const frames = rawFrames();
  return (chunk) => frames(chunk).map(pieceOf);
}

function pieceOf({ stream, content }: Frame): LogPiece {
  const end = content.indexOf(space);
  const at = Date.parse(content.toString('latin1', 0, Math.max(0, end)));
  if (!Number.isFinite(at)) throw new Error('the daemon sent output without its time');
  return { stream, at, bytes: content.subarray(end + 1) };
}
