import type { Scope } from '../../core/arn.ts';
import type { Ledger } from '../../store/index.ts';
import { readTopicArn } from './names.ts';
import { type SubscriptionRecord, subscriptionRecords, type TopicRecord, topicRecords } from './records.ts';
import { demand, topicMissing } from './refusals.ts';

/** The topic that an ARN names; it must lie in the region that was called. Throws `NotFound`. */
export function findTopic(ledger: Ledger, scope: Scope, arn: string, member = 'TopicArn'): TopicRecord {
  const located = readTopicArn(arn, member);
  demand(located.region === scope.region, member);
  const topic = located.account === scope.account ? ledger.get(topicRecords, located, located.name) : undefined;
  if (topic?.arn !== arn) throw topicMissing();
  return topic;
}

/** The subscriptions of a topic, by name; with `after`, those behind that name. */
export function subscriptionsOf(
  ledger: Ledger,
  topic: TopicRecord,
  after?: string,
): IteratorObject<SubscriptionRecord> {
  return ledger.by(subscriptionRecords, topic, 'topic', { value: topic.arn, after });
}
