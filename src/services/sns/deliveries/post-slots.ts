/** How an endpoint answered last: `failing` did not take a message, `slow` took its time. */
export type LaneCondition = 'failing' | 'slow';

/** Endpoints whose condition is remembered; one that is forgotten is tried as if it were new. */
const mostConditions = 10_000;

/** Who may post now: so many at once to all endpoints, of which those in a bad condition get no more than half. */
export class PostSlots {
  readonly #total: number;
  readonly #conditions = new Map<string, LaneCondition>();
  #taken = 0;
  #takenBySuspects = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /** Undefined for an endpoint that is well, or of which nothing is known. */
  conditionOf(endpoint: string): LaneCondition | undefined {
    return this.#conditions.get(endpoint);
  }

  /** How the endpoint answered just now. */
  note(endpoint: string, condition: LaneCondition | undefined): void {
    this.#conditions.delete(endpoint);
    if (condition === undefined) return;
    this.#conditions.set(endpoint, condition);
    // The one of which nobody has heard for longest.
    const [oldest] = this.#conditions.keys();
    if (this.#conditions.size > mostConditions && oldest !== undefined) this.#conditions.delete(oldest);
  }

  /** Takes a slot and answers how to give it back; undefined if there is none for now. */
  take(isSuspect: boolean): (() => void) | undefined {
    const forSuspects = Math.max(1, Math.floor(this.#total / 2));
    if (this.#taken >= this.#total || (isSuspect && this.#takenBySuspects >= forSuspects)) return undefined;
    const suspects = isSuspect ? 1 : 0;
    this.#taken += 1;
    this.#takenBySuspects += suspects;
    return () => {
      this.#taken -= 1;
      this.#takenBySuspects -= suspects;
    };
  }
}
