import { uuidV7 } from '../../core/random.ts';
import type { Transaction } from '../../store/index.ts';
import { isByMail, newDelivery, notificationBody, notificationMail } from './deliveries/index.ts';
import { MessageFilter } from './filter-policy/index.ts';
import type { CheckedMessage } from './message.ts';
import { enqueue, type Queued } from './queued.ts';
import { isRaw } from './raw.ts';
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
  const deliveries = each.flatMap(({ posts }) => posts);
  const forQueues = each.flatMap(({ queued }) => queued);
  if (!(await runtime.deliverer.hasRoom(topic, deliveries))) throw throttled();
  if (deliveries.length + forQueues.length === 0 && !remember) return;
  runtime.ledger.transact((transaction) => {
    runtime.deliverer.add(transaction, deliveries);
    for (const queued of forQueues) enqueue(runtime, transaction, queued);
    remember?.(transaction);
  });
}

async function deliveriesOf(
  runtime: SnsRuntime,
  topic: TopicRecord,
  posting: Posting,
  subscriptions: readonly SubscriptionRecord[],
): Promise<{ readonly posts: readonly Delivery[]; readonly queued: readonly Queued[] }> {
  const passed = await whoPass(posting.message, subscriptions);
  const bodyFor = await bodiesOf(runtime, topic, posting, passed);
  const now = runtime.clock.now();
  const isQueue = ({ protocol }: SubscriptionRecord) => protocol === 'sqs';
  const queued = passed
    .filter(isQueue)
    .map((subscription) => ({ subscription, ...posting, body: bodyFor(subscription) }));
  const posts = passed
    .filter((subscription) => !isQueue(subscription))
    .map((subscription) => {
      const name = uuidV7(now, runtime.random);
      const { messageId } = posting;
      return newDelivery(subscription, { name, kind: 'Notification', messageId, body: bodyFor(subscription), now });
    });
  return { posts, queued };
}

/** What each subscription is posted: the text itself, or an envelope that is signed once for each text. */
async function bodiesOf(
  { clock, baseUrl, signer }: SnsRuntime,
  topic: TopicRecord,
  { messageId, message }: Posting,
  subscriptions: readonly SubscriptionRecord[],
): Promise<(subscription: SubscriptionRecord) => string> {
  const textFor = ({ protocol }: SubscriptionRecord) => message.messageFor(protocol);
  const isEnveloped = (each: SubscriptionRecord) => !isRaw(each) && each.protocol !== 'email';
  const texts = new Set(subscriptions.filter(isEnveloped).map(textFor));
  const envelopes = new Map<string, (subscription: SubscriptionRecord) => string>();
  for (const text of texts) {
    const identity = await signer.identity();
    const { subject, attributes } = message;
    const publication = { topic, identity, messageId, subject, attributes, message: text };
    envelopes.set(text, await notificationBody({ ...publication, now: clock.now(), baseUrl: baseUrl() }));
  }
  return (subscription) => {
    const text = textFor(subscription);
    const enveloped = isRaw(subscription) ? text : (envelopes.get(text)?.(subscription) ?? text);
    if (!isByMail(subscription)) return enveloped;
    const content = subscription.protocol === 'email' ? text : enveloped;
    return notificationMail(topic, subscription, { subject: message.subject, text: content, baseUrl: baseUrl() });
  };
}

/** Those subscriptions whose filter lets the message pass. */
export async function whoPass(
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
