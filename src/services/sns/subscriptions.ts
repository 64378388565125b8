import type { Scope } from '../../core/arn.ts';
import type { Ledger } from '../../store/index.ts';
import {
  type EffectivePolicy,
  effectivePolicy,
  type GivenPolicy,
  parseSubscriptionPolicy,
  parseTopicPolicy,
} from './delivery-policy/index.ts';
import { type FilterPolicy, type FilterPolicyScope, parseFilterPolicy } from './filter-policy/index.ts';
import { readSubscriptionArn } from './names.ts';
import { type SubscriptionRecord, subscriptionRecords, type TopicRecord } from './records.ts';
import { demand, subscriptionMissing } from './refusals.ts';

/** The subscription that an ARN names; it must lie in the region that was called. Throws `NotFound`. */
export function findSubscription(ledger: Ledger, scope: Scope, arn: string): SubscriptionRecord {
  const located = readSubscriptionArn(arn);
  demand(located.region === scope.region, 'SubscriptionArn');
  const found = located.account === scope.account ? ledger.get(subscriptionRecords, located, located.name) : undefined;
  if (found?.arn !== arn) throw subscriptionMissing();
  return found;
}

export function isConfirmed(subscription: SubscriptionRecord): boolean {
  return subscription.confirmationToken === undefined;
}

/** Filter policies are read once for each version of their subscription. */
const filters = new WeakMap<SubscriptionRecord, FilterPolicy | 'none'>();

/** A subscription's filter policy; undefined if it has none. */
export function filterOf(subscription: SubscriptionRecord): FilterPolicy | undefined {
  const known = filters.get(subscription);
  if (known) return known === 'none' ? undefined : known;
  const { FilterPolicy: text, FilterPolicyScope: scope = 'MessageAttributes' } = subscription.attributes;
  const filter = text === undefined ? undefined : parseFilterPolicy(text, scope as FilterPolicyScope);
  filters.set(subscription, filter ?? 'none');
  return filter;
}

const topicPolicies = new WeakMap<TopicRecord, GivenPolicy>();

/** What a topic's own delivery policy gives. */
export function topicPolicy(topic: TopicRecord): GivenPolicy {
  const known = topicPolicies.get(topic);
  if (known) return known;
  const { DeliveryPolicy: text } = topic.attributes;
  const policy = text === undefined ? {} : parseTopicPolicy(text);
  topicPolicies.set(topic, policy);
  return policy;
}

/** By what a subscription's deliveries are retried, throttled and labelled. */
export function deliveryPolicyOf(topic: TopicRecord | undefined, subscription: SubscriptionRecord): EffectivePolicy {
  const { DeliveryPolicy: text } = subscription.attributes;
  return effectivePolicy(topic ? topicPolicy(topic) : {}, text === undefined ? {} : parseSubscriptionPolicy(text));
}
