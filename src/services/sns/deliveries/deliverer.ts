import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { Logger } from '../../../core/logger.ts';
import {
  DueLanes,
  type DueWork,
  type LaneItem,
  type LaneTry,
  type Ledger,
  type Transaction,
} from '../../../store/index.ts';
import { type EffectivePolicy, longestRetryDelay, retryDelay } from '../delivery-policy/index.ts';
import { type Delivery, deliveryBodies } from '../records.ts';
import type { Poster, PostOutcome } from './post.ts';

/** How much is delivered at once, and how much may wait. */
export interface DeliveryLimits {
  /** Posts at once to one endpoint. */
  readonly perEndpoint: number;
  /** Posts at once to all. */
  readonly total: number;
  /** Deliveries of one account and region that wait, beyond which Publish is throttled. */
  readonly pending: number;
  /** Characters that the deliveries of one account and region which wait may have together in the store. */
  readonly pendingSize: number;
}

export const defaultDeliveryLimits: DeliveryLimits = {
  perEndpoint: 10,
  total: 200,
  pending: 1_000_000,
  pendingSize: 4 * 1024 ** 3,
};

/** Whose lanes the deliveries wait in. */
const of = 'sns';

interface DelivererOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly poster: Poster;
  readonly limits: DeliveryLimits;
  /** The policy of a delivery; undefined if its subscription is gone, so that it must not be made. */
  readonly policyOf: (delivery: Delivery) => EffectivePolicy | undefined;
  /** Takes what is given up, in the transaction that ends it. */
  readonly giveUp: (transaction: Transaction, delivery: Delivery, reason: string, tries: number) => void;
}

/**
 * Posts what waits in the store, each to its endpoint, until it is delivered or given up. Each endpoint is a lane; the lane
 * alone is due work, so that memory holds what is being posted and nothing else. A delivery is committed before its first
 * post and removed after its last: a crash in between repeats it.
 */
export class Deliverer {
  readonly #options: DelivererOptions;
  readonly #lanes: DueLanes;

  constructor(options: DelivererOptions) {
    this.#options = options;
    const { ledger, due, clock } = options;
    this.#lanes = new DueLanes({
      ...{ ledger, due, clock, of, kind: 'snsLane', longestWait: longestRetryDelay },
      perLane: () => options.limits.perEndpoint,
      total: options.limits.total,
      begin: (item, signal) => this.#begin(item, signal),
    });
  }

  /** Closes connections that wait for more. After due work has ended. */
  close(): void {
    this.#options.poster.close();
  }

  /** Whether more deliveries may wait in a scope; those that are being published at this moment do not count. */
  async hasRoom(scope: Scope, deliveries: readonly Delivery[]): Promise<boolean> {
    const { limits } = this.#options;
    if (deliveries.length === 0) return true;
    const { items, size } = await this.#lanes.waiting(scope);
    const added = deliveries.reduce((sum, { body }) => sum + body.length, 0);
    return items + deliveries.length <= limits.pending && size + added <= limits.pendingSize;
  }

  /** Adds deliveries to a transaction; they begin once it is durable. */
  add(transaction: Transaction, deliveries: readonly Delivery[]): void {
    const items = deliveries.map((delivery) => {
      const { account, region, endpoint: lane, name: key, createdAt: dueAt } = delivery;
      const { text } = deliveryBodies.toStored(delivery);
      return { account, region, lane, key, dueAt, text };
    });
    this.#lanes.put(transaction, items);
  }

  #begin(item: LaneItem, signal: AbortSignal): LaneTry | undefined {
    const { account, region, key, text } = item;
    const delivery = deliveryBodies.fromStored({ account, region, type: deliveryBodies.type, key, text });
    const policy = this.#options.policyOf(delivery);
    if (!policy) {
      this.#remove(item);
      return undefined;
    }
    const gap = policy.maxReceivesPerSecond === undefined ? 0 : 1000 / policy.maxReceivesPerSecond;
    return { gap, over: this.#post(item, delivery, policy, signal) };
  }

  async #post(
    item: LaneItem,
    delivery: Delivery,
    policy: EffectivePolicy,
    signal: AbortSignal,
  ): Promise<PostOutcome['kind']> {
    const { endpoint, body } = delivery;
    const outcome = await this.#options.poster.post({ endpoint, headers: headersOf(delivery, policy), body }, signal);
    if (!signal.aborted) this.#settle(item, delivery, policy, outcome);
    return outcome.kind;
  }

  #settle(item: LaneItem, delivery: Delivery, policy: EffectivePolicy, outcome: PostOutcome): void {
    if (outcome.kind === 'delivered') {
      this.#remove(item);
      return;
    }
    const { clock, ledger, logger } = this.#options;
    const tries = item.tries + 1;
    const delay = outcome.kind === 'failed' ? retryDelay(policy.retry, tries) : undefined;
    if (delay === undefined) {
      this.#giveUp(item, delivery, outcome.reason, tries);
      return;
    }
    const { kind, messageId, subscriptionArn } = delivery;
    const details = { kind, messageId, subscriptionArn, tries, reason: outcome.reason };
    logger.debug(details, 'a delivery of SNS failed and will be tried again');
    const dueAt = clock.now() + delay;
    ledger.transact((transaction) => transaction.add({ kind: 'lane.again', of, key: item.key, dueAt, tries }));
  }

  #giveUp({ key }: LaneItem, delivery: Delivery, reason: string, tries: number): void {
    const { ledger, giveUp } = this.#options;
    ledger.transact((transaction) => {
      transaction.add({ kind: 'lane.delete', of, key });
      giveUp(transaction, delivery, reason, tries);
    });
  }

  #remove({ key }: LaneItem): void {
    this.#options.ledger.transact((transaction) => transaction.add({ kind: 'lane.delete', of, key }));
  }
}

/** SNS's own headers. Basic authentication comes from the endpoint's URL. */
function headersOf(delivery: Delivery, policy: EffectivePolicy): Readonly<Record<string, string>> {
  return {
    'content-type': delivery.kind === 'Notification' ? policy.contentType : 'text/plain; charset=UTF-8',
    'user-agent': 'Amazon Simple Notification Service Agent',
    'x-amz-sns-message-type': delivery.kind,
    'x-amz-sns-message-id': delivery.messageId,
    'x-amz-sns-topic-arn': delivery.topicArn,
    ...(delivery.kind !== 'SubscriptionConfirmation' && { 'x-amz-sns-subscription-arn': delivery.subscriptionArn }),
    ...(delivery.raw && { 'x-amz-sns-rawdelivery': 'true' }),
  };
}
