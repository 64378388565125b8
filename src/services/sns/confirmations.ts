import { uuidV7 } from '../../core/random.ts';
import type { Transaction } from '../../store/index.ts';
import { confirmationBody, confirmationMail, isByMail, newDelivery, type SigningIdentity } from './deliveries/index.ts';
import type { Delivery, HiddenAttributes, SubscriptionRecord, TopicRecord } from './records.ts';
import type { SnsRuntime } from './runtime.ts';

/** A token that only the endpoint comes to know. */
export function newToken({ random }: SnsRuntime): string {
  return Buffer.from(random.bytes(64)).toString('hex');
}

/** A pending subscription of which the endpoint is asked now: it has two days from here. */
export function asked({ clock }: SnsRuntime, pending: SubscriptionRecord): SubscriptionRecord {
  const hidden: HiddenAttributes = { AskedAt: String(clock.now()) };
  return { ...pending, attributes: { ...pending.attributes, ...hidden } };
}

/** Adds the message that asks an endpoint to confirm its subscription, or tells it that it was unsubscribed. */
export function sendConfirmation(
  runtime: SnsRuntime,
  transaction: Transaction,
  kind: Exclude<Delivery['kind'], 'Notification'>,
  to: { readonly topic: TopicRecord; readonly subscription: SubscriptionRecord; readonly identity: SigningIdentity },
): void {
  const { clock, random, baseUrl, deliverer } = runtime;
  const now = clock.now();
  const messageId = uuidV7(now, random);
  const { topic, subscription } = to;
  const json = confirmationBody(kind, { ...to, baseUrl: baseUrl(), messageId, now }, subscription);
  const mail = () => confirmationMail(kind, topic, subscription, { baseUrl: baseUrl(), json });
  const body = isByMail(subscription) ? mail() : json;
  const name = uuidV7(now, random);
  deliverer.add(transaction, [newDelivery(subscription, { name, kind, messageId, body, now })]);
}
