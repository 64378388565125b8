import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountId, Region } from '../../core/ids.ts';
import { accessOf, rootContext } from '../../core/operation.fixture.ts';
import { SnsBench } from './sns.fixture.ts';

const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };

type Attributes = Readonly<Record<string, string>>;

const role = 'arn:aws:iam::123456789012:role/feedback';
const protocols = ['HTTP', 'Firehose', 'Lambda', 'Application', 'SQS'];
const feedback = protocols.flatMap((protocol) => [
  [`${protocol}SuccessFeedbackRoleArn`, role] as const,
  [`${protocol}SuccessFeedbackSampleRate`, '100'] as const,
  [`${protocol}FailureFeedbackRoleArn`, role] as const,
]);

/** Every attribute that the reference of SetTopicAttributes lists for standard topics. */
const topicAttributes: Attributes = {
  DeliveryPolicy: '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":1,"maxDelayTarget":2,"numRetries":3}}}',
  DisplayName: 'Jobs',
  Policy:
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sns:Publish","Resource":"*"}}',
  TracingConfig: 'Active',
  KmsMasterKeyId: 'alias/aws/sns',
  SignatureVersion: '2',
  ...Object.fromEntries(feedback),
};

async function topicOf(bench: SnsBench, more: object = {}) {
  const { TopicArn = '' } = await bench.call('CreateTopic', { Name: 'topic', ...more });
  const attributes = async () =>
    (await bench.call<{ Attributes: Attributes }>('GetTopicAttributes', { TopicArn })).Attributes;
  const set = (AttributeName: string, AttributeValue?: string) =>
    bench.call('SetTopicAttributes', { TopicArn, AttributeName, AttributeValue });
  return { TopicArn, attributes, set };
}

test('every attribute of a topic is set, shown and taken back', async () => {
  const { attributes, set } = await topicOf(await SnsBench.open());
  const before = await attributes();
  for (const [name, value] of Object.entries(topicAttributes)) {
    await set(name, value);
    assert.equal((await attributes())[name], value, name);
  }
  for (const name of Object.keys(topicAttributes)) await set(name);
  assert.deepEqual(await attributes(), before);
});

test('a topic is made with every attribute, and with what says that it is not FIFO', async () => {
  const not = { FifoTopic: 'false', ContentBasedDeduplication: 'false' };
  const { attributes } = await topicOf(await SnsBench.open(), { Attributes: { ...topicAttributes, ...not } });
  const shown = await attributes();
  for (const [name, value] of Object.entries(topicAttributes)) assert.equal(shown[name], value, name);
  for (const name of Object.keys(not)) assert.equal(shown[name], undefined, name);
});

const refusedOfTopics: readonly (readonly [name: string, value: string, words: RegExp])[] = [
  ['HTTPSuccessFeedbackSampleRate', '101', /^Invalid parameter: HTTPSuccessFeedbackSampleRate$/],
  ['SQSSuccessFeedbackSampleRate', 'half', /^Invalid parameter: SQSSuccessFeedbackSampleRate$/],
  ['LambdaFailureFeedbackSampleRate', '1', /^Invalid parameter: AttributeName$/],
  ['httpSuccessFeedbackRoleArn', role, /^Invalid parameter: AttributeName$/],
  ['toString', 'x', /^Invalid parameter: AttributeName$/],
  [
    'ContentBasedDeduplication',
    'true',
    /^Invalid parameter: Content-based deduplication can only be set for FIFO topics$/,
  ],
  [
    'ArchivePolicy',
    '{"MessageRetentionPeriod":"1"}',
    /^Invalid parameter: ArchivePolicy Reason: it can only be set for FIFO/,
  ],
  ['FifoTopic', 'true', /^Invalid parameter: FifoTopic Reason: it can only be set for FIFO topics$/],
];

