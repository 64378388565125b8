import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import type { DueItem, DueKind, DueOutcome, Transaction } from '../../store/index.ts';
import type { HouseOptions } from './house-options.ts';
import { pauseAfter } from './limits.ts';
import type { Entry, MessageQueue } from './queue/index.ts';
import { placeOf, type QueuePlace } from './queues.ts';
import { deletedQueueRecords, type QueueRecord, queueRecords } from './records.ts';

/** What one turn of due work takes away. */
const atOnce = 500;
const usualRetention = 345_600;

/** What holds the messages. */
interface Holder {
  of(record: QueueRecord): MessageQueue;
  remove(transaction: Transaction, queue: MessageQueue, entry: Entry): void;
}

interface Clearing {
  readonly number: number;
  readonly through: number;
}

/** Due work of queues: what is too old goes, rows of purged and deleted queues go, names are free again. */
export class Sweeps {
  readonly #options: HouseOptions;
  readonly #house: Holder;
  readonly #old: DueKind<QueuePlace>;
  readonly #rows: DueKind<Clearing>;
  readonly #names: DueKind<Omit<QueuePlace, 'number'>>;

  constructor(options: HouseOptions, house: Holder) {
    this.#options = options;
    this.#house = house;
    this.#old = { kind: 'sqs.old', atOnce: 4, perform: (item) => this.#sweep(item) };
    this.#rows = { kind: 'sqs.rows', atOnce: 1, perform: (item) => this.#clear(item) };
    this.#names = { kind: 'sqs.names', atOnce: 4, longestWait: pauseAfter, perform: (item) => this.#freeName(item) };
    for (const kind of [this.#old, this.#rows, this.#names] as const) options.due.register(kind as DueKind<unknown>);
  }

  /** Whether a queue keeps nothing that was sent then any more. */
  isOver(record: QueueRecord, sentAt: EpochMilliseconds): boolean {
    return sentAt + retentionOf(record) <= this.#options.clock.now();
  }

  /** A queue has a message that was sent then: it is looked at when that one is too old, unless it is before. */
  expect(transaction: Transaction, record: QueueRecord, queue: MessageQueue, sentAt: EpochMilliseconds): void {
    const dueAt = sentAt + retentionOf(record);
    if (queue.sweepAt !== undefined && queue.sweepAt <= dueAt) return;
    const before = queue.sweepAt;
    queue.sweepAt = dueAt;
    transaction.onRollback(() => {
      queue.sweepAt = before;
    });
    this.#options.due.hasten(transaction, this.#old, { key: String(record.number), dueAt, body: placeOf(record) });
  }

  /** Rows of a queue up to a number are to go. */
  clear(transaction: Transaction, number: number, through: number): void {
    const dueAt = this.#options.clock.now();
    this.#options.due.put(transaction, this.#rows, { key: String(number), dueAt, body: { number, through } });
  }

  /** A queue is deleted: with its rows, and its name is free again in a minute. */
  forget(transaction: Transaction, record: QueueRecord): void {
    const { name, account, region } = record;
    const { due, clock } = this.#options;
    due.delete(transaction, this.#old, String(record.number));
    this.clear(transaction, record.number, Number.MAX_SAFE_INTEGER);
    transaction.put(deletedQueueRecords, { account, region, name, deletedAt: clock.now() });
    const key = `${account} ${region} ${name}`;
    due.put(transaction, this.#names, { key, dueAt: clock.now() + pauseAfter, body: { account, region, name } });
  }

  async #sweep({ body }: DueItem<QueuePlace>): Promise<DueOutcome<QueuePlace>> {
    const { ledger } = this.#options;
    const record = ledger.get(queueRecords, body, body.name);
    if (record?.number !== body.number) return { kind: 'done' };
    const queue = this.#house.of(record);
    ledger.transact((transaction) => {
      for (let gone = 0; gone < atOnce; gone += 1) {
        const oldest = queue.oldest();
        if (!oldest || !this.isOver(record, oldest.sentAt)) return;
        this.#house.remove(transaction, queue, oldest);
      }
    });
    const next = queue.oldest();
    queue.sweepAt = next && next.sentAt + retentionOf(record);
    return queue.sweepAt === undefined ? { kind: 'done' } : { kind: 'again', at: queue.sweepAt };
  }

  async #clear({ body: { number, through } }: DueItem<Clearing>): Promise<DueOutcome<Clearing>> {
    const { reads } = this.#options.ledger.store;
    const [first] = await reads.messageSlice({ after: { queue: number, id: -1 }, limit: 1 });
    const isMessage = first?.queue === number && first.id <= through;
    const isDeleted = through === Number.MAX_SAFE_INTEGER;
    const [key] = isDeleted ? await reads.sentBeforeSlice({ after: { queue: number, key: '' }, limit: 1 }) : [];
    const isKey = key?.queue === number;
    if (!isMessage && !isKey) return { kind: 'done' };
    const consequence = (transaction: Transaction) => {
      transaction.add({ kind: 'message.clear', queue: number, through, limit: atOnce });
      if (isDeleted) transaction.add({ kind: 'sentBefore.clear', queue: number, limit: atOnce });
    };
    return { kind: 'again', at: this.#options.clock.now(), consequence };
  }

  async #freeName({ body }: DueItem<Omit<QueuePlace, 'number'>>): Promise<DueOutcome<Omit<QueuePlace, 'number'>>> {
    return { kind: 'done', consequence: (transaction) => transaction.delete(deletedQueueRecords, body, body.name) };
  }
}

function retentionOf({ attributes }: QueueRecord): Milliseconds {
  return Number(attributes.MessageRetentionPeriod ?? usualRetention) * 1_000;
}
