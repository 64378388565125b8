import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SnsBench, scope } from '../sns.fixture.ts';

const queue = (name: string) => `arn:aws:sqs:${scope.region}:${scope.account}:${name}`;

interface Published {
  readonly MessageId: string;
  readonly SequenceNumber: string;
}

/** A FIFO topic with a queue, and what to publish to it. */
async function open(
  attributes: Record<string, string> = {},
  of: Record<string, string> = { RawMessageDelivery: 'true' },
) {
  const bench = await SnsBench.open();
  const Attributes = { FifoTopic: 'true', ...attributes };
  const { TopicArn = '' } = await bench.call('CreateTopic', { Name: 't.fifo', Attributes });
  const subscribe = (Endpoint: string, Protocol = 'sqs', own = of) =>
    bench.call('Subscribe', { TopicArn, Protocol, Endpoint, Attributes: own });
  await subscribe(queue('q.fifo'));
  const publish = (Message: string, more: object = {}) =>
    bench.call<Published>('Publish', { TopicArn, Message, MessageGroupId: 'g', ...more });
  const bodies = () => bench.queued.map(({ MessageBody }) => MessageBody);
  return { bench, TopicArn, subscribe, publish, bodies };
}

test('queues have the messages of a topic in the order of its numbers, over crashes too', async () => {
  const { bench, publish, bodies } = await open({ ContentBasedDeduplication: 'true' });
  const texts = Array.from({ length: 20 }, (_, index) => `m${index}`);
  const first = await Promise.all(texts.map((text, index) => publish(text, { MessageGroupId: `g${index % 3}` })));
  await bench.restart();
  const last = await publish('last');
  const numbers = [...first, last].map(({ SequenceNumber }) => SequenceNumber);
  assert.deepEqual(bodies(), [...texts, 'last']);
  assert.deepEqual(numbers, numbers.toSorted());
  assert.equal(new Set(numbers).size, 21);
  assert.match(numbers[0] ?? '', /^\d{20}$/);
  assert.deepEqual(
    bench.queued.slice(0, 4).map(({ MessageGroupId }) => MessageGroupId),
    ['g0', 'g1', 'g2', 'g0'],
  );
});

test('what is sent again within five minutes is answered as the first was, and comes once, over crashes too', async () => {
  const { bench, publish, bodies } = await open();
  const one = { MessageDeduplicationId: 'one' };
  const [first, atOnce] = await Promise.all([publish('a', one), publish('b', one)]);
  await bench.restart();
  await bench.advance(299_999);
  assert.deepEqual([atOnce, await publish('c', { ...one, MessageGroupId: 'other' })], [first, first]);
  assert.deepEqual(bodies(), ['a']);
  assert.equal(bench.queued[0]?.MessageDeduplicationId, 'one');
  await bench.advance(1);
  assert.notDeepEqual(await publish('d', one), first);
  assert.deepEqual(bodies(), ['a', 'd']);
});

test('with FifoThroughputScope MessageGroup groups do not know what others were sent', async () => {
  const { publish, bodies } = await open({ FifoThroughputScope: 'MessageGroup', ContentBasedDeduplication: 'true' });
  await publish('a');
  await publish('a', { MessageGroupId: 'other' });
  await publish('a', { MessageGroupId: 'other' });
  assert.deepEqual(bodies(), ['a', 'a']);
});

test('a topic that is made anew counts anew and knows nothing of the one before', async () => {
  const { bench, TopicArn, publish, subscribe } = await open({ ContentBasedDeduplication: 'true' });
  const first = await publish('a');
  await publish('b');
  await bench.call('DeleteTopic', { TopicArn });
  await bench.advance(1);
  await bench.call('CreateTopic', {
    Name: 't.fifo',
    Attributes: { FifoTopic: 'true', ContentBasedDeduplication: 'true' },
  });
  await subscribe(queue('q.fifo'));
  const again = await publish('a');
  assert.equal(again.SequenceNumber, first.SequenceNumber);
  assert.notEqual(again.MessageId, first.MessageId);
});

test('a batch keeps its order and numbers, knows its own repeats, and tells what is wrong', async () => {
  const { bench, TopicArn, bodies } = await open();
  const entry = (Id: string, id: string, more = {}) => ({
    ...{ Id, Message: Id, MessageGroupId: 'g', MessageDeduplicationId: id, ...more },
  });
  const PublishBatchRequestEntries = [
    entry('a', '1'),
    entry('b', '2'),
    entry('c', '1'),
    { Id: 'd', Message: 'd', MessageDeduplicationId: '4' },
    entry('e', '5'),
  ];
  const answer = await bench.call<{
    Successful: readonly (Published & { Id: string })[];
    Failed: readonly { Id: string; Code: string }[];
  }>('PublishBatch', { TopicArn, PublishBatchRequestEntries });
  const [a, b, c, e] = answer.Successful;
  assert.deepEqual([a?.Id, b?.Id, c?.Id, e?.Id], ['a', 'b', 'c', 'e']);
  assert.deepEqual([c?.MessageId, c?.SequenceNumber], [a?.MessageId, a?.SequenceNumber]);
  assert.ok(
    String(a?.SequenceNumber) < String(b?.SequenceNumber) && String(b?.SequenceNumber) < String(e?.SequenceNumber),
  );
  assert.deepEqual(
    answer.Failed.map(({ Id, Code }) => [Id, Code]),
    [['d', 'InvalidParameter']],
  );
  assert.deepEqual(bodies(), ['a', 'b', 'e']);
});

