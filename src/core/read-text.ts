import { closeSync, openSync, readSync } from 'node:fs';

const pieceBytes = 64 * 1024;

/**
 * The text of a file or pipe that somebody named, if it has at most `limit` bytes; undefined if it goes on: it may be one that
 * never ends. Throws what the file system does.
 */
export function readTextUpTo(path: string, limit: number): string | undefined {
  const file = openSync(path, 'r');
  try {
    const pieces: Buffer[] = [];
    for (let length = 0; length <= limit; ) {
      const piece = Buffer.allocUnsafe(pieceBytes);
      const count = readSync(file, piece);
      if (count === 0) return Buffer.concat(pieces).toString('utf8');
      pieces.push(piece.subarray(0, count));
      length += count;
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}
