import { DeadlineHeap } from './deadline-heap.ts';
import { invariant } from './errors.ts';
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
  /** Runs `task` once, `delay` ms from now by the monotonic clock, never before it returns. Any length of delay is right. */
  after(delay: Milliseconds, task: () => void): CancelTimer;
  /** Runs `task` once the wall clock reads `time` or later; soon if it already does, but never before it returns. */
  at(time: EpochMilliseconds, task: () => void): CancelTimer;
}

/** `setTimeout` takes at most 2^31-1 ms and does not notice a wall clock that jumps: re-arm at least this often. */
const longestSleep = 60_000;

/** After a machine was suspended everything may be due at once: of each heap so many run in a turn of the event loop. */
const timersPerTurn = 100;

/** What a `SystemClock` asks of the machine; replaced in its own tests alone. */
export interface Machine {
  wall(): EpochMilliseconds;
  steady(): Milliseconds;
  /** Calls `wake` once, about `duration` ms later. Does not keep the process alive. */
  sleep(duration: Milliseconds, wake: () => void): CancelTimer;
}

const thisMachine: Machine = {
  wall: () => Date.now(),
  steady: () => performance.now(),
  sleep: (duration, wake) => {
    const timer = setTimeout(wake, duration).unref();
    return () => clearTimeout(timer);
  },
};

/** The machine's clocks, behind one timer and two deadline heaps. Its timer does not keep the process alive. */
export class SystemClock implements Clock {
  readonly #machine: Machine;
  readonly #wall = new DeadlineHeap();
  readonly #steady = new DeadlineHeap();
  #cancelSleep: CancelTimer | undefined;
  /** When the sleep under way ends, by the monotonic clock. */
  #wakesAt = Number.POSITIVE_INFINITY;

  constructor(machine: Machine = thisMachine) {
    this.#machine = machine;
  }

  now(): EpochMilliseconds {
    return this.#machine.wall();
  }

  monotonic(): Milliseconds {
    return this.#machine.steady();
  }

  after(delay: Milliseconds, task: () => void): CancelTimer {
    return this.#schedule(this.#steady, this.monotonic() + Math.max(0, delay), task);
  }

  at(time: EpochMilliseconds, task: () => void): CancelTimer {
    return this.#schedule(this.#wall, time, task);
  }

  /** Drops every timer. The clock can be used again. */
  close(): void {
    this.#wall.clear();
    this.#steady.clear();
    this.#stopSleeping();
  }

  #schedule(heap: DeadlineHeap, deadline: number, task: () => void): CancelTimer {
    const entry = heap.push(deadline, task);
    this.#arm();
    return () => {
      heap.remove(entry);
      if (this.#isIdle()) this.#stopSleeping();
    };
  }

  #isIdle(): boolean {
    return this.#wall.size + this.#steady.size === 0;
  }

  /** Makes sure that the machine wakes in time for the first deadline. */
  #arm(): void {
    if (this.#isIdle()) return;
    const wait = Math.min(this.#untilNext(), longestSleep);
    const wakesAt = this.monotonic() + wait;
    if (this.#cancelSleep && this.#wakesAt <= wakesAt) return;
    this.#stopSleeping();
    this.#wakesAt = wakesAt;
    this.#cancelSleep = this.#machine.sleep(Math.ceil(wait), () => this.#run());
  }

  #stopSleeping(): void {
    this.#cancelSleep?.();
    this.#cancelSleep = undefined;
    this.#wakesAt = Number.POSITIVE_INFINITY;
  }

  #untilNext(): Milliseconds {
    const steady = firstDeadline(this.#steady) - this.monotonic();
    const wall = firstDeadline(this.#wall) - this.now();
    return Math.max(0, Math.min(steady, wall));
  }

  #run(): void {
    this.#stopSleeping();
    try {
      runDue(timersPerTurn, [this.#steady, this.monotonic()], [this.#wall, this.now()]);
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

  /**
   * Lets `duration` ms go by, stopping at each deadline on the way so that tasks see the time they asked for. Tasks that
   * they schedule on the way run too, if they are due by then.
   */
  advance(duration: Milliseconds): void {
    invariant(duration >= 0, 'the monotonic clock only goes forward');
    const end = this.#monotonic + duration;
    for (;;) {
      const steady = firstDeadline(this.#steady) - this.#monotonic;
      const wall = firstDeadline(this.#wall) - this.#now;
      const step = Math.max(0, Math.min(steady, wall));
      if (this.#monotonic + step > end) break;
      this.#step(step);
    }
    this.#step(end - this.#monotonic);
  }

  /** Sets the wall clock `by` ms on (or back), as an operator or NTP does. */
  jumpWall(by: Milliseconds): void {
    this.#now += by;
    runDue(Number.POSITIVE_INFINITY, [this.#wall, this.#now]);
  }

  /** How many timers wait, so that a test can assert that none leaked. */
  get pending(): number {
    return this.#wall.size + this.#steady.size;
  }

  #step(by: Milliseconds): void {
    this.#monotonic += by;
    this.#now += by;
    runDue(Number.POSITIVE_INFINITY, [this.#steady, this.#monotonic], [this.#wall, this.#now]);
  }
}

function firstDeadline(heap: DeadlineHeap): number {
  return heap.peek()?.deadline ?? Number.POSITIVE_INFINITY;
}

/**
 * Runs what was due when the call began, oldest deadline first and at most `limit` of each heap: a task that schedules
 * itself again at once waits for the next call. A task may cancel one after it. One that throws does not keep the others
 * from running; what it threw is thrown at the end.
 */
function runDue(limit: number, ...heaps: readonly (readonly [DeadlineHeap, number])[]): void {
  const due = heaps.flatMap(([heap, time]) => heap.takeDue(time, limit).map((entry) => () => heap.run(entry)));
  const errors: unknown[] = [];
  for (const run of due) {
    try {
      run();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 1) throw new AggregateError(errors, 'several timers failed');
  if (errors.length === 1) throw errors[0];
}
