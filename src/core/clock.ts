import { DeadlineHeap, type HeapEntry } from './deadline-heap.ts';
import type { EpochMilliseconds, Milliseconds } from './ids.ts';

/** Cancels what was scheduled; a second call, or one after it ran, does nothing. */
export type CancelTimer = () => void;

/**
 * Time, injected. Timeouts, backoffs and heartbeats follow the monotonic clock (`after`), cron and wait-until the wall
 * clock (`at`). Stored deadlines are wall time: on load, turn what is left of them into `after`.
 */
export interface Clock {
  /** The wall clock. It may jump both ways. */
  now(): EpochMilliseconds;
  /** Milliseconds of a clock that only goes forward, from an arbitrary start. */
  monotonic(): Milliseconds;
  /** Runs `task` once, `delay` ms from now by the monotonic clock. Any length of delay is right. */
  after(delay: Milliseconds, task: () => void): CancelTimer;
  /** Runs `task` once the wall clock reads `time` or later, at once if it already does. */
  at(time: EpochMilliseconds, task: () => void): CancelTimer;
}

/** `setTimeout` takes at most 2^31-1 ms and does not notice a wall clock that jumps: re-arm at least this often. */
const longestSleep = 60_000;

/** The machine's clocks, behind one timer and two deadline heaps. Its timer does not keep the process alive. */
export class SystemClock implements Clock {
  readonly #wall = new DeadlineHeap();
  readonly #steady = new DeadlineHeap();
  #timer: NodeJS.Timeout | undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  now(): EpochMilliseconds {
    return Date.now();
  }

  monotonic(): Milliseconds {
    return performance.now();
  }

  after(delay: Milliseconds, task: () => void): CancelTimer {
    return this.#schedule(this.#steady, this.monotonic() + Math.max(0, delay), task);
  }

  at(time: EpochMilliseconds, task: () => void): CancelTimer {
    return this.#schedule(this.#wall, time, task);
  }

  /** Drops every timer. */
  close(): void {
    clearTimeout(this.#timer);
    this.#wall.clear();
    this.#steady.clear();
  }

  #schedule(heap: DeadlineHeap, deadline: number, task: () => void): CancelTimer {
    const entry = heap.push(deadline, task);
    this.#arm();
    return () => heap.remove(entry);
  }

  #arm(): void {
    const wait = Math.min(this.#untilNext(), longestSleep);
    const due = this.monotonic() + wait;
    if (this.#timer && this.#armedFor <= due) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#wall.size + this.#steady.size === 0) return;
    this.#armedFor = due;
    this.#timer = setTimeout(() => this.#run(), Math.ceil(wait));
    this.#timer.unref();
  }

  #untilNext(): Milliseconds {
    const steady = (this.#steady.peek()?.deadline ?? Number.POSITIVE_INFINITY) - this.monotonic();
    const wall = (this.#wall.peek()?.deadline ?? Number.POSITIVE_INFINITY) - this.now();
    return Math.max(0, Math.min(steady, wall));
  }

  #run(): void {
    this.#timer = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
    try {
      runDue(this.#steady, this.monotonic());
      runDue(this.#wall, this.now());
    } finally {
      this.#arm();
    }
  }
}

/** A clock that tests turn by hand: `advance` moves both clocks, `jumpWall` the wall clock alone. */
export class ManualClock implements Clock {
  readonly #wall = new DeadlineHeap();
  readonly #steady = new DeadlineHeap();
  #now: EpochMilliseconds;
  #monotonic: Milliseconds = 0;

  constructor(now: EpochMilliseconds = 1_700_000_000_000) {
    this.#now = now;
  }

  now(): EpochMilliseconds {
    return this.#now;
  }

  monotonic(): Milliseconds {
    return this.#monotonic;
  }

  after(delay: Milliseconds, task: () => void): CancelTimer {
    const entry = this.#steady.push(this.#monotonic + Math.max(0, delay), task);
    return () => this.#steady.remove(entry);
  }

  at(time: EpochMilliseconds, task: () => void): CancelTimer {
    const entry = this.#wall.push(time, task);
    return () => this.#wall.remove(entry);
  }

  /** Lets `duration` ms go by, stopping at each deadline on the way so that tasks see the time they asked for. */
  advance(duration: Milliseconds): void {
    const end = this.#monotonic + duration;
    for (;;) {
      const steady = (this.#steady.peek()?.deadline ?? Number.POSITIVE_INFINITY) - this.#monotonic;
      const wall = (this.#wall.peek()?.deadline ?? Number.POSITIVE_INFINITY) - this.#now;
      const step = Math.max(0, Math.min(steady, wall));
      if (this.#monotonic + step > end) break;
      this.#step(step);
    }
    this.#step(end - this.#monotonic);
  }

  /** Sets the wall clock `by` ms on (or back), as an operator or NTP does. */
  jumpWall(by: Milliseconds): void {
    this.#now += by;
    runDue(this.#wall, this.#now);
  }

  /** How many timers wait, so that a test can assert that none leaked. */
  get pending(): number {
    return this.#wall.size + this.#steady.size;
  }

  #step(by: Milliseconds): void {
    this.#monotonic += by;
    this.#now += by;
    runDue(this.#steady, this.#monotonic);
    runDue(this.#wall, this.#now);
  }
}

/** Runs everything due at `time` that was there when the call began, oldest deadline first. */
function runDue(heap: DeadlineHeap, time: number): void {
  const due: HeapEntry[] = [];
  for (let next = heap.peek(); next && next.deadline <= time; next = heap.peek()) {
    heap.remove(next);
    due.push(next);
  }
  for (const entry of due) entry.task();
}
