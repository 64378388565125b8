/** Lets pieces of work on the same thing follow each other, in the order they were asked for; other keys do not wait. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `work` once everything asked for before under `key` is over, however it ended. */
  async take<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const mine = (this.#last.get(key) ?? Promise.resolve()).then(work, work);
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }

  /**
   * Runs `work` once everything asked for before under any of the keys is over. All are asked for at once, so that two that
   * share keys never wait for each other; `work` may ask for none of them itself.
   */
  async takeAll<Result>(keys: readonly string[], work: () => Promise<Result>): Promise<Result> {
    const over = Promise.withResolvers<void>();
    const mine = [...new Set(keys)].map((key) => {
      const begun = Promise.withResolvers<void>();
      void this.take(key, () => {
        begun.resolve();
        return over.promise;
      });
      return begun.promise;
    });
    try {
      await Promise.all(mine);
      return await work();
    } finally {
      over.resolve();
    }
  }

  /** Resolves when nothing is under way or waiting. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.allSettled(this.#last.values());
  }
}
