import type { Scope } from '../../../core/arn.ts';
import type { CancelTimer, Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import type { Logger } from '../../../core/logger.ts';
import type { Ledger, Transaction } from '../../../store/index.ts';
import { type EffectivePolicy, retryDelay } from '../delivery-policy/index.ts';
import { type DeliveryRecord, deliveryRecords } from '../records.ts';
import { Lane } from './lane.ts';
import type { Poster, PostOutcome } from './post.ts';

/** How much is delivered at once, and how much may wait. */
export interface DeliveryLimits {
  /** Posts at once to one endpoint. */
  readonly perEndpoint: number;
  /** Posts at once to all. */
  readonly total: number;
  /** Deliveries of one account and region that wait, beyond which Publish is throttled. */
  readonly pending: number;
  /** Characters that all bodies which wait may have together: they are in memory. */
  readonly pendingSize: number;
}

export const defaultDeliveryLimits: DeliveryLimits = {
  perEndpoint: 10,
  total: 200,
  pending: 100_000,
  pendingSize: 256 * 1024 * 1024,
};

/** How long to wait when the ledger takes no changes. */
const ledgerPause: Milliseconds = 1000;

interface DelivererOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly poster: Poster;
  readonly limits: DeliveryLimits;
  /** The policy of a delivery; undefined if its subscription is gone, so that it must not be made. */
  readonly policyOf: (record: DeliveryRecord) => EffectivePolicy | undefined;
}

