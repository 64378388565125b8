/** A piece of what a container wrote: a line with its end, or a part of a long one. */
export interface LogPiece {
  /** By the daemon's clock. */
  readonly at: number;
  readonly bytes: Buffer;
}

const headerBytes = 8;
const space = 0x20;
/** A header that says more is none: Docker cuts what a container writes into far less. */
const longestPiece = 64 * 1024 * 1024;

/**
 * Cuts Docker's stream of frames (stream, three zeros, length, content) into pieces, each of which begins with its time. Keeps
 * what is not whole for the next chunk. Throws on what is no such stream.
 */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The pieces that are whole with this chunk; they share its memory. */
  push(chunk: Buffer): readonly LogPiece[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const pieces: LogPiece[] = [];
    let start = 0;
    while (bytes.length - start >= headerBytes) {
      const length = bytes.readUInt32BE(start + 4);
      if (length > longestPiece) throw new Error('the daemon sent output that is in no frames');
      const end = start + headerBytes + length;
      if (end > bytes.length) break;
      pieces.push(pieceOf(bytes.subarray(start + headerBytes, end)));
      start = end;
    }
    this.#rest = Buffer.from(bytes.subarray(start));
    return pieces;
  }
}

function pieceOf(content: Buffer): LogPiece {
  const end = content.indexOf(space);
  const at = Date.parse(content.toString('latin1', 0, Math.max(0, end)));
  if (!Number.isFinite(at)) throw new Error('the daemon sent output without its time');
  return { at, bytes: content.subarray(end + 1) };
}
