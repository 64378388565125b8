import type { CancelTimer, Clock } from '../core/clock.ts';
import { CommitFailed } from '../core/errors.ts';
import type { EpochMilliseconds, Milliseconds } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import { type AnyDueKind, type DueOutcome, dueItem, dueText, timeLeft } from './due-kind.ts';
import type { Ledger } from './ledger.ts';
import type { DueRow } from './queries.ts';
import type { Transaction } from './transaction.ts';

export interface DuePumpOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly kind: AnyDueKind;
}

/** Until work that failed is done again, or rows that could not be read or stored are looked at again. */
const retryAfter: Milliseconds = 1_000;

/** A piece of work that is being done. */
interface Undertaking {
  readonly row: DueRow;
  /** Its row was put or deleted meanwhile: what becomes of this one says nothing about the row. */
  isReplaced: boolean;
  /** Hastened meanwhile: the row stays, for then at the latest. */
  hastenedTo?: EpochMilliseconds;
}

interface Finished {
  readonly undertaking: Undertaking;
  readonly outcome: DueOutcome<unknown>;
}

/** Does the work of one kind as it becomes due, so much at once, the earliest first. */
export class DuePump {
  readonly #options: DuePumpOptions;
  readonly #underWay = new Map<string, Undertaking>();
  readonly #running = new Set<Promise<void>>();
  #session: AbortController | undefined;
  #isLooking = false;
  /** Woken while looking: what is new may have come too late for the read that is under way. */
  #lookAgain = false;
  #cancelTimer: CancelTimer | undefined;
  #finished: Finished[] = [];

  constructor(options: DuePumpOptions) {
    this.#options = options;
  }

  open(): void {
    this.pause();
    this.#session = new AbortController();
    this.wake();
  }

  pause(): void {
    this.#session?.abort();
    this.#session = undefined;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#underWay.clear();
    this.#finished = [];
  }

  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  replaced(key: string): void {
    const undertaking = this.#underWay.get(key);
    if (undertaking) undertaking.isReplaced = true;
  }

  /** What is being done is to be done once more, and comes after what has waited for longer. */
  hastened(key: string, dueAt: EpochMilliseconds): void {
    const undertaking = this.#underWay.get(key);
    if (undertaking) undertaking.hastenedTo = Math.min(dueAt, undertaking.hastenedTo ?? dueAt);
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#isLooking) this.#lookAgain = true;
    else if (this.#session) void this.#look(this.#session.signal);
  }

  async #look(signal: AbortSignal): Promise<void> {
    this.#isLooking = true;
    try {
      do {
        this.#lookAgain = false;
        await this.#begin(signal);
      } while (this.#lookAgain && !signal.aborted);
    } catch (error) {
      if (!signal.aborted) this.#failed(error, 'due work could not be read');
    } finally {
      this.#isLooking = false;
      // A new session began while this one looked.
      if (signal.aborted) this.wake();
    }
  }

  /** Reads a slice: what is being done and as much as may be begun. Never more is in memory. */
  async #begin(signal: AbortSignal): Promise<void> {
    const { ledger, clock, kind } = this.#options;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#underWay.size >= kind.atOnce) return;
    const rows = await ledger.store.reads.due({ of: kind.kind, limit: this.#underWay.size + kind.atOnce });
    if (signal.aborted) return;
    for (const row of rows) {
      if (this.#underWay.size >= kind.atOnce) return;
      if (this.#underWay.has(row.key)) continue;
      const left = timeLeft(row.dueAt, clock.now(), kind.longestWait);
      if (left > 0) {
        this.#wakeAt(row.dueAt, left);
        return;
      }
      this.#undertake(row, signal);
    }
  }

  #wakeAt(dueAt: EpochMilliseconds, left: Milliseconds): void {
    const { clock, kind } = this.#options;
    const wake = () => this.wake();
    this.#cancelTimer = kind.longestWait === undefined ? clock.at(dueAt, wake) : clock.after(left, wake);
  }

  #undertake(row: DueRow, signal: AbortSignal): void {
    const undertaking: Undertaking = { row, isReplaced: false };
    this.#underWay.set(row.key, undertaking);
    const done = this.#perform(row, signal).then((outcome) => {
      this.#running.delete(done);
      if (!signal.aborted) this.#finish({ undertaking, outcome }, signal);
    });
    this.#running.add(done);
  }