test('the envelope has the number and no signature; a standard queue is told no group', async () => {
  const { bench, subscribe, publish } = await open({}, {});
  await subscribe(queue('standard'));
  const { MessageId, SequenceNumber } = await publish('text', { MessageDeduplicationId: '1', Subject: 'S' });
  const sentTo = (name: string) => bench.queued.find(({ queueArn }) => queueArn === queue(name));
  const [fifo, standard] = [sentTo('q.fifo'), sentTo('standard')];
  assert.equal(bench.queued.length, 2);
  const { Timestamp, UnsubscribeURL, ...told } = JSON.parse(fifo?.MessageBody ?? '');
  const TopicArn = `arn:aws:sns:${scope.region}:${scope.account}:t.fifo`;
  assert.deepEqual(told, { Type: 'Notification', MessageId, SequenceNumber, TopicArn, Subject: 'S', Message: 'text' });
  assert.ok(Timestamp && UnsubscribeURL);
  assert.deepEqual([fifo?.MessageGroupId, fifo?.MessageDeduplicationId], ['g', '1']);
  assert.deepEqual([standard?.MessageGroupId, standard?.MessageDeduplicationId], [undefined, undefined]);
});

test('what a queue does not take goes to the dead-letter queue in its place, and holds up nobody', async () => {
  const { bench, subscribe, publish } = await open({ ContentBasedDeduplication: 'true' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queue('dead.fifo') });
  await subscribe(queue('shut.fifo'), 'sqs', { RawMessageDelivery: 'true', RedrivePolicy });
  bench.refusalOf = (arn) => (arn === queue('shut.fifo') ? 'AccessDenied' : undefined);
  await publish('a');
  await publish('b');
  const dead = bench.queued.filter(({ queueArn }) => queueArn === queue('dead.fifo'));
  assert.deepEqual(
    dead.map(({ MessageBody, MessageGroupId }) => [MessageBody, MessageGroupId]),
    [
      ['a', 'g'],
      ['b', 'g'],
    ],
  );
  assert.equal(bench.queued.length, 4);
});

test('with an idempotency key a message is published once, and has its number again', async () => {
  const { bench, TopicArn, bodies } = await open({ ContentBasedDeduplication: 'true' });
  const publish = () =>
    bench.call('Publish', { TopicArn, Message: 'a', MessageGroupId: 'g' }, { idempotencyKey: 'task' });
  const first = await publish();
  await bench.advance(600_000);
  await bench.restart();
  assert.deepEqual(await publish(), first);
  assert.deepEqual(bodies(), ['a']);
});

test('what FIFO topics do not take is refused in words', async () => {
  const { bench, TopicArn, subscribe, publish } = await open();
  const refused = (work: Promise<unknown>, message: RegExp) =>
    assert.rejects(work, { code: 'InvalidParameter', message });
  await refused(publish('m', { MessageGroupId: undefined }), /MessageGroupId parameter is required for FIFO topics/);
  await refused(publish('m'), /ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly/);
  await refused(publish('m', { MessageGroupId: 'a b' }), /MessageGroupId/);
  await refused(publish('m', { MessageDeduplicationId: 'x'.repeat(129) }), /MessageDeduplicationId/);
  await refused(subscribe('http://a.test/', 'http', {}), /Invalid protocol type: http/);
  await refused(bench.call('CreateTopic', { Name: 'a.fifo' }), /^Invalid parameter: Topic Name$/);
  const Attributes = { FifoTopic: 'true' };
  await refused(bench.call('CreateTopic', { Name: 'a', Attributes }), /Fifo Topic names must end with \.fifo/);
  const set = (AttributeName: string, AttributeValue: string) =>
    bench.call('SetTopicAttributes', { TopicArn, AttributeName, AttributeValue });
  await refused(
    set('ArchivePolicy', '{"MessageRetentionPeriod":"1"}'),
    /ArchivePolicy Reason: messages are not archived/,
  );
  await refused(set('FifoThroughputScope', 'Queue'), /FifoThroughputScope/);
  await refused(set('FifoTopic', 'false'), /FifoTopic/);
});

test('a FIFO topic shows what it is, and is the same when it is made again', async () => {
  const { bench, TopicArn } = await open({ ContentBasedDeduplication: 'false' });
  const shown = async () =>
    (await bench.call<{ Attributes: Record<string, string> }>('GetTopicAttributes', { TopicArn })).Attributes;
  const { FifoTopic, ContentBasedDeduplication, FifoThroughputScope } = await shown();
  assert.deepEqual([FifoTopic, ContentBasedDeduplication, FifoThroughputScope], ['true', 'false', 'Topic']);
  await bench.call('CreateTopic', { Name: 't.fifo', Attributes: { FifoTopic: 'true', FifoThroughputScope: 'Topic' } });
  const set = { TopicArn, AttributeName: 'ContentBasedDeduplication', AttributeValue: 'true' };
  await bench.call('SetTopicAttributes', set);
  assert.equal((await shown()).ContentBasedDeduplication, 'true');
});

test('a standard topic tells its queues the group of a message', async () => {
  const bench = await SnsBench.open();
  const { TopicArn = '' } = await bench.call('CreateTopic', { Name: 't' });
  await bench.call('Subscribe', { TopicArn, Protocol: 'sqs', Endpoint: queue('q') });
  await bench.call('Publish', { TopicArn, Message: 'm', MessageGroupId: 'tenant' });
  assert.equal(bench.queued[0]?.MessageGroupId, 'tenant');
});
