import type { Transaction } from '../../store/index.ts';
import { orderedBody } from './deliveries/index.ts';
import { type Numbered, type Order, sequenceText } from './fifo/index.ts';
import { type Posting, whoPass } from './publication.ts';
import { enqueue } from './queued.ts';
import { isRaw } from './raw.ts';
import { type SubscriptionRecord, type TopicRecord, topicRecords } from './records.ts';
import { topicMissing } from './refusals.ts';
import type { SnsRuntime } from './runtime.ts';
import { isConfirmed } from './subscriptions.ts';
import { subscriptionsOf } from './topics.ts';

/** A message of a FIFO topic. */
interface Ordered extends Posting {
  readonly order: Order;
}

/** What is new of it, with those whose filter lets it pass, or what it repeats. */
type Read =
  | { readonly ordered: Ordered; readonly to: readonly SubscriptionRecord[] }
  | { readonly before: Numbered }
  | { readonly repeats: Ordered };

/**
 * Publishes messages of a FIFO topic after all that came before, in one commit: the queues have them in this order. What was
 * sent before is answered as it was then, and delivered no more. `remember` adds to the commit.
 */
export function publishInOrder(
  runtime: SnsRuntime,
  topic: TopicRecord,
  messages: readonly Ordered[],
  remember?: (transaction: Transaction, numbered: readonly Numbered[]) => void,
): Promise<readonly Numbered[]> {
  return runtime.fifo.inTurn(topic, async () => {
    const subscriptions = subscriptionsOf(runtime.ledger, topic).filter(isConfirmed).toArray();
    const read: Read[] = [];
    for (const ordered of messages) read.push(await readNext(runtime, topic, { ordered, read, subscriptions }));
    return commit(runtime, topic, read, remember);
  });
}

interface Next {
  readonly ordered: Ordered;
  readonly read: readonly Read[];
  readonly subscriptions: readonly SubscriptionRecord[];
}

async function readNext(
  { fifo }: SnsRuntime,
  topic: TopicRecord,
  { ordered, read, subscriptions }: Next,
): Promise<Read> {
  const before = await fifo.sentBefore(topic, ordered.order);
  if (before) return { before };
  const first = read.find((each) => 'to' in each && fifo.isSame(topic, each.ordered.order, ordered.order));
  if (first && 'to' in first) return { repeats: first.ordered };
  return { ordered, to: await whoPass(ordered.message, subscriptions) };
}

/** All at once from here: nobody else's messages have numbers in between. */
function commit(
  runtime: SnsRuntime,
  topic: TopicRecord,
  read: readonly Read[],
  remember: ((transaction: Transaction, numbered: readonly Numbered[]) => void) | undefined,
): readonly Numbered[] {
  const { ledger, fifo } = runtime;
  if (ledger.get(topicRecords, topic, topic.name)?.createdAt !== topic.createdAt) throw topicMissing();
  let published = fifo.published(topic);
  const fresh = new Map<string, Numbered>();
  for (const each of read) {
    if (!('to' in each)) continue;
    const { messageId } = each.ordered;
    fresh.set(messageId, { messageId, sequence: sequenceText(published) });
    published += 1;
  }
  const numbered = read.map((each) => {
    if ('before' in each) return each.before;
    const { messageId } = 'to' in each ? each.ordered : each.repeats;
    return fresh.get(messageId) ?? { messageId, sequence: '' };
  });
  if (fresh.size === 0 && !remember) return numbered;
  ledger.transact((transaction) => {
    for (const each of read) {
      const own = 'to' in each ? fresh.get(each.ordered.messageId) : undefined;
      if (own && 'to' in each) deliver(runtime, transaction, topic, { ...each, numbered: own });
    }
    if (fresh.size > 0) fifo.count(transaction, topic, published);
    remember?.(transaction, numbered);
  });
  return numbered;
}

function deliver(
  runtime: SnsRuntime,
  transaction: Transaction,
  topic: TopicRecord,
  { ordered, to, numbered }: { ordered: Ordered; to: readonly SubscriptionRecord[]; numbered: Numbered },
): void {
  const { messageId, message, order } = ordered;
  const { subject, attributes } = message;
  const sending = { topic, messageId, subject, attributes, now: runtime.clock.now(), baseUrl: runtime.baseUrl() };
  for (const subscription of to) {
    const text = message.messageFor(subscription.protocol);
    const body = isRaw(subscription)
      ? text
      : orderedBody({ ...sending, message: text, sequence: numbered.sequence }, subscription);
    enqueue(runtime, transaction, { subscription, messageId, message, body });
  }
  runtime.fifo.remember(transaction, topic, order, numbered);
}
