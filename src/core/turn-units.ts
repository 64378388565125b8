/** Counts what has been done since the event loop had its turn, for work that must leave it free in between. */
export class TurnUnits {
  readonly #limit: number;
  #done = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Answers whether the turn is over with these: the event loop is to have its turn now, and the count begins anew. */
  spend(units: number): boolean {
    this.#done += units;
    if (this.#done < this.#limit) return false;
    this.#done = 0;
    return true;
  }
}