  async #perform(row: DueRow, signal: AbortSignal): Promise<DueOutcome<unknown>> {
    const { kind, clock, logger } = this.#options;
    try {
      return await kind.perform(dueItem(kind, row), signal);
    } catch (error) {
      if (!signal.aborted) logger.error({ err: error, kind: kind.kind, key: row.key }, 'due work failed; again');
      return { kind: 'again', at: clock.now() + retryAfter };
    }
  }

  /** What ends in one turn is stored together. */
  #finish(finished: Finished, signal: AbortSignal): void {
    const all = this.#finished;
    all.push(finished);
    if (all.length > 1) return;
    setImmediate(() => {
      // After a pause another list has begun, of another session.
      if (this.#finished === all) this.#finished = [];
      if (!signal.aborted) this.#settle(all);
    });
  }

  #settle(all: readonly Finished[]): void {
    try {
      this.#store(all);
    } catch (error) {
      this.#notStored(all, error);
      return;
    }
    this.#forget(all);
    this.wake();
  }

  #notStored(all: readonly Finished[], error: unknown): void {
    const [first, ...others] = all;
    if (error instanceof CommitFailed || !first) {
      this.#forget(all);
      this.#failed(error, 'what due work caused could not be stored');
      return;
    }
    // One of them may have spoiled it for all.
    if (others.length > 0) for (const one of all) this.#settle([one]);
    else this.#putOff(first.undertaking, error);
  }

  /** What it caused cannot be: it is done again, and does not keep others from being done meanwhile. */
  #putOff(undertaking: Undertaking, error: unknown): void {
    const { logger, clock, kind } = this.#options;
    const { key } = undertaking.row;
    logger.error({ err: error, kind: kind.kind, key }, 'what due work caused could not be stored; again');
    this.#settle([{ undertaking, outcome: { kind: 'again', at: clock.now() + retryAfter } }]);
  }

  #forget(all: readonly Finished[]): void {
    for (const { undertaking } of all) {
      const { key } = undertaking.row;
      if (this.#underWay.get(key) === undertaking) this.#underWay.delete(key);
    }
  }

  #store(all: readonly Finished[]): void {
    this.#options.ledger.transact((transaction) => {
      for (const { undertaking, outcome } of all) {
        outcome.consequence?.(transaction);
        if (!undertaking.isReplaced) this.#moveRow(transaction, undertaking, outcome);
      }
    });
  }

  #moveRow(transaction: Transaction, { row, hastenedTo }: Undertaking, outcome: DueOutcome<unknown>): void {
    const { kind, clock } = this.#options;
    const own = outcome.kind === 'again' ? outcome.at : undefined;
    // It has been done just now, whenever it was hastened.
    const hastened = hastenedTo === undefined ? undefined : Math.max(hastenedTo, clock.now());
    const dueAt = own === undefined || hastened === undefined ? (own ?? hastened) : Math.min(own, hastened);
    if (dueAt === undefined) transaction.add({ kind: 'due.delete', of: kind.kind, key: row.key });
    else {
      const isNew = outcome.kind === 'again' && outcome.body !== undefined;
      const text = isNew ? dueText(kind, outcome.body) : row.text;
      transaction.add({ kind: 'due.put', of: kind.kind, key: row.key, dueAt, text });
    }
  }

  /** The rows are as they were: they are looked at again a little later. */
  #failed(error: unknown, words: string): void {
    const { logger, clock, kind } = this.#options;
    logger.error({ err: error, kind: kind.kind }, words);
    this.#cancelTimer?.();
    this.#cancelTimer = clock.after(retryAfter, () => this.wake());
  }
}
