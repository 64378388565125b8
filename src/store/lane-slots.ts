/** How a receiver answered last: `failing` did not take what it was sent, `slow` took its time. */
export type LaneCondition = 'failing' | 'slow';

/** Receivers whose condition is remembered; one that is forgotten is tried as if it were new. */
const mostConditions = 10_000;

/** Who may be sent something now: so many at once to all receivers, of which those in a bad condition get no more than half. */
export class LaneSlots {
  readonly #total: number;
  readonly #conditions = new Map<string, LaneCondition>();
  #taken = 0;
  #takenBySuspects = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /** Undefined for a receiver that is well, or of which nothing is known. */
  conditionOf(lane: string): LaneCondition | undefined {
    return this.#conditions.get(lane);
  }

  /** How the receiver answered just now. */
  note(lane: string, condition: LaneCondition | undefined): void {
    this.#conditions.delete(lane);
    if (condition === undefined) return;
    this.#conditions.set(lane, condition);
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
