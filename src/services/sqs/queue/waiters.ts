import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { Linked, LinkedList } from '../../../core/linked-list.ts';

/** How a wait ended. */
export type WaitEnd = 'woken' | 'over' | 'gone';

class Waiter extends Linked {
  readonly end: (how: WaitEnd) => void;

  constructor(end: (how: WaitEnd) => void) {
    super();
    this.end = end;
  }
}

/** Those who wait for messages of one queue, in the order in which they came. */
export class Waiters {
  readonly #list = new LinkedList<Waiter>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#list.size;
  }

  /** Resolves when it is woken, its time is over, or its client has gone: that one is on the list no more. */
  wait(time: Milliseconds, signal: AbortSignal): Promise<WaitEnd> {
    if (signal.aborted) return Promise.resolve('gone');
    return new Promise((resolve) => {
      const end = (how: WaitEnd) => {
        this.#list.delete(waiter);
        cancel();
        signal.removeEventListener('abort', leave);
        resolve(how);
      };
      const leave = () => end('gone');
      const waiter = new Waiter(end);
      const cancel = this.#clock.after(time, () => end('over'));
      signal.addEventListener('abort', leave);
      this.#list.add(waiter);
    });
  }

  /** Wakes the one that has waited longest. */
  wakeFirst(): void {
    this.#list.first?.end('woken');
  }

  /** Ends the wait of all. */
  dismiss(how: WaitEnd): void {
    for (let first = this.#list.first; first; first = this.#list.first) first.end(how);
  }
}
