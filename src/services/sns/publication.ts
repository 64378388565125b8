import { uuidV7 } from '../../core/random.ts';
import type { DeliveryRecord, SubscriptionRecord, TopicRecord } from '../../store/index.ts';
import { newDelivery, notificationBody, type Publication, type SigningIdentity } from './deliveries/index.ts';
import { passesFilter } from './filter-policy/index.ts';
import type { CheckedMessage } from './message.ts';
import { throttled } from './refusals.ts';
import type { SnsRuntime } from './runtime.ts';
import { filterOf, isConfirmed } from './subscriptions.ts';
import { subscriptionsOf } from './topics.ts';

/** A message that has its id. */
export interface Posting {
  readonly messageId: string;
  readonly message: CheckedMessage;
}

/** Gives a message its id. */
export function newPosting({ clock, random }: SnsRuntime, message: CheckedMessage): Posting {
  return { messageId: uuidV7(clock.now(), random), message };
}

/**
 * Commits a delivery of each message to each confirmed subscription whose filter lets it pass. All or, if too many
 * deliveries wait already, none: then it throws `Throttled`.
 */
export async function publishAll(runtime: SnsRuntime, topic: TopicRecord, postings: readonly Posting[]): Promise<void> {
  const subscriptions = subscriptionsOf(runtime.ledger, topic).filter(isConfirmed);
  if (subscriptions.length === 0) return;
  const identity = await runtime.signer.identity();
  const deliveries = postings.flatMap((posting) => deliveriesOf(runtime, topic, identity, posting, subscriptions));
  if (!runtime.deliverer.hasRoom(topic, deliveries.length)) throw throttled();
  if (deliveries.length === 0) return;
  runtime.ledger.transact((transaction) => runtime.deliverer.add(transaction, deliveries));
}

function deliveriesOf(
  { clock, random, baseUrl }: SnsRuntime,
  topic: TopicRecord,
  identity: SigningIdentity,
  { messageId, message }: Posting,
  subscriptions: readonly SubscriptionRecord[],
): readonly DeliveryRecord[] {
  const now = clock.now();
  const bodies = new Map<string, (subscription: SubscriptionRecord) => string>();
  const bodyFor = (subscription: SubscriptionRecord): string => {
    const text = message.messageFor(subscription.protocol);
    if (subscription.attributes.RawMessageDelivery === 'true') return text;
    const { subject, attributes } = message;
    const publication: Publication = {
      ...{ topic, identity, messageId, now, subject, attributes },
      message: text,
      baseUrl: baseUrl(),
    };
    const make = bodies.get(text) ?? notificationBody(publication);
    bodies.set(text, make);
    return make(subscription);
  };
  return subscriptions.filter(passing(message)).map((subscription) => {
    const name = uuidV7(now, random);
    return newDelivery(subscription, { name, kind: 'Notification', messageId, body: bodyFor(subscription), now });
  });
}

function passing(message: CheckedMessage) {
  return (subscription: SubscriptionRecord): boolean => {
    const filter = filterOf(subscription);
    const { attributes } = message;
    return !filter || passesFilter(filter, { body: message.messageFor(subscription.protocol), attributes });
  };
}
