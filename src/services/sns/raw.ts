import type { SubscriptionRecord } from './records.ts';

/** Whether a subscription gets the message alone. Functions and mailboxes do not, whatever is said of it. */
export function isRaw({ attributes, protocol }: Pick<SubscriptionRecord, 'attributes' | 'protocol'>): boolean {
  const mayBe = protocol === 'http' || protocol === 'https' || protocol === 'sqs';
  return mayBe && attributes.RawMessageDelivery === 'true';
}
