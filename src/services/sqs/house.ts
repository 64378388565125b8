import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import { uuidV7 } from '../../core/random.ts';
import type { QueueMessage, Transaction } from '../../store/index.ts';
import { Attempts } from './attempts.ts';
import { Contents, writeRest } from './contents.ts';
import { ensureKey, newNonce } from './handles.ts';
import type { HouseOptions } from './house-options.ts';
import { limits, rememberedFor } from './limits.ts';
import { type CheckedMessage, isFifo } from './message.ts';
import { type Entry, MessageQueue, toStored } from './queue/index.ts';
import { queueOfArn } from './queues.ts';
import { type QueueRecord, queueArn, queueRecords, redriveOf } from './records.ts';
import { Sweeps } from './sweeps.ts';

/** What a send is answered with. */
export interface Sent {
  readonly messageId: string;
  /** Of a FIFO queue. */
  readonly sequence?: number;
}

/** A message, and whom its SenderId names. */
interface Sending {
  readonly message: CheckedMessage;
  readonly sender: string;
}

/** A message that was given to somebody, as it was then. */
export interface Given {
  readonly entry: Entry;
  readonly id: number;
  readonly content: number;
  readonly nonce: number;
  readonly receives: number;
  readonly firstAt: EpochMilliseconds;
}

const sliceSize = 1_000;
/** Deduplication keys that one send takes away once they are over. */
const forgottenAtOnce = 10;

/**
 * All messages of all queues. Memory says which one is given next; the store has them, and follows in the commit of the same
 * transaction. Message numbers only grow, over restarts too, and order the messages of a queue.
 */
export class QueueHouse {
  readonly contents: Contents;
  readonly attempts: Attempts;
  readonly sweeps: Sweeps;
  readonly #options: HouseOptions;
  #queues = new Map<number, MessageQueue>();
  #lastNumber = 0;

  constructor(options: HouseOptions) {
    this.#options = options;
    this.contents = new Contents(options.ledger.store.reads);
    this.attempts = new Attempts(options.clock);
    this.sweeps = new Sweeps(options, this);
  }

