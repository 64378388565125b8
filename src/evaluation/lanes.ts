import type { Milliseconds } from '../core/ids.ts';

/** A lane whose last evaluation took longer is slow. */
const slowAfter: Milliseconds = 200;
/** Lanes with nothing to do whose use is remembered; the one unused longest is forgotten first. */
const remembered = 1000;

interface Lane<Job> {
  readonly key: string;
  readonly waiting: Job[];
  /** Thread time that it has had, or at its last return the least of those that were waiting. */
  used: Milliseconds;
  running: number;
  isSlow: boolean;
}

/**
 * Who is next. Within a lane first come, first served; of the lanes the one that has had least of the threads' time. Slow
 * lanes together leave one thread free, so that what is quick never waits for the deadline of what is not.
 */
export class Lanes<Job> {
  readonly #lanes = new Map<string, Lane<Job>>();
  /** What the lane served last had had: a lane that comes back has no claim on time in which it wanted nothing. */
  #floor: Milliseconds = 0;

  /** How many jobs of the lane wait. */
  waiting(key: string): number {
    return this.#lanes.get(key)?.waiting.length ?? 0;
  }

  add(key: string, job: Job): void {
    const lane = this.#lanes.get(key) ?? { key, waiting: [], used: 0, running: 0, isSlow: false };
    if (lane.waiting.length + lane.running === 0) {
      lane.used = Math.max(lane.used, this.#floor);
      this.#lanes.delete(key);
      this.#lanes.set(key, lane);
      this.#forget();
    }
    lane.waiting.push(job);
  }

  /** The next job, when `free` of `all` threads have nothing to do. Undefined when none may have one of them. */
  take(free: number, all: number): Job | undefined {
    let next: Lane<Job> | undefined;
    for (const lane of this.#lanes.values()) {
      if (lane.waiting.length === 0 || (lane.isSlow && free <= 1 && all > 1)) continue;
      if (!next || lane.used < next.used) next = lane;
    }
    if (!next) return undefined;
    this.#floor = Math.max(this.#floor, next.used);
    next.running += 1;
    return next.waiting.shift();
  }

  /** A job of the lane is over, and had a thread for so long. */
  done(key: string, took: Milliseconds): void {
    const lane = this.#lanes.get(key);
    if (!lane) return;
    lane.running -= 1;
    lane.used += took;
    lane.isSlow = took > slowAfter;
  }

  get isEmpty(): boolean {
    for (const lane of this.#lanes.values()) if (lane.waiting.length > 0) return false;
    return true;
  }

  /** Takes out all that waits. */
  drain(): Job[] {
    return [...this.#lanes.values()].flatMap(({ waiting }) => waiting.splice(0));
  }

  #forget(): void {
    let over = this.#lanes.size - remembered;
    for (const { key, waiting, running } of over > 0 ? this.#lanes.values() : []) {
      if (over <= 0) return;
      if (waiting.length + running > 0) continue;
      this.#lanes.delete(key);
      over -= 1;
    }
  }
}
