/** What gives one acquired thing back. */
export type Releaser = () => unknown;

/** What has been acquired, given back in reverse order. */
export class Releasers {
  readonly #releasers: Releaser[] = [];

  add(releaser: Releaser): void {
    this.#releasers.push(releaser);
  }

  /** Remembers how to release `thing`, and answers it. */
  use<Thing>(thing: Thing, release: (thing: Thing) => unknown): Thing {
    this.add(() => release(thing));
    return thing;
  }

  /** Releases everything, the last acquired first, each after the one before has finished. Throws all that failed together. */
  async release(): Promise<void> {
    const failures: unknown[] = [];
    for (const release of this.#releasers.splice(0).reverse()) {
      try {
        await release();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be released');
  }
}