  /** The number of the newest message. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  /** Takes in what the store has, a slice a turn. Rows of queues that are gone, or purged, are left to their due work. */
  async fill(): Promise<void> {
    this.dismiss();
    this.#queues = new Map();
    this.contents.clear();
    const { ledger } = this.#options;
    const { reads } = ledger.store;
    const records = new Map(ledger.all(queueRecords).map((record) => [record.number, record]));
    const stored = Math.max(await reads.lastMessageNumber(), this.#options.clock.now() * 1_000);
    // One by one: there may be more queues than a call takes arguments.
    this.#lastNumber = records.values().reduce((last, { purged }) => Math.max(last, purged?.through ?? 0), stored);
    await this.#fillMessages(records);
    await this.#fillSentBefore(records);
  }

  /** The messages of a queue. */
  of(record: QueueRecord): MessageQueue {
    const known = this.#queues.get(record.number);
    if (known) return known;
    const queue = new MessageQueue(record.number, isFifo(record), this.#options.clock);
    this.#queues.set(record.number, queue);
    return queue;
  }

  /** Nobody waits any more. */
  dismiss(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  /** Lets go of a queue that is deleted. */
  drop(record: QueueRecord): void {
    this.#queues.get(record.number)?.close();
    this.#queues.delete(record.number);
  }

  /** Puts a message into a queue; of FIFO, unless it was sent before. Who waits is woken once it is durable. */
  send(transaction: Transaction, record: QueueRecord, message: CheckedMessage, sender: string): Sent {
    const queue = this.of(record);
    const key = deduplicationKey(record, message);
    const before = key === undefined ? undefined : this.#sentBefore(transaction, queue, key);
    if (before) return before;
    const { messageId, sequence } = this.resend(transaction, record, { message, sender });
    if (key === undefined) return { messageId };
    const until = this.#options.clock.now() + rememberedFor;
    this.#rememberSent(transaction, record, queue, key, { messageId, sequence, until });
    return { messageId, sequence };
  }

  /** Puts a message into a queue, sent before or not. */
  resend(transaction: Transaction, record: QueueRecord, { message, sender }: Sending): Required<Sent> {
    const queue = this.of(record);
    const { clock, random } = this.#options;
    const now = clock.now();
    const messageId = uuidV7(now, random);
    const sequence = this.#newNumber();
    this.#store(transaction, queue, sequence, { message, messageId, sender, now });
    this.sweeps.expect(transaction, record, queue, now);
    return { messageId, sequence };
  }

  /**
   * Leases up to so many messages. One that is older than the queue keeps any goes, and one that was received too often
   * moves to the dead-letter queue.
   */
  take(record: QueueRecord, count: number, duration: Milliseconds): readonly Given[] {
    const queue = this.of(record);
    if (!queue.hasReady()) return [];
    const { ledger, random } = this.#options;
    return ledger.transact((transaction) => {
      ensureKey(ledger, transaction, record, random);
      const given: Given[] = [];
      queue.offer(count, (entry) => {
        if (this.#leaves(transaction, record, queue, entry)) return 'gone';
        given.push(this.#lease(transaction, queue, entry, duration));
        return 'given';
      });
      return given;
    });
  }

  /** Sets anew how long nobody else is given a message that is out. */
  extend(transaction: Transaction, queue: MessageQueue, entry: Entry, duration: Milliseconds): void {
    if (duration === 0) queue.giveBack(entry);
    else queue.lease(entry, duration);
    this.#write(transaction, queue, entry, duration);
    if (duration === 0) transaction.onCommitted(() => queue.wake());
  }

  /** Whoever was given these is not there any more: others may have them. Memory may have been filled anew since. */
  giveBack(record: QueueRecord, given: readonly Given[]): void {
    const queue = this.#queues.get(record.number);
    if (!queue) return;
    const out = given.flatMap(({ id, nonce }) => {
      const entry = queue.get(id);
      return entry?.place === 'leased' && entry.nonce === nonce ? [entry] : [];
    });
    if (out.length === 0) return;
    this.#options.ledger.transact((transaction) => {
      for (const entry of out) this.extend(transaction, queue, entry, 0);
    });
  }

  remove(transaction: Transaction, queue: MessageQueue, entry: Entry): void {
    const wasOut = entry.place === 'leased';
    queue.remove(entry);
    this.contents.drop(entry.content);
    transaction.add({ kind: 'message.delete', queue: queue.number, id: entry.id, content: entry.content });
    // The next of its group may be given now.
    if (wasOut && queue.isFifo) transaction.onCommitted(() => queue.wake());
  }

  /** Puts a message behind those of another queue, with all that it has. */
  move(transaction: Transaction, from: MessageQueue, entry: Entry, to: QueueRecord, source: string): void {
    const target = this.of(to);
    const { clock } = this.#options;
    from.remove(entry);
    const id = this.#newNumber();
    const sentAt = target.isFifo ? clock.now() : entry.sentAt;
    const moved = { ...entry, id, sentAt, source, nonce: 0 };
    const message = toStored(target.number, moved, clock.now());
    target.add(message);
    transaction.add({ kind: 'message.move', from: { queue: from.number, id: entry.id }, to: message });
    this.sweeps.expect(transaction, to, target, sentAt);
    transaction.onCommitted(() => target.wake());
  }

  #newNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #store(
    transaction: Transaction,
    queue: MessageQueue,
    id: number,
    sending: Sending & { readonly messageId: string; readonly now: EpochMilliseconds },
  ): void {
    const { message, messageId, sender, now } = sending;
    const { body, attributes, systemAttributes, deduplicationId, group, delaySeconds } = message;
    const traceHeader = systemAttributes.AWSTraceHeader?.value;
    const rest = {
      ...{ messageId, sender, attributes },
      ...(traceHeader !== undefined && { traceHeader }),
      ...(deduplicationId !== undefined && { deduplicationId }),
    };
    const content = { number: id, body, rest: writeRest(rest) };
    const stored: QueueMessage = {
      ...{ queue: queue.number, id, content: id, receives: 0, firstAt: 0, nonce: 0, sentAt: now },
      visibleAt: now + delaySeconds * 1_000,
      ...(group !== undefined && { group }),
    };
    const entry = queue.add(stored);
    this.contents.keep(content);
    transaction.add({ kind: 'message.put', message: stored, content });
    transaction.onRollback(() => {
      queue.remove(entry);
      this.contents.drop(id);
    });
    transaction.onCommitted(() => queue.wake());
  }

  #sentBefore(transaction: Transaction, queue: MessageQueue, key: string): Sent | undefined {
    const now = this.#options.clock.now();
    let looked = 0;
    for (const [old, { until }] of queue.sentBefore) {
      if (until > now || looked === forgottenAtOnce) break;
      looked += 1;
      // Not undone if the transaction is: it is over all the same.
      queue.sentBefore.delete(old);
      transaction.add({ kind: 'sentBefore.delete', queue: queue.number, key: old });
    }
    const before = queue.sentBefore.get(key);
    return before && before.until > now ? before : undefined;
  }

  #rememberSent(
    transaction: Transaction,
    record: QueueRecord,
    queue: MessageQueue,
    key: string,
    first: { readonly messageId: string; readonly sequence: number; readonly until: EpochMilliseconds },
  ): void {
    // Behind all others, which expire before it.
    queue.sentBefore.delete(key);
    queue.sentBefore.set(key, first);
    transaction.onRollback(() => queue.sentBefore.delete(key));
    transaction.add({ kind: 'sentBefore.put', record: { queue: record.number, key, ...first } });
  }

