import type { CancelTimer, Clock } from '../core/clock.ts';
import type { Milliseconds } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { DueWork } from './due-work.ts';
import { type FactConsumer, FactPump } from './fact-pump.ts';
import type { DeliveredFact } from './fact-slice.ts';
import { FactTail } from './fact-tail.ts';
import type { Fact, FactCursor, LoggedFact } from './facts.ts';
import { FactsAside, type OnAside } from './facts-aside.ts';
import type { Ledger } from './ledger.ts';
import type { LoadFacts } from './reads.ts';
import type { Transaction } from './transaction.ts';

/** How long facts are kept that every consumer has heard, for those who follow what happens: this long, and this many. */
const kept = { time: 600_000 as Milliseconds, facts: 100_000 };
/** How often those that are kept no longer are looked for, while there are any. */
const trimInterval: Milliseconds = 60_000;
/** So many new facts make it look at once. */
const trimAfter = 10_000;
/** Rows in one trim: a turn of the writer stays short. */
const trimSize = 1_000;

/** Where facts go. */
export type FactLog = Pick<Outbox, 'append'>;

export interface OutboxOptions {
  readonly ledger: Ledger;
  readonly consumers: readonly FactConsumer[];
  /** Where facts wait that a consumer cannot take. @default it is told them until it can, and hears of nothing else */
  readonly due?: Pick<DueWork, 'register' | 'put'>;
  /** Hears what becomes of those. */
  readonly onAside?: OnAside;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The log of facts. Whatever happens appends one in its own transaction. Each consumer has a durable cursor from its first
 * day, moved in the transaction of what its deliveries cause: what it has not heard when the server dies, the next server
 * tells it. Facts behind all cursors go after ten minutes, in slices.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #pumps: readonly FactPump[];
  /** Consumers whose first cursor is not stored yet, and where it stands. */
  #unregistered = new Map<string, FactCursor>();
  #tail = new FactTail(0);
  #last = 0;
  #appended = 0;
  #isOpen = false;
  #cancelTrim: CancelTimer | undefined;
  #isTrimming = false;
  #waiting: { sequence: number; readonly heard: () => void }[] = [];

