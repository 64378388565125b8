import type { Clock } from '../../../core/clock.ts';

/** Pieces of work that may be under way at once, while some are paused in their midst. */
const lanes = 4;
/** Work that is done is let go of when there is this much of it, and as much again waits at most. */
const forgotten = 1024;
/** After this long, or so many pieces of work, the event loop gets its turn. */
const turn = { milliseconds: 5, works: 50 };

/**
 * Runs pieces of work in the order they came in, one after the other, and lets the event loop go on between them. While one
 * pauses, the next ones go on.
 */
export class StepQueue {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  #waiting: (() => Promise<void>)[] = [];
  #next = 0;
  #lanes = 0;
  #turnBegan = 0;
  #worksInTurn = 0;

  constructor(clock: Clock, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#onError = onError;
  }

  add(work: () => Promise<void>): void {
    this.#waiting.push(work);
    if (this.#lanes === 0) this.#open();
  }

  /** For a piece of work that takes long: a promise of the event loop's next turn once this one is over. Others go on meanwhile. */
  pause(): Promise<void> | undefined {
    if (!this.#isLong()) return undefined;
    if (this.#lanes < lanes && this.#next < this.#waiting.length) this.#open();
    return turnOfLoop().then(() => this.#beginTurn());
  }

  /** For a piece of work that waits for something done elsewhere: it holds up nobody meanwhile, however many wait. */
  async aside<Result>(elsewhere: Promise<Result>): Promise<Result> {
    this.#lanes -= 1;
    if (this.#lanes === 0 && this.#next < this.#waiting.length) this.#open();
    try {
      return await elsewhere;
    } finally {
      this.#lanes += 1;
    }
  }

  #open(): void {
    this.#lanes += 1;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    this.#beginTurn();
    for (let work = this.#shift(); work; work = this.#shift()) {
      try {
        await work();
      } catch (error) {
        this.#onError(error);
      }
      // Work that was aside comes back beside what took its place.
      if (this.#lanes > lanes) break;
      if (!this.#isTurnOver()) continue;
      await turnOfLoop();
      this.#beginTurn();
    }
    this.#lanes -= 1;
  }

  #shift(): (() => Promise<void>) | undefined {
    const work = this.#waiting[this.#next];
    this.#next = work ? this.#next + 1 : this.#waiting.length;
    if (this.#next >= Math.max(forgotten, this.#waiting.length / 2)) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
    return work;
  }

  #isTurnOver(): boolean {
    this.#worksInTurn += 1;
    return this.#worksInTurn >= turn.works || this.#isLong();
  }

  #isLong(): boolean {
    return this.#clock.monotonic() - this.#turnBegan >= turn.milliseconds;
  }

  #beginTurn(): void {
    this.#turnBegan = this.#clock.monotonic();
    this.#worksInTurn = 0;
  }
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
