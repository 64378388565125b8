import type { Clock } from '../core/clock.ts';
import { CommitFailed } from '../core/errors.ts';
import type { Milliseconds } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import { cutSlice, type DeliveredFact, type FactSlice } from './fact-slice.ts';
import type { FactCursor, LoggedFact } from './facts.ts';
import type { Ledger } from './ledger.ts';
import type { Transaction } from './transaction.ts';

/** What a delivery causes: it becomes durable together with the cursor behind it. */
export type Consequence = (transaction: Transaction) => void;

/**
 * Who hears of every fact: at least once, in order, but for one that it could not take, which comes again later beside others.
 * A delivery repeats after a crash, and so must be idempotent or leave
 * what it causes to the consequence that it answers, which a crash neither loses nor repeats.
 */
export interface FactConsumer {
  /** Names the durable cursor: never change it. */
  readonly name: string;
  // biome-ignore lint/suspicious/noConfusingVoidType: most consumers answer nothing
  deliver(facts: readonly DeliveredFact[]): Consequence | void | Promise<Consequence | void>;
}

/** Facts in one delivery, children counted one by one: a turn stays short. */
const sliceSize = 500;
/** Until a consumer that failed is told again. */
const retryAfter: Milliseconds = 1_000;
/** So often in a row a consumer is told one fact that it cannot take: five minutes. */
const triesPerFact = 300;

export interface FactPumpOptions {
  readonly consumer: FactConsumer;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  /** At most `limit` facts from the one on that the cursor stands at, durable ones only. */
  readonly read: (cursor: FactCursor, limit: number) => Promise<readonly LoggedFact[]>;
  /** Puts away what the consumer cannot take. Absent: it is told for ever. */
  readonly setAside?: (transaction: Transaction, facts: readonly DeliveredFact[]) => void;
  /** Its cursor has moved. */
  readonly onMoved: () => void;
}

/** One opening of the log: what was begun in an earlier one changes nothing in a later one. */
interface Session {
  cursor: FactCursor;
}

/** Takes the facts to one consumer, one delivery at a time, and moves its cursor. */
export class FactPump {
  readonly #options: FactPumpOptions;
  #session: Session | undefined;
  #busy = false;
  /** Woken while busy: what it was woken for may have come too late for the read that is under way. */
  #wokenAgain = false;
  /** After a slice failed its facts are delivered one by one: so many are left. */
  #oneByOne = 0;
  /** How often in a row the fact at the cursor failed alone. */
  #failures = 0;

  constructor(options: FactPumpOptions) {
    this.#options = options;
  }

  get consumer(): FactConsumer {
    return this.#options.consumer;
  }

  /** Whether the consumer has heard everything up to a fact. Nobody has while the log is closed. */
  hasHeard(sequence: number): boolean {
    const cursor = this.#session?.cursor;
    if (!cursor) return false;
    return cursor.sequence > sequence || (cursor.sequence === sequence && cursor.part === undefined);
  }

  /** The highest sequence that the consumer needs no more. */
  get heard(): number {
    const cursor = this.#session?.cursor;
    if (!cursor) return 0;
    return cursor.part === undefined ? cursor.sequence : cursor.sequence - 1;
  }

  open(cursor: FactCursor): void {
    this.#session = { cursor };
    this.#failures = 0;
    this.#oneByOne = 0;
  }

  close(): void {
    this.#session = undefined;
  }

  /** There may be something to deliver. */
  wake(): void {
    if (this.#busy) this.#wokenAgain = true;
    else void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    try {
      do {
        this.#wokenAgain = false;
        while (await this.#deliverSlice());
      } while (this.#wokenAgain);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#busy = false;
    }
  }

  #failed(error: unknown): void {
    // While memory is rebuilt nothing can be stored; the next opening takes up where the cursor stands.
    if (!this.#session) return;
    const { logger, clock, consumer } = this.#options;
    logger.error({ consumer: consumer.name, err: error }, 'a consumer of facts failed; it is told again');
    clock.after(retryAfter, () => this.wake());
  }

  /** Whether there may be more. */
  async #deliverSlice(): Promise<boolean> {
    const session = this.#session;
    if (!session) return false;
    const isOver = () => this.#session !== session;
    // Facts of one turn of the event loop are delivered together.
    await new Promise(setImmediate);
    if (isOver()) return true;
    // One more, for the fact at the cursor, which may have been heard wholly.
    const facts = await this.#options.read(session.cursor, sliceSize + 1);
    const slice = cutSlice(facts, session.cursor, this.#oneByOne > 0 ? 1 : sliceSize);
    if (isOver()) return true;
    if (!slice) return false;
    try {
      const consequence = await this.#options.consumer.deliver(slice.facts);
      if (isOver()) return true;
      this.#move(session, slice.cursor, consequence);
    } catch (error) {
      if (isOver()) return true;
      this.#setAsideOrThrow(session, slice, error);
    }
    this.#failures = 0;
    this.#oneByOne = Math.max(0, this.#oneByOne - 1);
    this.#options.onMoved();
    return true;
  }

  // biome-ignore lint/suspicious/noConfusingVoidType: as consumers answer
  #move(session: Session, cursor: FactCursor, consequence: Consequence | void): void {
    this.#options.ledger.transact((transaction) => {
      consequence?.(transaction);
      transaction.add({ kind: 'cursor.put', consumer: this.consumer.name, cursor });
    });
    session.cursor = cursor;
  }

  /** One fact must not keep all others, and whatever waits until they are heard, for ever. */
  #setAsideOrThrow(session: Session, { facts, cursor }: FactSlice, error: unknown): void {
    // Changes are refused: that says nothing of the fact.
    if (error instanceof CommitFailed) throw error;
    const { setAside, logger, consumer } = this.#options;
    if (this.#oneByOne === 0) {
      this.#oneByOne = sliceSize;
      throw error;
    }
    this.#failures += 1;
    if (!setAside || this.#failures < triesPerFact) throw error;
    logger.error({ consumer: consumer.name, facts, err: error }, 'a consumer cannot take a fact; it is set aside');
    this.#move(session, cursor, (transaction) => setAside(transaction, facts));
  }
}
