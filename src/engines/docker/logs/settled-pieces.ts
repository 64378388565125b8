import type { LogPiece } from './frames.ts';

/**
 * Of readings that may meet the last piece half written: each holds its last one back, and gives it when the reading before
 * ended with the same.
 */
export class SettledPieces {
  #lastBefore: LogPiece | undefined;

  /** For one reading: `take` answers the pieces that are whole, in the order they come, `end` what is left of them. */
  reading(): { take(pieces: readonly LogPiece[]): readonly LogPiece[]; end(): readonly LogPiece[] } {
    let last: LogPiece | undefined;
    return {
      take: (pieces) => {
        const known = last ? [last, ...pieces] : pieces;
        last = known.at(-1);
        return known.slice(0, -1);
      },
      end: () => {
        const isSettled = last !== undefined && isSame(last, this.#lastBefore);
        this.#lastBefore = last;
        return isSettled && last ? [last] : [];
      },
    };
  }
}

function isSame(one: LogPiece, other: LogPiece | undefined): boolean {
  return other !== undefined && one.at === other.at && one.stream === other.stream && one.bytes.equals(other.bytes);
}
