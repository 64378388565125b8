import type { Milliseconds } from '../../../core/ids.ts';

/** Between two questions to an engine that cannot run tasks. */
const probeInterval: Milliseconds = 2_000;
/** The same, at most, of one that says that it can and then does not, again and again. */
const longestInterval: Milliseconds = 60_000;
/** Who has been well for so long has not relapsed. */
const convalescence: Milliseconds = 60_000;

/**
 * How often an engine has fallen soon after it had come back: it is asked ever more seldom, and the log is spared. Times are
 * monotonic.
 */
export class Relapses {
  #count = 0;
  #backAt: Milliseconds = Number.NEGATIVE_INFINITY;

  /** It cannot run tasks any more. Answers which relapse this is; 0 for none. */
  fell(now: Milliseconds): number {
    this.#count = now - this.#backAt < convalescence ? this.#count + 1 : 0;
    return this.#count;
  }

  /** It can again. Answers whether that is news: a relapsing engine comes back too often. */
  cameBack(now: Milliseconds): boolean {
    this.#backAt = now;
    return this.#count === 0;
  }

  /** When to ask it again. */
  get interval(): Milliseconds {
    return Math.min(probeInterval * 2 ** this.#count, longestInterval);
  }
}
