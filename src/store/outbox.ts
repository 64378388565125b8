import type { Clock } from '../core/clock.ts';
import type { Milliseconds } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { Ledger } from './ledger.ts';
import type { TransitionRecord } from './records.ts';
import type { Transaction } from './transaction.ts';

/** Who hears of every transition: at least once, in order. Deliveries repeat after a crash, so they must be idempotent. */
export interface TransitionConsumer {
  /** Names the durable cursor: never change it. */
  readonly name: string;
  deliver(transitions: readonly TransitionRecord[]): void | Promise<void>;
}

/** Transitions in one delivery, and rows in one trim: a turn stays short. */
const slice = 500;
/** Committed transitions kept in memory, so that a consumer that keeps up never reads them back. */
const tailCapacity = 5_000;
/** Until a consumer that failed is told again. */
const retryAfter: Milliseconds = 1_000;

export interface OutboxOptions {
  readonly ledger: Ledger;
  readonly consumers: readonly TransitionConsumer[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The reading side of the transition log. Each consumer has a durable cursor, moved after its delivery; rows behind all
 * cursors are trimmed in slices. What a consumer has not heard when the server dies, the next server tells it.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #cursors = new Map<string, number>();
  readonly #busy = new Set<string>();
  #tail: TransitionRecord[] = [];
  #last = 0;
  #trimmed = 0;
  #open = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Takes up every consumer where its stored cursor stands, a new one at the end of the log. Also after memory was rebuilt. */
  open(cursors: Readonly<Record<string, number>>, lastTransition: number): void {
    this.#tail = [];
    this.#last = lastTransition;
    for (const { name } of this.#options.consumers) this.#cursors.set(name, cursors[name] ?? lastTransition);
    this.#open = true;
    this.#wake();
  }

  /** Delivers nothing more until the next `open`. */
  pause(): void {
    this.#open = false;
  }

  /** Adds a transition to the caller's transaction; consumers hear of it once it is durable. */
  append(transaction: Transaction, record: TransitionRecord): void {
    transaction.add({ kind: 'transition', record });
    transaction.onCommitted(() => this.#committed(record));
  }

  #committed(record: TransitionRecord): void {
    if (!this.#open) return;
    this.#last = record.sequence;
    this.#tail.push(record);
    if (this.#tail.length > tailCapacity) this.#tail.splice(0, tailCapacity / 2);
    this.#wake();
  }

  #wake(): void {
    for (const consumer of this.#options.consumers) this.#run(consumer);
    if (this.#options.consumers.length === 0) this.#trim();
  }

  #run(consumer: TransitionConsumer): void {
    this.#pump(consumer).catch((error) => {
      // While memory is rebuilt nothing can be stored; the next `open` takes up where the cursor stands.
      if (!this.#open) return;
      const { logger, clock } = this.#options;
      logger.error(
        { consumer: consumer.name, err: error },
        'a consumer of the transition log failed; it is told again',
      );
      clock.after(retryAfter, () => this.#run(consumer));
    });
  }

  /** One pump runs for a consumer at a time, until it has heard everything. */
  async #pump(consumer: TransitionConsumer): Promise<void> {
    if (this.#busy.has(consumer.name)) return;
    this.#busy.add(consumer.name);
    try {
      while (this.#open && (await this.#deliverSlice(consumer)));
    } finally {
      this.#busy.delete(consumer.name);
    }
  }

  async #deliverSlice(consumer: TransitionConsumer): Promise<boolean> {
    const after = this.#cursors.get(consumer.name) ?? 0;
    // Transitions of one turn of the event loop are delivered together.
    await new Promise(setImmediate);
    const transitions = await this.#next(after);
    const last = transitions.at(-1);
    if (!last || !this.#open) return false;
    await consumer.deliver(transitions);
    if (!this.#open) return false;
    this.#cursors.set(consumer.name, last.sequence);
    this.#options.ledger.transact((transaction) =>
      transaction.add({ kind: 'cursor.put', consumer: consumer.name, sequence: last.sequence }),
    );
    this.#trim();
    return last.sequence < this.#last;
  }

  async #next(after: number): Promise<readonly TransitionRecord[]> {
    const first = this.#tail[0]?.sequence;
    if (first === undefined || first > after + 1) {
      return this.#options.ledger.store.reads.transitions({ after, limit: slice });
    }
    const start = after + 1 - first;
    return this.#tail.slice(start, start + slice);
  }

  /** Deletes what every consumer has heard, once a slice has gathered; twice as much at a time, so that a backlog shrinks. */
  #trim(): void {
    const through = this.#cursors.size === 0 ? this.#last : Math.min(...this.#cursors.values());
    if (through - this.#trimmed < slice) return;
    this.#trimmed = through;
    const trim = { kind: 'transition.trim', through, limit: 2 * slice } as const;
    this.#options.ledger.transact((transaction) => transaction.add(trim));
  }
}
