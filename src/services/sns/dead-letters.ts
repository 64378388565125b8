import type { Transaction } from '../../store/index.ts';
import type { Placed } from './fifo/index.ts';
import { placeIn, type QueueMessage } from './queue-deliveries.ts';
import type { SubscriptionRecord } from './records.ts';
import type { SnsRuntime } from './runtime.ts';

/** What could not be delivered, and why. */
interface Undelivered {
  readonly subscription: SubscriptionRecord;
  readonly messageId: string;
  /** As a queue would have been sent it. */
  readonly content: Pick<QueueMessage, 'MessageBody' | 'MessageAttributes'>;
  /** Its order, of a FIFO topic: its dead-letter queue keeps that. */
  readonly placed: Placed;
  readonly reason: string;
  /** Absent of what is tried once. */
  readonly tries?: number;
}

/** Stands for SNS in what a queue says of who sent. */
const sender = 'AIDASNSDELIVERYBATCHY';

/** Who sends to queues for a subscription: what their policies speak of. */
export function senderFor({ account, region, topicArn }: SubscriptionRecord): Pick<QueueMessage, 'sender' | 'from'> {
  const source = { kind: 'service', service: 'sns.amazonaws.com', arn: topicArn } as const;
  return { sender, from: { account, region, source } };
}

/**
 * Gives a delivery up: what its subscription has a dead-letter queue for goes there, in the transaction that ends it. The log
 * tells what is gone.
 */
export function giveUp(
  { queues, logger }: Pick<SnsRuntime, 'queues' | 'logger'>,
  transaction: Transaction,
  { subscription, messageId, content, placed, reason, tries = 1 }: Undelivered,
): void {
  const details = { messageId, subscriptionArn: subscription.arn, tries, reason };
  const target = redriveTarget(subscription.attributes.RedrivePolicy);
  if (target === undefined) {
    logger.warn(details, 'a delivery of SNS was given up');
    return;
  }
  const message = { ...content, ...placeIn(target, placed), ...senderFor(subscription) };
  const outcome = queues.deliver(transaction, target, message);
  const tried = { ...details, deadLetterQueue: target };
  if (outcome.kind === 'delivered') logger.info(tried, 'a delivery of SNS went to its dead-letter queue');
  else {
    const { code, message: words } = outcome;
    logger.warn({ ...tried, code, words }, 'a delivery of SNS was given up, and its dead-letter queue did not take it');
  }
}

/** The ARN in a redrive policy; undefined where there is none. */
export function redriveTarget(policy: string | undefined): string | undefined {
  if (policy === undefined) return undefined;
  try {
    const value = JSON.parse(policy)?.deadLetterTargetArn;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