  constructor(options: OutboxOptions) {
    this.#options = options;
    const { ledger, clock, logger, due, onAside = () => {} } = options;
    const read = (cursor: FactCursor, limit: number) => this.#read(cursor, limit);
    const aside = due && new FactsAside({ due, clock, logger, onAside, consumers: options.consumers });
    this.#pumps = options.consumers.map((consumer) => {
      const { name } = consumer;
      const setAside = aside && {
        setAside: (transaction: Transaction, facts: readonly DeliveredFact[]) => aside.put(transaction, name, facts),
      };
      const onMoved = () => this.#moved();
      return new FactPump({ consumer, ledger, clock, logger, read, ...setAside, onMoved });
    });
  }

  /** Takes up every consumer where its stored cursor stands, a new one at the end of the log. Also after memory was rebuilt. */
  open({ cursors, lastFact }: Pick<LoadFacts, 'cursors' | 'lastFact'>): void {
    this.#tail = new FactTail(lastFact);
    this.#last = lastFact;
    this.#isOpen = true;
    this.#unregistered = new Map(
      this.#pumps
        .filter(({ consumer }) => cursors[consumer.name] === undefined)
        .map(({ consumer }) => [consumer.name, { sequence: lastFact }]),
    );
    for (const pump of this.#pumps) pump.open(cursors[pump.consumer.name] ?? { sequence: lastFact });
    // What memory held beyond the store is gone: nobody need hear of it.
    for (const each of this.#waiting) each.sequence = Math.min(each.sequence, lastFact);
    this.#moved();
    for (const pump of this.#pumps) pump.wake();
    this.#trimLater();
  }

  /** Delivers nothing more until the next `open`. */
  pause(): void {
    this.#isOpen = false;
    this.#cancelTrim?.();
    this.#cancelTrim = undefined;
    for (const pump of this.#pumps) pump.close();
  }

  /**
   * Adds a fact to the caller's transaction; consumers hear of it once it is durable. Its sequence is given when the
   * transaction's work has returned, so that the order of sequences is that of commits.
   */
  append(transaction: Transaction, fact: Fact): void {
    transaction.onAccepted(() => {
      this.#register(transaction);
      this.#last += 1;
      const logged = { kind: 'fact', sequence: this.#last, fact } as const;
      transaction.add(logged);
      transaction.onCommitted(() => this.#committed(logged));
    });
  }

  /**
   * Resolves when every consumer has dealt with all that has been appended so far: what those facts refer to may be deleted
   * then. At once when nobody has anything to hear.
   */
  whenHeard(): Promise<void> {
    const sequence = this.#last;
    if (this.#pumps.every((pump) => pump.hasHeard(sequence))) return Promise.resolve();
    return new Promise((heard) => {
      this.#waiting.push({ sequence, heard });
    });
  }

  #committed(logged: LoggedFact): void {
    if (!this.#isOpen) return;
    this.#tail.push(logged);
    for (const pump of this.#pumps) pump.wake();
    this.#appended += 1;
    if (this.#appended < trimAfter) this.#trimLater();
    else this.#startTrim();
  }

  /** Some consumer has come further. */
  #moved(): void {
    this.#tail.forget(Math.min(...this.#pumps.map(({ heard }) => heard)));
    if (this.#waiting.length === 0) return;
    this.#waiting = this.#waiting.filter(({ sequence, heard }) => {
      if (!this.#pumps.every((pump) => pump.hasHeard(sequence))) return true;
      heard();
      return false;
    });
  }

  async #read(cursor: FactCursor, limit: number): Promise<readonly LoggedFact[]> {
    const { reads } = this.#options.ledger.store;
    return this.#tail.after(cursor, limit) ?? reads.facts({ from: cursor.sequence, limit });
  }

  /** A first cursor is stored with the first fact behind it: not when it opens, since changes may be refused then. */
  #register(transaction: Transaction): void {
    for (const [consumer, cursor] of this.#unregistered) transaction.add({ kind: 'cursor.put', consumer, cursor });
    this.#unregistered.clear();
  }

  #trimLater(): void {
    if (!this.#isOpen || this.#isTrimming) return;
    this.#cancelTrim ??= this.#options.clock.after(trimInterval, () => this.#startTrim());
  }

  #startTrim(): void {
    this.#cancelTrim?.();
    this.#cancelTrim = undefined;
    this.#appended = 0;
    if (this.#isTrimming || !this.#isOpen) return;
    this.#isTrimming = true;
    void this.#trim().then((isAnyLeft) => {
      this.#isTrimming = false;
      if (isAnyLeft) this.#trimLater();
    });
  }

  /** Trims slice by slice what need not be kept. Answers whether facts are left. */
  async #trim(): Promise<boolean> {
    try {
      while (await this.#trimSlice());
      return (await this.#oldest()) !== undefined;
    } catch (error) {
      if (this.#isOpen) this.#options.logger.warn({ err: error }, 'facts that everybody has heard stay for now');
      return true;
    }
  }

  /** Whether there may be more to trim. */
  async #trimSlice(): Promise<boolean> {
    const oldest = await this.#oldest();
    if (!oldest || !this.#isOpen) return false;
    const { ledger, clock } = this.#options;
    const before = clock.now() - kept.time;
    const through = Math.min(this.#last, ...this.#pumps.map(({ heard }) => heard));
    const isOver = oldest.fact.at <= before || oldest.sequence <= this.#last - kept.facts;
    if (!isOver || oldest.sequence > through) return false;
    const trim = { kind: 'fact.trim', through, before, keep: kept.facts, limit: trimSize } as const;
    ledger.transact((transaction) => transaction.add(trim));
    return true;
  }

  async #oldest(): Promise<LoggedFact | undefined> {
    return (await this.#options.ledger.store.reads.facts({ from: 0, limit: 1 }))[0];
  }
}
