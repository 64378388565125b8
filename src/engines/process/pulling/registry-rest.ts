import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { processLimits } from '../limits.ts';

/** Registries that were out of reach a moment ago: those who can do without are not made to wait for them again. */
export class RegistryRest {
  readonly #clock: Clock;
  readonly #until = new Map<string, { readonly at: Milliseconds; readonly why: string }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many of them are known. */
  get size(): number {
    return this.#until.size;
  }

  note(registry: string, why: string): void {
    const now = this.#clock.monotonic();
    // Jobs may name any number of registries: what is over goes with the next that is noted.
    for (const [other, { at }] of this.#until) if (at <= now) this.#until.delete(other);
    this.#until.set(registry, { at: now + processLimits.registryRestMs, why });
  }

  /** Why it is not asked now, in words. */
  reason(registry: string): string | undefined {
    const rest = this.#until.get(registry);
    if (rest && rest.at > this.#clock.monotonic()) return rest.why;
    this.#until.delete(registry);
    return undefined;
  }
}
