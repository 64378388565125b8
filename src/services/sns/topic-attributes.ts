import { readPolicy } from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import { defaultRetryPolicy, type GivenPolicy, parseTopicPolicy } from './delivery-policy/index.ts';
import { isFifo } from './fifo/index.ts';
import { subscriptionRecords, type TopicRecord } from './records.ts';
import { demand, invalidParameter } from './refusals.ts';
import { topicPolicy } from './subscriptions.ts';

type Check = (value: string, name: string) => void;

/**
 * What a caller may set, and what it must look like: all that the reference of SetTopicAttributes and CreateTopic lists for
 * every topic. Names of keys and roles are not looked at. An empty value takes an attribute back to its default.
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

/** What FIFO topics have beside. Whether a topic is one is said when it is made. */
const settableOfFifo: Readonly<Record<string, Check>> = {
  FifoTopic: (value, name) => demand(value === 'true', name),
  ContentBasedDeduplication: (value, name) => demand(value === 'true' || value === 'false', name),
  FifoThroughputScope: (value, name) => demand(value === 'Topic' || value === 'MessageGroup', name),
  ArchivePolicy: (_value, name) => {
    throw invalidParameter(`${name} Reason: messages are not archived by this version of Batchyard (docs/sns.md)`);
  },
};

/** What a FIFO topic shows that was told nothing else. */
const fifoDefaults: Readonly<Record<string, string>> = {
  FifoTopic: 'true',
  ContentBasedDeduplication: 'false',
  FifoThroughputScope: 'Topic',
};

/** Of a standard topic: the value of what FIFO topics have that is as good as none. */
const noFifo: Readonly<Record<string, string | undefined>> = {
  FifoTopic: 'false',
  ContentBasedDeduplication: 'false',
};

type Named = Pick<TopicRecord, 'name'>;

/** Checks one attribute of a topic in AWS's words. */
export function checkTopicAttribute(topic: Named, name: string, value: string): void {
  const ofFifo = Object.hasOwn(settableOfFifo, name) ? settableOfFifo[name] : undefined;
  const check = Object.hasOwn(settable, name) ? settable[name] : ofFifo;
  if (!check) throw invalidParameter('AttributeName');
  if (isNone(topic, name, value)) return;
  if (ofFifo && !isFifo(topic)) throw ofFifoOnly(name);
  check(value, name);
}

function ofFifoOnly(name: string) {
  return invalidParameter(
    name === 'ContentBasedDeduplication'
      ? 'Content-based deduplication can only be set for FIFO topics'
      : `${name} Reason: it can only be set for FIFO topics`,
  );
}

/** Whether nothing is to be kept: an attribute is taken back, or says of FIFO what holds for every other topic. */
export function isNone(topic: Named, name: string, value: string): boolean {
  return value === '' || (!isFifo(topic) && Object.hasOwn(noFifo, name) && value === noFifo[name]);
}

/** Checks the attributes of a new topic, and gives those that are kept. */
export function checkNewTopic(topic: Named, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(settable, name) && !Object.hasOwn(settableOfFifo, name)) {
      throw invalidParameter(`Attributes Reason: Unknown attribute: ${name}`);
    }
    checkTopicAttribute(topic, name, value);
  }
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => !isNone(topic, name, value)));
}

/** What an attribute is, given or not. */
export function topicAttribute(topic: Pick<TopicRecord, 'name' | 'attributes'>, name: string): string | undefined {
  return topic.attributes[name] ?? (isFifo(topic) ? fifoDefaults[name] : undefined);
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
    ...(isFifo(topic) && fifoDefaults),
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
