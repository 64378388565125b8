import { Refused } from './refusal.ts';

/** How often an image may have names looked at that are there already: a few bytes of a layer can ask for all of them. */
export class LookBudget {
  readonly #limit: number;
  #spent = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws `Refused` above the limit. */
  spend(): void {
    this.#spent += 1;
    if (this.#spent > this.#limit)
      throw new Refused(`more than ${this.#limit} looks at what is there, for its marks and links`);
  }
}
