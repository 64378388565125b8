/** Turns that follow each other at one instant, as those of a server's event loop do. */
export class TurnQueue {
  #turns: (() => void)[] = [];
  /** Those before it have been taken. */
  #next = 0;

  /** Asks for a turn after all that were asked for. */
  readonly soon = (turn: () => void): void => {
    this.#turns.push(turn);
  };

  /** Takes the turn that was asked for first. Answers whether there was one. */
  take(): boolean {
    const turn = this.#turns[this.#next];
    if (!turn) return false;
    this.#next += 1;
    if (this.#next === this.#turns.length) {
      this.#turns = [];
      this.#next = 0;
    }
    turn();
    return true;
  }

  /** Takes every turn, and those that they ask for. */
  drain(): void {
    while (this.take());
  }
}
