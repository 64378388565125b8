import type { Ledger } from '../../store/index.ts';
import { defaultRetryPolicy, type GivenPolicy, parseTopicPolicy } from './delivery-policy/index.ts';
import { noFifo } from './names.ts';
import { subscriptionRecords, type TopicRecord } from './records.ts';
import { demand, invalidParameter } from './refusals.ts';
import { topicPolicy } from './subscriptions.ts';

type Check = (value: string) => void;

/** What a caller may set, and what it must look like. An empty value takes an attribute back to its default. */
const settable: Readonly<Record<string, Check>> = {
  DisplayName: (value) => demand([...value].length <= 100 && !/\p{Cc}/u.test(value), 'DisplayName'),
  Policy: (value) => checkPolicy(value),
  DeliveryPolicy: (value) => void parseTopicPolicy(value),
  SignatureVersion: (value) => demand(value === '1' || value === '2', 'SignatureVersion'),
  TracingConfig: (value) => {
    demand(value === 'PassThrough' || value === 'Active', 'TracingConfig');
    if (value === 'Active') throw unsupported('TracingConfig Active');
  },
};

/** What AWS has and this version has not: refused rather than ignored. */
const unsupportedNames =
  /^(KmsMasterKeyId|ArchivePolicy|DataProtectionPolicy|(HTTP|Application|Lambda|SQS|Firehose)(Success|Failure)Feedback(RoleArn|SampleRate))$/;

/** Checks one attribute in AWS's words. */
export function checkTopicAttribute(name: string, value: string): void {
  if (value === '' && Object.hasOwn(settable, name)) return;
  if (name === 'FifoTopic' && value === 'true') throw noFifo();
  if (unsupportedNames.test(name)) throw unsupported(name);
  const check = Object.hasOwn(settable, name) ? settable[name] : undefined;
  if (!check) throw invalidParameter('AttributeName');
  check(value);
}

/** Checks the attributes of a new topic; `FifoTopic` `false` is what every topic is. */
export function checkNewTopic(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept = Object.entries(given).filter(([name, value]) => !(name === 'FifoTopic' && value === 'false'));
  for (const [name, value] of kept) {
    if (name !== 'FifoTopic' && !Object.hasOwn(settable, name) && !unsupportedNames.test(name)) {
      throw invalidParameter(`Attributes Reason: Unknown attribute: ${name}`);
    }
    checkTopicAttribute(name, value);
  }
  return Object.fromEntries(kept.filter(([, value]) => value !== ''));
}

function unsupported(what: string) {
  return invalidParameter(`${what} Reason: not supported by this version of Batchyard`);
}

function checkPolicy(text: string): void {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  } catch {
    // The same words for both.
  }
  throw invalidParameter('Policy Error: null');
}

/** What GetTopicAttributes answers: what was set, defaults, and what is computed. */
export function describeTopic(ledger: Ledger, topic: TopicRecord): Record<string, string> {
  const all = ledger.countBy(subscriptionRecords, topic, 'topic', topic.arn);
  const pending = ledger.countBy(subscriptionRecords, topic, 'pending', topic.arn);
  return {
    TopicArn: topic.arn,
    Owner: topic.account,
    DisplayName: '',
    Policy: defaultTopicPolicy(topic),
    ...topic.attributes,
    SubscriptionsConfirmed: String(all - pending),
    SubscriptionsPending: String(pending),
    SubscriptionsDeleted: '0',
    EffectiveDeliveryPolicy: JSON.stringify(effectiveTopicPolicy(topicPolicy(topic))),
  };
}

function effectiveTopicPolicy(given: GivenPolicy) {
  return {
    http: {
      defaultHealthyRetryPolicy: given.retry ?? defaultRetryPolicy,
      disableSubscriptionOverrides: given.disableSubscriptionOverrides ?? false,
      ...(given.maxReceivesPerSecond !== undefined && {
        defaultThrottlePolicy: { maxReceivesPerSecond: given.maxReceivesPerSecond },
      }),
      defaultRequestPolicy: { headerContentType: given.contentType ?? 'text/plain; charset=UTF-8' },
    },
  };
}

/** The policy that AWS gives a topic: its owner may do anything with it. */
export function defaultTopicPolicy({ arn, account }: TopicRecord): string {
  const actions = ['GetTopicAttributes', 'SetTopicAttributes', 'AddPermission', 'RemovePermission', 'DeleteTopic'];
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: [...actions, 'Subscribe', 'ListSubscriptionsByTopic', 'Publish'].map((name) => `SNS:${name}`),
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': account } },
      },
    ],
  });
}
