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

  note(registry: string, why: string): void {
    this.#until.set(registry, { at: this.#clock.monotonic() + processLimits.registryRestMs, why });
  }

  /** Why it is not asked now, in words. */
  reason(registry: string): string | undefined {
    const rest = this.#until.get(registry);
    if (rest && rest.at > this.#clock.monotonic()) return rest.why;
    this.#until.delete(registry);
    return undefined;
  }
}
