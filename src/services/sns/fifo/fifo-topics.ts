import { scopeOf } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { idempotencyRecordKey, type Ledger, type Transaction } from '../../../store/index.ts';
import { type TopicRecord, topicSequenceRecords } from '../records.ts';
import type { Order } from './order.ts';

/** AWS's: for so long a message is known again. */
const rememberedFor: Milliseconds = 300_000;

/** What a message of a FIFO topic is answered with, and one that is sent again as well. */
export interface Numbered {
  readonly messageId: string;
  readonly sequence: string;
}

/**
 * The order of FIFO topics: messages of one topic are published one after the other, as they came, each with a number of
 * its own, and each once in five minutes.
 */
export class FifoTopics {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #last = new Map<string, Promise<unknown>>();
  /** What was published and is not yet in the store, where all else is looked up. */
  readonly #underWay = new Map<string, Numbered>();

  constructor({ ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock }) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  /** Forgets what memory held: the ledger is rebuilt. */
  forget(): void {
    this.#underWay.clear();
  }

  /** Does work for a topic after all that was asked for before, whatever became of that. */
  async inTurn<Result>({ arn }: TopicRecord, work: () => Promise<Result>): Promise<Result> {
    const turn = (this.#last.get(arn) ?? Promise.resolve()).then(work);
    const over = turn.catch(() => undefined);
    this.#last.set(arn, over);
    try {
      return await turn;
    } finally {
      if (this.#last.get(arn) === over) this.#last.delete(arn);
    }
  }

  /** How many messages of the topic have a number. */
  published(topic: TopicRecord): number {
    return this.#ledger.get(topicSequenceRecords, topic, topic.name)?.published ?? 0;
  }

  /** Whether a topic takes two messages for one. */
  isSame(topic: TopicRecord, a: Order, b: Order): boolean {
    return keyOf(topic, a) === keyOf(topic, b);
  }

  /** The message of the last five minutes that this one repeats. */
  async sentBefore(topic: TopicRecord, order: Order): Promise<Numbered | undefined> {
    const key = keyOf(topic, order);
    const known = this.#underWay.get(key);
    if (known) return known;
    const stored = await this.#ledger.store.reads.idempotency(scopeOf(topic), key);
    if (!stored || stored.expiresAt <= this.#clock.now()) return undefined;
    const [messageId = '', sequence = ''] = String(stored.result).split(' ');
    return { messageId, sequence };
  }

  /** Keeps the number of a topic's last message, in the transaction that publishes it. */
  count(transaction: Transaction, { account, region, name }: TopicRecord, published: number): void {
    transaction.put(topicSequenceRecords, { account, region, name, published });
  }

  /** Knows a message again from now on. */
  remember(transaction: Transaction, topic: TopicRecord, order: Order, numbered: Numbered): void {
    const key = keyOf(topic, order);
    const result = `${numbered.messageId} ${numbered.sequence}`;
    const expiresAt = this.#clock.now() + rememberedFor;
    const record = { ...scopeOf(topic), key, fingerprint: '', result, expiresAt };
    transaction.add({ kind: 'idempotency.put', record });
    this.#underWay.set(key, numbered);
    const forget = () => void this.#underWay.delete(key);
    transaction.onCommitted(forget);
    transaction.onRollback(forget);
  }
}

/** The number of a topic's message as AWS writes it: 20 digits, which grow by steps. */
export function sequenceText(published: number): string {
  return String(10n ** 19n + BigInt(published) * 1000n);
}

/** A topic that is made anew under a name knows nothing of the one before. */
function keyOf(topic: TopicRecord, { group, deduplicationId }: Order): string {
  const { name, createdAt, attributes } = topic;
  const parts = [name, createdAt, deduplicationId];
  const scope = attributes.FifoThroughputScope === 'MessageGroup' ? [...parts, group] : parts;
  return idempotencyRecordKey('sns', 'fifo', scope.join(' '));
}
