/** Evaluating would take more steps than were granted. */
export class TooCostly extends Error {
  override readonly name = 'TooCostly';

  constructor() {
    super('the policies cannot be evaluated in the steps that are granted');
  }
}

/**
 * What evaluating may cost, counted in comparisons of characters: the same for the same request, on whatever machine. It bounds
 * what a hostile document costs.
 */
export class Steps {
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  get left(): number {
    return this.#left;
  }

  /** Throws `TooCostly` if there are not so many left. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooCostly();
  }
}
