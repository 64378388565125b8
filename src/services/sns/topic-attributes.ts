import { readPolicy } from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import { defaultRetryPolicy, type GivenPolicy, parseTopicPolicy } from './delivery-policy/index.ts';
import { noFifo } from './names.ts';
import { subscriptionRecords, type TopicRecord } from './records.ts';
import { demand, invalidParameter } from './refusals.ts';
import { topicPolicy } from './subscriptions.ts';

type Check = (value: string, name: string) => void;

/**
 * What a caller may set, and what it must look like: all that the reference of SetTopicAttributes and CreateTopic lists for
 * standard topics. Names of keys and roles are not looked at. An empty value takes an attribute back to its default.
 */
const settable: Readonly<Record<string, Check>> = {
  DisplayName: (value) => demand([...value].length <= 100 && !/\p{Cc}/u.test(value), 'DisplayName'),
  Policy: (value) => checkPolicy(value),
  DeliveryPolicy: (value) => void parseTopicPolicy(value),
  SignatureVersion: (value) => demand(value === '1' || value === '2', 'SignatureVersion'),
  TracingConfig: (value) => demand(value === 'PassThrough' || value === 'Active', 'TracingConfig'),
  KmsMasterKeyId: () => undefined,
  ...feedbackOf('HTTP', 'Firehose', 'Lambda', 'Application', 'SQS'),
};

/** Delivery status logs of each protocol. */
function feedbackOf(...protocols: readonly string[]): Readonly<Record<string, Check>> {
  const checks: Record<string, Check> = {};
  for (const protocol of protocols) {
    checks[`${protocol}SuccessFeedbackRoleArn`] = () => undefined;
    checks[`${protocol}FailureFeedbackRoleArn`] = () => undefined;
    checks[`${protocol}SuccessFeedbackSampleRate`] = checkPercentage;
  }
  return checks;
}

function checkPercentage(value: string, name: string): void {
  demand(/^\d{1,3}$/.test(value) && Number(value) <= 100, name);
}

/** Attributes that AWS has for FIFO topics only, and the value that is as good as none. */
const fifoOnly: Readonly<Record<string, string | undefined>> = {
  FifoTopic: 'false',
  ContentBasedDeduplication: 'false',
  FifoThroughputScope: undefined,
  ArchivePolicy: undefined,
};

/** Checks one attribute in AWS's words. */
export function checkTopicAttribute(name: string, value: string): void {
  const check = Object.hasOwn(settable, name) ? settable[name] : undefined;
  if (check) {
    if (value !== '') check(value, name);
    return;
  }
  if (!Object.hasOwn(fifoOnly, name)) throw invalidParameter('AttributeName');
  if (!isNone(name, value)) throw noFifo(name);
}

/** Whether nothing is to be kept: an attribute is taken back, or says of FIFO what holds for every other topic. */
export function isNone(name: string, value: string): boolean {
  return value === '' || (Object.hasOwn(fifoOnly, name) && value === fifoOnly[name]);
}

/** Checks the attributes of a new topic, and gives those that are kept. */
export function checkNewTopic(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(settable, name) && !Object.hasOwn(fifoOnly, name)) {
      throw invalidParameter(`Attributes Reason: Unknown attribute: ${name}`);
    }
    checkTopicAttribute(name, value);
  }
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => !isNone(name, value)));
}

/** What cannot be evaluated would deny nothing. */
function checkPolicy(text: string): void {
  if (readPolicy(text, 'resource').kind !== 'policy') throw invalidParameter('Policy Error: null');
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
