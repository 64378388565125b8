import type { Ledger } from '../../store/index.ts';
import { redriveTarget } from './dead-letters.ts';
import { type EffectivePolicy, parseSubscriptionPolicy } from './delivery-policy/index.ts';
import { type FilterPolicyScope, parseFilterPolicy } from './filter-policy/index.ts';
import { hiddenAttributes, type SubscriptionRecord, type TopicRecord, topicRecords } from './records.ts';
import { demand, invalidParameter } from './refusals.ts';
import { deliveryPolicyOf, isConfirmed } from './subscriptions.ts';

type Attributes = Readonly<Record<string, string>>;

/** What a caller may set: all that the reference of Subscribe and SetSubscriptionAttributes lists. */
export const settableNames = [
  'DeliveryPolicy',
  'FilterPolicy',
  'FilterPolicyScope',
  'RawMessageDelivery',
  'RedrivePolicy',
  // Kept and shown: Firehose delivery streams are not delivered to, archives are not kept.
  'SubscriptionRoleArn',
  'ReplayPolicy',
] as const;

/**
 * Puts given attributes over present ones, checked in AWS's words. An empty `FilterPolicy`, `{}`, and an empty value take
 * an attribute away.
 */
export function mergeAttributes(present: Attributes, given: Attributes): Attributes {
  for (const name of Object.keys(given)) {
    if (settableNames.some((known) => known === name)) continue;
    throw invalidParameter('AttributeName');
  }
  const merged = Object.fromEntries(Object.entries({ ...present, ...given }).filter(([, value]) => value !== ''));
  checkScope(merged.FilterPolicyScope);
  const { FilterPolicy: filter, FilterPolicyScope: scope = 'MessageAttributes' } = merged;
  if (filter !== undefined) {
    parseFilterPolicy(filter, scope as FilterPolicyScope);
    if (Object.keys(JSON.parse(filter)).length === 0) delete merged.FilterPolicy;
  }
  if (given.DeliveryPolicy) parseSubscriptionPolicy(given.DeliveryPolicy);
  if (given.RedrivePolicy) checkRedrive(given.RedrivePolicy);
  if (given.ReplayPolicy) demand(isJsonObject(given.ReplayPolicy), 'ReplayPolicy: failed to parse JSON');
  const raw = merged.RawMessageDelivery;
  demand(
    raw === undefined || /^(true|false)$/i.test(raw),
    `Attributes Reason: RawMessageDelivery: Invalid value [${raw}]. Must be true or false.`,
  );
  return raw === undefined ? merged : { ...merged, RawMessageDelivery: raw.toLowerCase() };
}

function checkScope(scope: string | undefined): void {
  demand(
    scope === undefined || scope === 'MessageAttributes' || scope === 'MessageBody',
    `FilterPolicyScope: Invalid value [${scope}]. Please use either MessageBody or MessageAttributes`,
  );
}

function checkRedrive(text: string): void {
  const target = redriveTarget(text);
  demand(target !== undefined, 'RedrivePolicy: failed to parse JSON or deadLetterTargetArn is missing');
  demand(/^arn:[^:]+:sqs:[^:]+:\d{12}:[\w.-]+$/.test(target), 'RedrivePolicy: deadLetterTargetArn is an invalid arn');
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** What GetSubscriptionAttributes answers. */
export function describeSubscription(ledger: Ledger, subscription: SubscriptionRecord): Record<string, string> {
  const { attributes } = subscription;
  const topic = ledger.get(topicRecords, subscription, topicNameOf(subscription));
  const shown = settableNames.flatMap((name) => {
    const value = attributes[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    SubscriptionArn: subscription.arn,
    TopicArn: subscription.topicArn,
    Owner: subscription.owner,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    PendingConfirmation: String(!isConfirmed(subscription)),
    ConfirmationWasAuthenticated: hiddenAttributes(subscription).ConfirmationWasAuthenticated ?? 'false',
    SubscriptionPrincipal: `arn:aws:iam::${subscription.owner}:root`,
    RawMessageDelivery: 'false',
    ...(attributes.FilterPolicy !== undefined && { FilterPolicyScope: 'MessageAttributes' }),
    ...Object.fromEntries(shown),
    EffectiveDeliveryPolicy: JSON.stringify(describePolicy(deliveryPolicyOf(topic, subscription))),
  };
}

/** The name of a subscription's topic. */
export function topicNameOf({ topicArn }: SubscriptionRecord): TopicRecord['name'] {
  return topicArn.slice(topicArn.lastIndexOf(':') + 1);
}

function describePolicy({ retry, maxReceivesPerSecond, contentType }: EffectivePolicy) {
  return {
    healthyRetryPolicy: retry,
    sicklyRetryPolicy: null,
    throttlePolicy: maxReceivesPerSecond === undefined ? null : { maxReceivesPerSecond },
    requestPolicy: { headerContentType: contentType },
    guaranteed: false,
  };
}
