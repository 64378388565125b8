import type { CancelTimer, Clock } from '../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../core/ids.ts';
import type { EventQueue } from './event-queue.ts';

/** The time of a simulation: it stands still while things happen, and goes on to when the next is due. */
export class VirtualClock implements Clock {
  readonly #events: EventQueue;
  #now: EpochMilliseconds;

  constructor(events: EventQueue, beginsAt: EpochMilliseconds) {
    this.#events = events;
    this.#now = beginsAt;
  }

  now(): EpochMilliseconds {
    return this.#now;
  }

  monotonic(): Milliseconds {
    return this.#now;
  }

  after(delay: Milliseconds, task: () => void): CancelTimer {
    return this.at(this.#now + Math.max(0, delay), task);
  }

  at(time: EpochMilliseconds, task: () => void): CancelTimer {
    const event = this.#events.push(Math.max(this.#now, time), task);
    return () => this.#events.cancel(event);
  }

  /** The same time, for what nobody waits for: a simulation ends before it. */
  idle(): Clock {
    const at = (time: EpochMilliseconds, task: () => void): CancelTimer => {
      const event = this.#events.push(Math.max(this.#now, time), task, true);
      return () => this.#events.cancel(event);
    };
    return {
      now: () => this.#now,
      monotonic: () => this.#now,
      after: (delay, task) => at(this.#now + Math.max(0, delay), task),
      at,
    };
  }

  goTo(time: EpochMilliseconds): void {
    this.#now = time;
  }
}
