/** What is asked of one engine, so much at once; the rest waits in the order in which it came. */
export class CallQueue {
  readonly #atOnce: number;
  /** Told whether their turn has come, or never will. */
  readonly #waiting = new Set<(isTurn: boolean) => void>();
  #underWay = 0;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /**
   * Makes the call when its turn has come. An answer `unanswered` is that of all that waits behind it too: an engine that
   * does not answer is told everything once more when it does.
   */
  async take<Answer>(call: () => Promise<Answer | 'unanswered'>): Promise<Answer | 'unanswered'> {
    if (!(await this.#turn())) return 'unanswered';
    try {
      const answer = await call();
      if (answer === 'unanswered') this.#drop();
      return answer;
    } finally {
      this.#next();
    }
  }

  async #turn(): Promise<boolean> {
    if (this.#underWay === this.#atOnce) return new Promise((resolve) => this.#waiting.add(resolve));
    this.#underWay += 1;
    return true;
  }

  /** Hands the place on to who waits longest. */
  #next(): void {
    const [first] = this.#waiting;
    if (!first) {
      this.#underWay -= 1;
      return;
    }
    this.#waiting.delete(first);
    first(true);
  }

  #drop(): void {
    for (const tell of this.#waiting) tell(false);
    this.#waiting.clear();
  }
}
