import type { SubscriptionRecord } from '../records.ts';

/** Where all mails wait: one server takes them, whoever they are for. */
export const mailLane = 'mailto:';

export function isByMail({ protocol }: Pick<SubscriptionRecord, 'protocol'>): boolean {
  return protocol === 'email' || protocol === 'email-json';
}

/** Whom a subscription's deliveries go to: the lane in which they wait. */
export function receiverOf(subscription: Pick<SubscriptionRecord, 'protocol' | 'endpoint'>): string {
  return isByMail(subscription) ? mailLane : subscription.endpoint;
}
