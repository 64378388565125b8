import type { Scope } from '../../core/arn.ts';
import type { Clock } from '../../core/clock.ts';

/** A token bucket for each account and region: `perSecond` calls a second, as many at once. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perSecond: number | undefined;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** `perSecond` absent: everything passes. */
  constructor(clock: Clock, perSecond: number | undefined) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /** Takes one call's share; false if the caller must wait. */
  take(scope: Scope): boolean {
    if (this.#perSecond === undefined) return true;
    const key = `${scope.account}|${scope.region}`;
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(key) ?? { tokens: this.#perSecond, at: now };
    bucket.tokens = Math.min(this.#perSecond, bucket.tokens + ((now - bucket.at) / 1000) * this.#perSecond);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
