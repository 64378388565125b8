import type { Clock } from '../../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import { type RandomSource, uuidV7 } from '../../core/random.ts';
import type { HeadTimesRecord } from './records.ts';

/** Since when a job stands at the head of its queue for the same kind of reason. */
export interface HeadTimes {
  /** A time of the wall clock, for people and for the next server. */
  readonly since: EpochMilliseconds;
  /** The same by the monotonic clock: how long it has lasted does not change with a wall clock that is set. */
  readonly steadySince: Milliseconds;
}

/** Counts how long heads of queues have waited, by a clock that says more than the wall clock as long as this process lives. */
export class HeadClock {
  readonly #clock: Clock;
  /** Whose monotonic clock this is. */
  readonly #process: string;

  constructor(clock: Clock, random: RandomSource) {
    this.#clock = clock;
    this.#process = uuidV7(clock.now(), random);
  }

  startNow(): HeadTimes {
    return { since: this.#clock.now(), steadySince: this.#clock.monotonic() };
  }

  /** Of another process is known what its wall clock showed, and no more. */
  recall(stored: HeadTimesRecord): HeadTimes {
    const { since, steady } = stored;
    const lasted = Math.max(0, this.#clock.now() - since);
    return { since, steadySince: this.isOwn(stored) ? steady.since : this.#clock.monotonic() - lasted };
  }

  lasted({ steadySince }: HeadTimes): Milliseconds {
    return this.#clock.monotonic() - steadySince;
  }

  toRecord({ since, steadySince }: HeadTimes): HeadTimesRecord {
    return { since, steady: { process: this.#process, since: steadySince } };
  }

  /** Of another process's monotonic clock nothing is known here: if memory is filled anew, the wall clock's would count. */
  isOwn({ steady }: HeadTimesRecord): boolean {
    return steady.process === this.#process;
  }
}