  /** Whether a message goes instead of being given: it is too old, or was received too often. */
  #leaves(transaction: Transaction, record: QueueRecord, queue: MessageQueue, entry: Entry): boolean {
    if (this.sweeps.isOver(record, entry.sentAt)) {
      this.remove(transaction, queue, entry);
      return true;
    }
    const redrive = redriveOf(record.attributes);
    if (!redrive || entry.receives < redrive.most) return false;
    const target = queueOfArn(this.#options.ledger, redrive.target);
    if (!target || target.number === record.number) return false;
    this.move(transaction, queue, entry, target, queueArn(record));
    return true;
  }

  #lease(transaction: Transaction, queue: MessageQueue, entry: Entry, duration: Milliseconds): Given {
    const { clock, random } = this.#options;
    entry.receives += 1;
    entry.firstAt ||= clock.now();
    entry.nonce = newNonce(random);
    queue.lease(entry, duration);
    this.#write(transaction, queue, entry, duration);
    const { id, content, nonce, receives, firstAt } = entry;
    return { entry, id, content, nonce, receives, firstAt };
  }

  #write(transaction: Transaction, queue: MessageQueue, entry: Entry, duration: Milliseconds): void {
    const { id, receives, firstAt, nonce } = entry;
    const visibleAt = this.#options.clock.now() + duration;
    transaction.add({ kind: 'message.lease', queue: queue.number, id, visibleAt, receives, firstAt, nonce });
  }

  async #fillMessages(records: ReadonlyMap<number, QueueRecord>): Promise<void> {
    const { reads } = this.#options.ledger.store;
    for (let after: QueueMessage | undefined; ; ) {
      const slice = await reads.messageSlice({ ...(after && { after }), limit: sliceSize });
      for (const message of slice) {
        const record = records.get(message.queue);
        if (record && message.id > (record.purged?.through ?? 0)) this.of(record).add(message);
      }
      after = slice.at(-1);
      if (!after || slice.length < sliceSize) return;
    }
  }

  async #fillSentBefore(records: ReadonlyMap<number, QueueRecord>): Promise<void> {
    const { reads } = this.#options.ledger.store;
    const found = [];
    for (let after: { readonly queue: number; readonly key: string } | undefined; ; ) {
      const slice = await reads.sentBeforeSlice({ ...(after && { after }), limit: sliceSize });
      found.push(...slice);
      after = slice.at(-1);
      if (!after || slice.length < sliceSize) break;
    }
    for (const { queue, key, until, messageId, sequence } of found.sort((a, b) => a.until - b.until)) {
      const record = records.get(queue);
      if (record) this.of(record).sentBefore.set(key, { until, messageId, sequence });
    }
  }
}

/** Whether as many are out as may be. */
export function isFull(queue: MessageQueue): boolean {
  return queue.counts.leased >= limits.inFlight;
}

function deduplicationKey(record: QueueRecord, { deduplicationId, group = '' }: CheckedMessage): string | undefined {
  if (deduplicationId === undefined) return undefined;
  return record.attributes.DeduplicationScope === 'messageGroup' ? `${group}\n${deduplicationId}` : deduplicationId;
}
