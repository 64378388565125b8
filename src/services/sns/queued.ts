import type { Transaction } from '../../store/index.ts';
import { giveUp, senderFor } from './dead-letters.ts';
import type { CheckedMessage } from './message.ts';
import { placeIn, queueAttributes } from './queue-deliveries.ts';
import { isRaw } from './raw.ts';
import type { SubscriptionRecord } from './records.ts';
import type { SnsRuntime } from './runtime.ts';

/** A message for one queue. */
export interface Queued {
  readonly subscription: SubscriptionRecord;
  readonly messageId: string;
  readonly message: CheckedMessage;
  readonly body: string;
}

/** Queues of this installation are in the same store: nothing is on the way to them, and no order is lost. */
export function enqueue(runtime: SnsRuntime, transaction: Transaction, queued: Queued): void {
  const { subscription, messageId, message, body } = queued;
  const { endpoint } = subscription;
  const content = {
    MessageBody: body,
    MessageAttributes: isRaw(subscription) ? queueAttributes(message.attributes) : {},
  };
  const sent = { ...content, ...placeIn(endpoint, message), ...senderFor(subscription) };
  const outcome = runtime.queues.deliver(transaction, endpoint, sent);
  if (outcome.kind === 'delivered') return;
  // As with a client's error on AWS: another try would end so too.
  const reason = `${outcome.code}: ${outcome.message}`;
  giveUp(runtime, transaction, { subscription, messageId, content, placed: message, reason });
}
