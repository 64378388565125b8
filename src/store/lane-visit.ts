import type { Clock } from '../core/clock.ts';
import type { EpochMilliseconds, Milliseconds } from '../core/ids.ts';
import { timeLeft } from './due-kind.ts';
import type { LaneSlots } from './lane-slots.ts';
import type { LaneItem } from './lanes.ts';
import type { Ledger } from './ledger.ts';

/** Tries begun in one visit for each that may be under way: then it is another lane's turn. */
const roundsPerVisit = 100;
/** What takes longer to be answered is slow. */
const slowAfter: Milliseconds = 2_000;
/** Until a lane in a bad condition that found no slot is visited again, and until any other is. */
const suspectPause: Milliseconds = 5_000;
const busyPause: Milliseconds = 250;

/** One try of a delivery that is under way: how long its lane must be left alone after it began, and how it ends. */
export interface LaneTry {
  readonly gap: Milliseconds;
  readonly over: Promise<'delivered' | 'refused' | 'failed'>;
}

export interface LaneVisitOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly slots: LaneSlots;
  /** When lanes whose pace is limited may be sent to again, by the monotonic clock. */
  readonly pace: Map<string, Milliseconds>;
  readonly atOnce: number;
  /** The longest time that an item is put off for. */
  readonly longestWait: Milliseconds;
  /** Begins a try. Undefined: it is not wanted any more, and gone. */
  readonly begin: (item: LaneItem) => LaneTry | undefined;
}

/**
 * Deals with what is due in one lane: the longest due first, a few at once, and no faster than its pace. A receiver of
 * which nothing is known, or that fails, gets one at a time. What is read and in memory is no more than that.
 */
export class LaneVisit {
  readonly #options: LaneVisitOptions;
  readonly #of: string;
  readonly #lane: string;
  readonly #signal: AbortSignal;
  readonly #underWay = new Map<string, Promise<void>>();
  /** What ended while items were being read: they may show it as it was before. */
  #endedMeanwhile = new Set<string>();
  #woken = Promise.withResolvers<void>();
  #begun = 0;
  #isProven = false;
  /** Nothing more begins before then. */
  #notBefore: EpochMilliseconds | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: LaneVisitOptions, of: string, lane: string, signal: AbortSignal) {
    this.#options = options;
    this.#of = of;
    this.#lane = lane;
    this.#signal = signal;
  }

  /** Answers when the lane is to be visited again; undefined if nothing is left in it. */
  async run(): Promise<EpochMilliseconds | undefined> {
    while (!this.#isOver) {
      const hasBegun = await this.#beginSome();
      if (this.#underWay.size > 0) await Promise.race([...this.#underWay.values(), this.#woken.promise]);
      else if (!hasBegun) break;
    }
    await Promise.all(this.#underWay.values());
    if (this.#failure) throw this.#failure.error;
    return this.#signal.aborted ? undefined : this.#nextVisit();
  }

  /** More waits in the lane: it need not wait for what is under way. */
  wake(): void {
    this.#woken.resolve();
    this.#woken = Promise.withResolvers();
  }

  get #isOver(): boolean {
    const { atOnce } = this.#options;
    return (
      this.#signal.aborted ||
      this.#failure !== undefined ||
      this.#notBefore !== undefined ||
      this.#begun >= atOnce * roundsPerVisit
    );
  }

  get #width(): number {
    const isTried = this.#isProven || this.#options.slots.conditionOf(this.#lane) === 'slow';
    return isTried ? this.#options.atOnce : 1;
  }

  /** Answers whether anything has begun, or turned out to be unwanted. */
  async #beginSome(): Promise<boolean> {
    const room = this.#width - this.#underWay.size;
    if (room <= 0) return false;
    const limit = this.#underWay.size + room;
    const { reads } = this.#options.ledger.store;
    this.#endedMeanwhile = new Set();
    const items = await reads.laneItems({ of: this.#of, lane: this.#lane, limit });
    const now = this.#options.clock.now();
    const isDue = (dueAt: EpochMilliseconds) => timeLeft(dueAt, now, this.#options.longestWait) === 0;
    const isFree = (key: string) => !this.#underWay.has(key) && !this.#endedMeanwhile.has(key);
    const due = items.filter(({ key, dueAt }) => isFree(key) && isDue(dueAt));
    let hasBegun = false;
    for (const item of due) {
      if (this.#isOver || this.#underWay.size >= this.#width || !this.#begin(item)) break;
      hasBegun = true;
    }
    return hasBegun;
  }

  /** Answers whether more may begin. */
  #begin(item: LaneItem): boolean {
    const { clock, pace, slots } = this.#options;
    const wait = (pace.get(this.#lane) ?? 0) - clock.monotonic();
    if (wait > 0) return this.#leaveFor(Math.ceil(wait));
    const isSuspect = item.tries > 0 || slots.conditionOf(this.#lane) !== undefined;
    const free = slots.take(isSuspect);
    if (!free) return this.#leaveFor(isSuspect ? suspectPause : busyPause);
    const begun = this.#beginWith(item, free);
    if (!begun) free();
    else this.#follow(item, begun, free);
    return true;
  }

  /** What throws, as of an item that cannot be read, holds no slot: there would be one less for all receivers. */
  #beginWith(item: LaneItem, free: () => void): LaneTry | undefined {
    try {
      return this.#options.begin(item);
    } catch (error) {
      free();
      throw error;
    }
  }

  #follow({ key }: LaneItem, { gap, over }: LaneTry, free: () => void): void {
    const { clock, pace, slots } = this.#options;
    const start = clock.monotonic();
    if (gap > 0) pace.set(this.#lane, start + gap);
    this.#begun += 1;
    const ended = over.then(
      (outcome) => {
        const isSlow = clock.monotonic() - start > slowAfter;
        if (!this.#signal.aborted)
          slots.note(this.#lane, outcome === 'failed' ? 'failing' : isSlow ? 'slow' : undefined);
        this.#isProven = outcome !== 'failed';
      },
      (error: unknown) => {
        this.#failure = { error };
      },
    );
    const done = ended.finally(() => {
      free();
      this.#underWay.delete(key);
      this.#endedMeanwhile.add(key);
    });
    this.#underWay.set(key, done);
  }

  #leaveFor(wait: Milliseconds): false {
    this.#notBefore = this.#options.clock.now() + wait;
    return false;
  }

  async #nextVisit(): Promise<EpochMilliseconds | undefined> {
    const { clock, ledger, pace } = this.#options;
    if (this.#notBefore !== undefined) return this.#notBefore;
    const [first] = await ledger.store.reads.laneItems({ of: this.#of, lane: this.#lane, limit: 1 });
    // Not the time that it has been due since: others are due as well.
    if (first) return Math.max(first.dueAt, clock.now());
    const wait = (pace.get(this.#lane) ?? 0) - clock.monotonic();
    if (wait > 0) return clock.now() + Math.ceil(wait);
    pace.delete(this.#lane);
    return undefined;
  }
}