test('what is no attribute of a standard topic, and what no value, is refused', async () => {
  const { set } = await topicOf(await SnsBench.open());
  for (const [name, value, message] of refusedOfTopics) {
    await assert.rejects(set(name, value), { code: 'InvalidParameter', message }, name);
  }
});

/** Every attribute that the reference of SetSubscriptionAttributes lists. */
const subscriptionAttributes: Attributes = {
  DeliveryPolicy: '{"healthyRetryPolicy":{"minDelayTarget":1,"maxDelayTarget":2,"numRetries":3}}',
  FilterPolicy: '{"a":["x"]}',
  FilterPolicyScope: 'MessageBody',
  RawMessageDelivery: 'true',
  RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dead"}',
  SubscriptionRoleArn: role,
  ReplayPolicy: '{"PointType":"Timestamp","StartingPoint":"2026-01-01T00:00:00.000Z"}',
};

test('every attribute of a subscription is set and shown', async () => {
  const bench = await SnsBench.open();
  const { SubscriptionArn } = await bench.subscribed('topic', { RawMessageDelivery: 'false' });
  const set = (AttributeName: string, AttributeValue: string) =>
    bench.call('SetSubscriptionAttributes', { SubscriptionArn, AttributeName, AttributeValue });
  for (const [name, value] of Object.entries(subscriptionAttributes)) {
    await set(name, value);
    const input = { SubscriptionArn };
    const { Attributes } = await bench.call<{ Attributes: Attributes }>('GetSubscriptionAttributes', input);
    assert.equal(Attributes[name], value, name);
  }
  await assert.rejects(set('ReplayPolicy', '{'), { code: 'InvalidParameter' });
  await assert.rejects(set('Colour', 'red'), { message: 'Invalid parameter: AttributeName' });
});

test('a subscription to a topic that is not there is not found, whatever its protocol', async () => {
  const bench = await SnsBench.open();
  const TopicArn = 'arn:aws:sns:us-east-1:123456789012:nobody';
  for (const Protocol of ['http', 'https', 'email', 'sqs', 'lambda', 'sms', 'firehose', 'application', 'pigeon']) {
    const subscription = bench.call('Subscribe', { TopicArn, Protocol, Endpoint: 'x' });
    await assert.rejects(subscription, { code: 'NotFound', message: 'Topic does not exist' }, Protocol);
  }
});

test('the policy that a topic was given is asked beside those of the caller, and none of another topic', async () => {
  const bench = await SnsBench.open();
  const { TopicArn, set } = await topicOf(bench);
  const { Publish, GetTopicAttributes } = bench.service.definition.operations;
  const policiesIn = async (operation: typeof Publish, arn: string) => {
    assert.ok(operation.kind === 'operation');
    const asked = await accessOf(operation, { TopicArn: arn, Message: 'm' }, rootContext(scope, 0));
    return asked.map(({ resourcePolicy }) => resourcePolicy);
  };
  assert.deepEqual(await policiesIn(Publish, TopicArn), [undefined]);
  const Statement = { Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: TopicArn };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await set('Policy', policy);
  assert.deepEqual(await policiesIn(Publish, TopicArn), [policy]);
  assert.deepEqual(await policiesIn(GetTopicAttributes, TopicArn), [policy]);
  const others = TopicArn.replace(':us-east-1:', ':eu-west-1:');
  assert.deepEqual(await policiesIn(Publish, others), [undefined]);
});

test('a topic is asked about with its tags', async () => {
  const bench = await SnsBench.open();
  const { TopicArn } = await topicOf(bench);
  await bench.call('TagResource', { ResourceArn: TopicArn, Tags: [{ Key: 'team', Value: 'film' }] });
  const { Publish } = bench.service.definition.operations;
  assert.ok(Publish.kind === 'operation');
  const [asked] = await accessOf(Publish, { TopicArn, Message: 'm' }, rootContext(scope, 0));
  assert.deepEqual(asked?.conditions, { 'aws:ResourceTag/team': 'film' });
});
