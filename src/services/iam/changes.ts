/** More than change between two looks at most of what is kept; beyond that, all of it is made anew. */
const mostRemembered = 10_000;

/** Which things have changed, and when: counted in generations. */
export class Changes {
  #generation = 1;
  /** Of nothing older is it known what has changed since. */
  #floor = 0;
  readonly #changedIn = new Map<string, number>();
  readonly #onChange: () => void;

  /** `onChange` hears of each change, in the turn that makes it. */
  constructor(onChange: () => void = () => {}) {
    this.#onChange = onChange;
  }

  /** Grows with every change. */
  get generation(): number {
    return this.#generation;
  }

  changed(things: ReadonlySet<string>): void {
    if (this.#changedIn.size + things.size > mostRemembered) {
      this.everythingChanged();
      return;
    }
    this.#generation += 1;
    for (const thing of things) this.#changedIn.set(thing, this.#generation);
    this.#onChange();
  }

  everythingChanged(): void {
    this.#generation += 1;
    this.#floor = this.#generation;
    this.#changedIn.clear();
    this.#onChange();
  }

  /** Whether none of the things has changed since a generation. */
  isSame(things: readonly string[], since: number): boolean {
    return since >= this.#floor && things.every((thing) => (this.#changedIn.get(thing) ?? 0) <= since);
  }
}

/** What was made, and the things of which. */
export interface Made<Value> {
  readonly value: Value;
  readonly of: readonly string[];
}

interface Kept<Value> extends Made<Value> {
  /** The generation in which it was last known to be right. */
  since: number;
}

/** What is made of things that change, kept until one of them does. The oldest goes when there are too many. */
export class MadeOnce<Value> {
  readonly #changes: Changes;
  readonly #most: number;
  readonly #kept = new Map<string, Kept<Value>>();

  constructor(changes: Changes, most: number) {
    this.#changes = changes;
    this.#most = most;
  }

  /** What is kept under a key, or what `make` makes now. */
  get(key: string, make: () => Made<Value>): Made<Value> {
    const { generation } = this.#changes;
    const kept = this.#kept.get(key);
    if (kept && (kept.since === generation || this.#changes.isSame(kept.of, kept.since))) {
      kept.since = generation;
      return kept;
    }
    const made = make();
    this.#keep(key, { ...made, since: generation });
    return made;
  }

  #keep(key: string, made: Kept<Value>): void {
    this.#kept.delete(key);
    this.#kept.set(key, made);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break;
      this.#kept.delete(oldest);
    }
  }
}
