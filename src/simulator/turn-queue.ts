/** Turns that follow each other at one instant, as those of a server's event loop do. */
export class TurnQueue {
  #turns: (() => void)[] = [];

  /** Asks for a turn after all that were asked for. */
  readonly soon = (turn: () => void): void => {
    this.#turns.push(turn);
  };

  /** Takes every turn, and those that they ask for. */
  drain(): void {
    while (this.#turns.length > 0) {
      const turns = this.#turns;
      this.#turns = [];
      for (const turn of turns) turn();
    }
  }
}
