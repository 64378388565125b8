import { dockerLimits } from '../docker-limits.ts';
import type { LogPiece } from './frames.ts';

/**
 * Which pieces of a container's output have been read, so that it can be read again from before its end without having one
 * twice. A daemon sends those of a stream in the same order each time, and is asked from a whole second: those of each second
 * are counted.
 */
export class SeenPieces {
  /** By stream and second. */
  readonly #counts = new Map<number, Map<number, number>>();
  /** When the line began that is under way in a stream: Docker gives all its pieces that time, be they sent much later. */
  readonly #underWay = new Map<number, number>();
  readonly #first: number;
  #last = Number.NEGATIVE_INFINITY;

  /** `first` is where reading begins, in seconds. */
  constructor(first: number) {
    this.#first = first;
  }

  /** The second from which all has to be read that may not have been seen. */
  get since(): number {
    const from = Math.min(this.#last - dockerLimits.overlapMs, ...this.#underWay.values());
    return Math.max(this.#first, Math.floor(from / 1000));
  }

  /** For one reading from `since` on: answers those of the pieces, in the order they come, that have not been seen before. */
  reading(): (pieces: readonly LogPiece[]) => readonly LogPiece[] {
    const { since } = this;
    const left = new Map([...this.#counts].map(([stream, counts]) => [stream, new Map(counts)]));
    return (pieces) => {
      const unseen = pieces.filter(
        (piece) => secondOf(piece) >= since && !takeOne(left.get(piece.stream), secondOf(piece)),
      );
      for (const piece of unseen) this.#see(piece);
      this.#forget();
      return unseen;
    };
  }

  #see(piece: LogPiece): void {
    const { stream, at, bytes } = piece;
    const counts = this.#counts.get(stream) ?? new Map<number, number>();
    this.#counts.set(stream, counts);
    counts.set(secondOf(piece), (counts.get(secondOf(piece)) ?? 0) + 1);
    this.#last = Math.max(this.#last, at);
    if (bytes.at(-1) === newline) this.#underWay.delete(stream);
    else this.#underWay.set(stream, Math.min(at, this.#underWay.get(stream) ?? at));
  }

  #forget(): void {
    const { since } = this;
    for (const counts of this.#counts.values()) {
      for (const second of counts.keys()) {
        if (second >= since) break;
        counts.delete(second);
      }
    }
  }
}

const newline = 0x0a;

function secondOf({ at }: LogPiece): number {
  return Math.floor(at / 1000);
}

function takeOne(counts: Map<number, number> | undefined, second: number): boolean {
  const count = counts?.get(second) ?? 0;
  if (count > 0) counts?.set(second, count - 1);
  return count > 0;
}
