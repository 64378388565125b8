import { uuidV7 } from '../../core/random.ts';
import type { Transaction } from '../../store/index.ts';
import { newDelivery, notificationBody } from './deliveries/index.ts';
import { MessageFilter } from './filter-policy/index.ts';
import type { CheckedMessage } from './message.ts';
import type { Delivery, SubscriptionRecord, TopicRecord } from './records.ts';
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
 * deliveries wait already, none: then it throws `Throttled`. `remember` adds to the commit.
 */
export async function publishAll(
  runtime: SnsRuntime,
  topic: TopicRecord,
  postings: readonly Posting[],
  remember?: (transaction: Transaction) => void,
): Promise<void> {
  const subscriptions = subscriptionsOf(runtime.ledger, topic).filter(isConfirmed).toArray();
  const each = await Promise.all(postings.map((posting) => deliveriesOf(runtime, topic, posting, subscriptions)));
  const deliveries = each.flat();
  if (!(await runtime.deliverer.hasRoom(topic, deliveries))) throw throttled();
  if (deliveries.length === 0 && !remember) return;
  runtime.ledger.transact((transaction) => {
    runtime.deliverer.add(transaction, deliveries);
    remember?.(transaction);
  });
}

async function deliveriesOf(
  runtime: SnsRuntime,
  topic: TopicRecord,
  posting: Posting,
  subscriptions: readonly SubscriptionRecord[],
): Promise<readonly Delivery[]> {
  const passed = await whoPass(posting.message, subscriptions);
  const bodyFor = await bodiesOf(runtime, topic, posting, passed);
  const now = runtime.clock.now();
  return passed.map((subscription) => {
    const name = uuidV7(now, runtime.random);
    const { messageId } = posting;
    return newDelivery(subscription, { name, kind: 'Notification', messageId, body: bodyFor(subscription), now });
  });
}

/** What each subscription is posted: the text itself, or an envelope that is signed once for each text. */
async function bodiesOf(
  { clock, baseUrl, signer }: SnsRuntime,
  topic: TopicRecord,
  { messageId, message }: Posting,
  subscriptions: readonly SubscriptionRecord[],
): Promise<(subscription: SubscriptionRecord) => string> {
  const textFor = ({ protocol }: SubscriptionRecord) => message.messageFor(protocol);
  const texts = new Set(subscriptions.filter((each) => !isRaw(each)).map(textFor));
  const envelopes = new Map<string, (subscription: SubscriptionRecord) => string>();
  for (const text of texts) {
    const identity = await signer.identity();
    const { subject, attributes } = message;
    const publication = { topic, identity, messageId, subject, attributes, message: text };
    envelopes.set(text, await notificationBody({ ...publication, now: clock.now(), baseUrl: baseUrl() }));
  }
  return (subscription) => {
    const text = textFor(subscription);
    return isRaw(subscription) ? text : (envelopes.get(text)?.(subscription) ?? text);
  };
}

function isRaw({ attributes }: SubscriptionRecord): boolean {
  return attributes.RawMessageDelivery === 'true';
}

/** Those subscriptions whose filter lets the message pass. */
async function whoPass(
  message: CheckedMessage,
  subscriptions: readonly SubscriptionRecord[],
): Promise<readonly SubscriptionRecord[]> {
  const filtering = new MessageFilter(message.attributes);
  const passed: SubscriptionRecord[] = [];
  for (const subscription of subscriptions) {
    const policy = filterOf(subscription);
    if (!policy || (await filtering.passes(policy, message.messageFor(subscription.protocol))))
      passed.push(subscription);
  }
  return passed;
}
