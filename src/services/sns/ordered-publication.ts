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

/** What is new, with those whose filter lets it pass, and what repeats a message of before, or of the same call. */
type Read =
  | { readonly kind: 'new'; readonly ordered: Ordered; readonly to: readonly SubscriptionRecord[] }
  | { readonly kind: 'sent'; readonly before: Numbered }
  | { readonly kind: 'repeat'; readonly of: Ordered };

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
  if (before) return { kind: 'sent', before };
  const first = read.find((each) => each.kind === 'new' && fifo.isSame(topic, each.ordered.order, ordered.order));
  if (first?.kind === 'new') return { kind: 'repeat', of: first.ordered };
  return { kind: 'new', ordered, to: await whoPass(ordered.message, subscriptions) };
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
  const published = fifo.published(topic);
  const numbers = numbersFor(read, published);
  const answers = read.map((each) => answerTo(each, numbers));
  if (numbers.size === 0 && !remember) return answers;
  ledger.transact((transaction) => {
    for (const [index, each] of read.entries()) {
      const numbered = answers[index];
      if (each.kind === 'new' && numbered) deliver(runtime, transaction, topic, { ...each, numbered });
    }
    if (numbers.size > 0) fifo.count(transaction, topic, published + numbers.size);
    remember?.(transaction, answers);
  });
  return answers;
}

/** What is new has the numbers behind those that were given before. */
function numbersFor(read: readonly Read[], published: number): ReadonlyMap<Ordered, Numbered> {
  const fresh = read.flatMap((each) => (each.kind === 'new' ? [each.ordered] : []));
  return new Map(
    fresh.map((ordered, index) => {
      const { messageId } = ordered;
      return [ordered, { messageId, sequence: sequenceText(published + index) }] as const;
    }),
  );
}

function answerTo(each: Read, numbers: ReadonlyMap<Ordered, Numbered>): Numbered {
  if (each.kind === 'sent') return each.before;
  const numbered = numbers.get(each.kind === 'new' ? each.ordered : each.of);
  if (!numbered) throw new Error('a message of a FIFO topic has no number');
  return numbered;
}

interface Outgoing {
  readonly ordered: Ordered;
  readonly to: readonly SubscriptionRecord[];
  readonly numbered: Numbered;
}

function deliver(
  runtime: SnsRuntime,
  transaction: Transaction,
  topic: TopicRecord,
  { ordered, to, numbered }: Outgoing,
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
