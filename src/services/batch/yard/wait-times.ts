import type { Milliseconds } from '../../../core/ids.ts';

/** Each bucket ends 1.25 times as far as the one before it: 64 of them reach from a tenth of a second to 40 hours. */
const first: Milliseconds = 100;
const factor = 1.25;
const buckets = 64;

/** How long jobs waited, in buckets: quantiles that are at most a quarter too long, in 256 bytes. */
export class WaitTimes {
  readonly #counts = new Uint32Array(buckets);

  add(wait: Milliseconds): void {
    const bucket = wait <= first ? 0 : Math.ceil(Math.log(wait / first) / Math.log(factor));
    this.#addTo(Math.min(bucket, buckets - 1), 1);
  }

  addAll(other: WaitTimes): void {
    for (const [bucket, count] of other.#counts.entries()) this.#addTo(bucket, count);
  }

  #addTo(bucket: number, count: number): void {
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
  }

  /** Half of the waits, and nine tenths of them, were no longer than these. Undefined if there is none. */
  quantiles(): { readonly p50: Milliseconds; readonly p90: Milliseconds } | undefined {
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    if (total === 0) return undefined;
    return { p50: this.#quantile(total * 0.5), p90: this.#quantile(total * 0.9) };
  }

  #quantile(rank: number): Milliseconds {
    let seen = 0;
    const bucket = this.#counts.findIndex((count) => {
      seen += count;
      return seen >= rank;
    });
    return Math.round(first * factor ** bucket);
  }
}
