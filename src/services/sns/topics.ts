import type { Scope } from '../../core/arn.ts';
import type { Ledger, SubscriptionRecord, TopicRecord } from '../../store/index.ts';
import { readTopicArn } from './names.ts';
import { demand, topicMissing } from './refusals.ts';

/** The topic that an ARN names; it must lie in the region that was called. Throws `NotFound`. */
export function findTopic(ledger: Ledger, scope: Scope, arn: string, member = 'TopicArn'): TopicRecord {
  const located = readTopicArn(arn, member);
  demand(located.region === scope.region, member);
  const topic = located.account === scope.account ? ledger.get('topic', located, located.name) : undefined;
  if (topic?.arn !== arn) throw topicMissing();
  return topic;
}

/** The subscriptions of a topic, in order of creation. */
export function subscriptionsOf(ledger: Ledger, topic: TopicRecord): readonly SubscriptionRecord[] {
  return ledger.list('subscription', topic).filter(({ topicArn }) => topicArn === topic.arn);
}
