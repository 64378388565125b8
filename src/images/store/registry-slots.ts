import { Slots } from '../../core/slots.ts';

/**
 * Lets so many pieces of work go on at once, and of these only some with one registry: one that is slow, or means to be, does not
 * keep those waiting who want something of others.
 */
export class RegistrySlots {
  readonly #all: Slots;
  readonly #ofEach: number;
  readonly #byRegistry = new Map<string, { readonly slots: Slots; users: number }>();

  constructor(all: number, ofEach: number) {
    this.#all = new Slots(all);
    this.#ofEach = ofEach;
  }

  /** Runs `work` when its turn comes. Throws the signal's reason if that comes first. */
  async take<Result>(registry: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const own = this.#byRegistry.get(registry) ?? { slots: new Slots(this.#ofEach), users: 0 };
    this.#byRegistry.set(registry, own);
    own.users += 1;
    try {
      return await own.slots.take(() => this.#all.take(work, signal), signal);
    } finally {
      own.users -= 1;
      if (own.users === 0) this.#byRegistry.delete(registry);
    }
  }
}