/**
 * Posts what waits in the ledger, each to its endpoint, until it is delivered or given up. A delivery is committed before
 * its first post and removed after its last: a crash in between repeats it.
 */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #timers = new Map<string, CancelTimer>();
  readonly #running = new Set<Promise<void>>();
  /** Ends what is under way; another one begins with each `open`. */
  #session: AbortController | undefined;
  /** Characters of all bodies that wait. */
  #size = 0;

  constructor(options: DelivererOptions) {
    this.#options = options;
  }

  /** Takes up everything that waits in the ledger. */
  open(): void {
    this.pause();
    this.#session = new AbortController();
    const records = this.#options.ledger.all(deliveryRecords);
    this.#size = sizeOf(records);
    for (const record of records) this.#schedule(record);
  }

  /** Breaks off every post and forgets every timer; what waits stays in the ledger. */
  pause(): void {
    this.#session?.abort();
    this.#session = undefined;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    for (const lane of this.#lanes.values()) lane.close();
    this.#lanes.clear();
  }

  /** Pauses, and waits until nothing is under way. */
  async close(): Promise<void> {
    this.pause();
    await Promise.all(this.#running);
    this.#options.poster.close();
  }

  /** Whether more deliveries may wait in a scope. */
  hasRoom(scope: Scope, records: readonly DeliveryRecord[]): boolean {
    const { ledger, limits } = this.#options;
    if (this.#size + sizeOf(records) > limits.pendingSize) return false;
    return ledger.count(deliveryRecords, scope) + records.length <= limits.pending;
  }

  /** Adds deliveries to a transaction; they begin once it is durable. */
  add(transaction: Transaction, records: readonly DeliveryRecord[]): void {
    for (const record of records) transaction.put(deliveryRecords, record);
    this.#count(transaction, sizeOf(records));
    transaction.onCommitted(() => {
      for (const record of records) this.#schedule(record);
    });
  }

  #count(transaction: Transaction, change: number): void {
    this.#size += change;
    transaction.onRollback(() => {
      this.#size -= change;
    });
  }

  #schedule(record: DeliveryRecord): void {
    if (!this.#session) return;
    const wait = record.dueAt - this.#options.clock.now();
    if (wait <= 0) this.#enqueue(record);
    else this.#later(record.name, wait, () => this.#enqueue(record));
  }

  #later(name: string, wait: Milliseconds, task: () => void): void {
    this.#timers.get(name)?.();
    const cancel = this.#options.clock.after(wait, () => {
      this.#timers.delete(name);
      task();
    });
    this.#timers.set(name, cancel);
  }

  #enqueue({ endpoint, name, account, region }: DeliveryRecord): void {
    this.#laneOf(endpoint).push(name, () => this.#attempt({ account, region }, name));
  }

  #laneOf(endpoint: string): Lane {
    const known = this.#lanes.get(endpoint);
    if (known) return known;
    const { clock, limits } = this.#options;
    const lane: Lane = new Lane({
      clock,
      atOnce: limits.perEndpoint,
      mayStart: () => this.#running.size < limits.total,
      onIdle: () => {
        // A lane of before a pause may end late.
        if (this.#lanes.get(endpoint) === lane) this.#lanes.delete(endpoint);
      },
    });
    this.#lanes.set(endpoint, lane);
    return lane;
  }

  /** One try. Answers how long its endpoint must be left alone after it began, and when it is over. */
  #attempt(scope: Scope, name: string): { readonly gap: Milliseconds; readonly over: Promise<void> } | undefined {
    const session = this.#session;
    const record = this.#options.ledger.get(deliveryRecords, scope, name);
    if (!session || !record) return undefined;
    const policy = this.#options.policyOf(record);
    if (!policy) {
      this.#remove(record);
      return undefined;
    }
    const over = this.#post(record, policy, session.signal).finally(() => {
      this.#running.delete(over);
      if (this.#session === session) for (const lane of [...this.#lanes.values()]) lane.pump();
    });
    this.#running.add(over);
    return { gap: policy.maxReceivesPerSecond === undefined ? 0 : 1000 / policy.maxReceivesPerSecond, over };
  }

  async #post(record: DeliveryRecord, policy: EffectivePolicy, signal: AbortSignal): Promise<void> {
    const { endpoint, body } = record;
    const outcome = await this.#options.poster.post({ endpoint, headers: headersOf(record, policy), body }, signal);
    if (!signal.aborted) this.#settle(record, policy, outcome);
  }

  #settle(record: DeliveryRecord, policy: EffectivePolicy, outcome: PostOutcome): void {
    if (outcome.kind === 'delivered') {
      this.#remove(record);
      return;
    }
    const tries = record.tries + 1;
    const delay = outcome.kind === 'failed' ? retryDelay(policy.retry, tries) : undefined;
    const { kind, messageId, subscriptionArn } = record;
    const details = { kind, messageId, subscriptionArn, tries, reason: outcome.reason };
    if (delay === undefined) {
      this.#options.logger.warn(details, 'a delivery of SNS was given up');
      this.#remove(record);
    } else {
      this.#options.logger.debug(details, 'a delivery of SNS failed and will be tried again');
      this.#repeat({ ...record, tries, dueAt: this.#options.clock.now() + delay });
    }
  }

  #remove(record: DeliveryRecord): void {
    this.#change(record, (transaction) => {
      transaction.delete(deliveryRecords, record, record.name);
      this.#count(transaction, -sizeOf([record]));
    });
  }

  #repeat(record: DeliveryRecord): void {
    this.#change(record, (transaction) => {
      transaction.put(deliveryRecords, record);
      transaction.onCommitted(() => this.#schedule(record));
    });
  }

  /** Changes a delivery that is still there. While the ledger takes no changes, it is asked again and again. */
  #change(record: DeliveryRecord, work: (transaction: Transaction) => void): void {
    const { ledger } = this.#options;
    try {
      if (ledger.get(deliveryRecords, record, record.name)) ledger.transact(work);
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'what became of a delivery of SNS could not be stored');
      if (this.#session) this.#later(record.name, ledgerPause, () => this.#change(record, work));
    }
  }
}

function sizeOf(records: readonly DeliveryRecord[]): number {
  return records.reduce((sum, { body }) => sum + body.length, 0);
}

/** SNS's own headers. Basic authentication comes from the endpoint's URL. */
function headersOf(record: DeliveryRecord, policy: EffectivePolicy): Readonly<Record<string, string>> {
  return {
    'content-type': record.kind === 'Notification' ? policy.contentType : 'text/plain; charset=UTF-8',
    'user-agent': 'Amazon Simple Notification Service Agent',
    'x-amz-sns-message-type': record.kind,
    'x-amz-sns-message-id': record.messageId,
    'x-amz-sns-topic-arn': record.topicArn,
    ...(record.kind !== 'SubscriptionConfirmation' && { 'x-amz-sns-subscription-arn': record.subscriptionArn }),
    ...(record.raw && { 'x-amz-sns-rawdelivery': 'true' }),
  };
}
