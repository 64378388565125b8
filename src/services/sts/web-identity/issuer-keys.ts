import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { type KeySet, readKeySet } from './key-set.ts';

/** How long keys count, and how often they are asked for. */
const times = {
  /** They are read again after that. */
  fresh: 5 * 60_000,
  /** While they cannot be read the last ones count on for so long. */
  stale: 60 * 60_000,
  /** At most once in that time for keys that are not known: whoever sends tokens chooses their `kid`. */
  unknown: 30_000,
  /** After a failure nobody is asked for so long. */
  failed: 10_000,
} as const satisfies Record<string, Milliseconds>;

/** Reads the text of a key set; rejects if nobody answers in time. */
export type ReadKeys = () => Promise<string>;

/** The keys of one issuer, read when they are needed: once for all who wait, and not more often than it helps. */
export class IssuerKeys {
  readonly #read: ReadKeys;
  readonly #clock: Clock;
  #known: { readonly keys: KeySet; readonly at: Milliseconds } | undefined;
  #failed: { readonly error: unknown; readonly at: Milliseconds } | undefined;
  #reading: Promise<void> | undefined;

  constructor(read: ReadKeys, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  /** The keys, of which one has the id if any has. Rejects if there are none that could count. */
  async for(kid: string | undefined): Promise<KeySet> {
    const { fresh, unknown, stale } = times;
    const known = this.#knownFor(fresh);
    if (known && (known.keys.find(kid) || this.#age(known.at) < unknown)) return known.keys;
    await this.#refresh();
    const keys = this.#knownFor(stale)?.keys;
    if (keys) return keys;
    throw this.#failed?.error;
  }

  #knownFor(most: Milliseconds) {
    return this.#known && this.#age(this.#known.at) < most ? this.#known : undefined;
  }

  #age(at: Milliseconds): Milliseconds {
    return this.#clock.monotonic() - at;
  }

  async #refresh(): Promise<void> {
    if (this.#failed && this.#age(this.#failed.at) < times.failed) return;
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #readOnce(): Promise<void> {
    try {
      this.#known = { keys: readKeySet(await this.#read()), at: this.#clock.monotonic() };
      this.#failed = undefined;
    } catch (error) {
      this.#failed = { error, at: this.#clock.monotonic() };
    }
  }
}
