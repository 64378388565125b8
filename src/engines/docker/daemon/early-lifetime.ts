import type { Reach } from './reach.ts';

/** Which life of the daemon it is, asked while something else is under way if nobody knows it, so that nobody waits for the answer. */
export class EarlyLifetime {
  readonly #reach: Reach;
  readonly #absences: number;
  readonly #asked: Promise<string>;

  constructor(reach: Reach) {
    this.#reach = reach;
    this.#absences = reach.absences;
    this.#asked = this.#ask(() => reach.recentLifetime());
    this.#asked.catch(() => {}); // whoever wants it hears of it
  }

  /** Asked anew if the daemon was gone meanwhile: it may be another one. Rejects as `Reach.insist` does. */
  async answer(): Promise<string> {
    const lifetime = await this.#asked;
    return this.#absences === this.#reach.absences ? lifetime : this.#ask(() => this.#reach.lifetime());
  }

  #ask(question: () => Promise<string>): Promise<string> {
    return this.#reach.insist(question);
  }
}
