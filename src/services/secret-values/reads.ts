import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CancelTimer, Clock } from '../../core/clock.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Milliseconds } from '../../core/ids.ts';
import { TurnUnits } from '../../core/turn-units.ts';

/** Reads of all attempts that are under way at once; the others wait for their turn. */
export const readsAtOnce = 32;
/** Reads begun in one turn of the event loop: what is in memory is read without leaving it, 0.1 ms each. */
const readsPerTurn = 32;
/** How long one read may take, from its turn on. */
export const readDeadline: Milliseconds = 10_000;

/**
 * Reads of values: so many at once, each with a deadline, so that what never answers keeps neither its own attempt nor, for
 * longer than that, those of others.
 */
export class Reads {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  readonly #turn = new TurnUnits(readsPerTurn);
  #pause: Promise<void> | undefined;
  #underWay = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `read` in its turn. Its signal aborts at the deadline, when this throws a `ServiceError` in ECS's words. */
  async take<Answer>(read: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    if (this.#underWay < readsAtOnce) this.#underWay += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await this.#makeWay();
      return await this.#inTime(read);
    } finally {
      this.#next();
    }
  }

  /** An array whose children name hundreds of secrets each reads for minutes: whoever else asks the server is served meanwhile. */
  async #makeWay(): Promise<void> {
    if (this.#turn.spend(1)) {
      this.#pause ??= nextTurn().then(() => {
        this.#pause = undefined;
      });
    }
    await this.#pause;
  }

  /** Hands the place on to who waits longest. */
  #next(): void {
    const first = this.#waiting.shift();
    if (first) first();
    else this.#underWay -= 1;
  }

  async #inTime<Answer>(read: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const late = Promise.withResolvers<never>();
    const deadline = new AbortController();
    const cancel: CancelTimer = this.#clock.after(readDeadline, () => {
      late.reject(tooLate());
      deadline.abort();
    });
    try {
      return await Promise.race([read(deadline.signal), late.promise]);
    } finally {
      cancel();
    }
  }
}

/** Reported in Releem/releem-agent issue 195. */
function tooLate(): ServiceError {
  return new ServiceError(
    'RequestCanceled',
    'request context canceled caused by: context deadline exceeded. Please check your task network configuration.',
    { status: 504 },
  );
}
