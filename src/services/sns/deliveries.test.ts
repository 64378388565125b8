import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListSubscriptionsCommandOutput } from '@aws-sdk/client-sns';
import { SnsBench } from './sns.fixture.ts';

const delivered = { kind: 'delivered' } as const;
const failed = { kind: 'failed', reason: 'the endpoint answered 500' } as const;

test('a delivery is committed with its Publish, posted once that is durable, and gone when it is delivered', async () => {
  const bench = await SnsBench.open();
  const { TopicArn, SubscriptionArn } = await bench.subscribed();
  await bench.call('Publish', { TopicArn, Message: 'hello' });
  assert.deepEqual(
    bench.waiting.map(({ subscriptionArn, body }) => [subscriptionArn, body]),
    [[SubscriptionArn, 'hello']],
  );
  const [post] = bench.posts;
  assert.equal(post?.body, 'hello');
  await post.end(delivered);
  assert.deepEqual(bench.waiting, []);
});

test('a Publish that is repeated with its idempotency key answers the same id and delivers once, after a crash too', async () => {
  const bench = await SnsBench.open();
  const { TopicArn } = await bench.subscribed();
  const input = { TopicArn, Message: 'once' };
  const first = await bench.call('Publish', input, { idempotencyKey: 'states:a' });
  await bench.restart();
  const again = await bench.call('Publish', input, { idempotencyKey: 'states:a' });
  assert.deepEqual(again, first);
  assert.equal(bench.waiting.length, 1);
  assert.notDeepEqual(await bench.call('Publish', input, { idempotencyKey: 'states:b' }), first);
  assert.equal(bench.waiting.length, 2);
});

test('a failed delivery is tried again when its policy says, and given up with words after the last retry', async () => {
  const bench = await SnsBench.open();
  const { TopicArn } = await bench.subscribed();
  const start = bench.clock.now();
  await bench.call('Publish', { TopicArn, Message: 'hello' });
  for (let retry = 0; retry < 3; retry++) {
    await bench.posts[retry]?.end(failed);
    await bench.advance(19_999);
    assert.equal(bench.posts.length, retry + 1);
    await bench.advance(1);
  }
  assert.deepEqual(
    bench.posts.map(({ at }) => at - start),
    [0, 20_000, 40_000, 60_000],
  );
  assert.deepEqual(
    bench.waiting.map(({ tries }) => tries),
    [3],
  );
  await bench.posts[3]?.end(failed);
  assert.deepEqual(bench.waiting, []);
  assert.ok(bench.logged.some(({ level, message }) => level === 'warn' && /given up/.test(message)));
});

test('a delivery that was refused for good is not tried again', async () => {
  const bench = await SnsBench.open();
  const { TopicArn } = await bench.subscribed();
  await bench.call('Publish', { TopicArn, Message: 'hello' });
  await bench.posts[0]?.end({ kind: 'refused', reason: 'the endpoint answered 400' });
  assert.deepEqual(bench.waiting, []);
  await bench.advance(3_600_000);
  assert.equal(bench.posts.length, 1);
});

test('a restart takes up what waits at the time that it was due, and repeats what was under way', async () => {
  const bench = await SnsBench.open();
  const { TopicArn } = await bench.subscribed();
  await bench.call('Publish', { TopicArn, Message: 'waits' });
  await bench.posts[0]?.end(failed);
  await bench.call('Publish', { TopicArn, Message: 'under way' });
  await bench.advance(5000);
  await bench.restart();
  assert.deepEqual(
    bench.posts.map(({ body }) => body),
    ['under way'],
  );
  await bench.advance(14_999);
  assert.equal(bench.posts.length, 1);
  await bench.advance(1);
  assert.deepEqual(
    bench.posts.map(({ body }) => body),
    ['under way', 'waits'],
  );
});

test('while the service pauses nothing is posted, and all that waited is when it opens again', async () => {
  const bench = await SnsBench.open();
  const { TopicArn } = await bench.subscribed();
  await bench.call('Publish', { TopicArn, Message: 'first' });
  bench.service.pause();
  assert.ok(bench.posts[0]?.signal.aborted);
  await bench.call('Publish', { TopicArn, Message: 'second' });
  await bench.advance(60_000);
  assert.equal(bench.posts.length, 1);
  bench.service.open();
  await bench.settle();
  assert.deepEqual(
    bench.posts
      .slice(1)
      .map(({ body }) => body)
      .toSorted(),
    ['first', 'second'],
  );
});

test('an endpoint gets so many posts at once and no more, one after the other', async () => {
  const bench = await SnsBench.open({ perEndpoint: 2 });
  const { TopicArn } = await bench.subscribed();
  for (const Message of ['a', 'b', 'c', 'd']) await bench.call('Publish', { TopicArn, Message });
  const bodies = () => bench.posts.map(({ body }) => body);
  assert.deepEqual(bodies(), ['a', 'b']);
  await bench.posts[0]?.end(delivered);
  assert.deepEqual(bodies(), ['a', 'b', 'c']);
  await bench.posts[1]?.end(delivered);
  assert.deepEqual(bodies(), ['a', 'b', 'c', 'd']);
});

test('a slow endpoint that fills all posts lets another in as soon as one of them ends', async () => {
  const bench = await SnsBench.open({ perEndpoint: 2, total: 2 });
  const slow = await bench.subscribed('slow');
  const quick = await bench.subscribed('quick', {}, 'http://two.test/');
  for (const Message of ['a', 'b']) await bench.call('Publish', { ...slow, Message });
  await bench.call('Publish', { ...quick, Message: 'quick' });
  assert.equal(bench.posts.length, 2);
  await bench.posts[0]?.end(delivered);
  assert.equal(bench.posts.at(-1)?.body, 'quick');
});

test('maxReceivesPerSecond spaces posts out, whatever comes', async () => {
  const bench = await SnsBench.open();
  const DeliveryPolicy = JSON.stringify({ throttlePolicy: { maxReceivesPerSecond: 2 } });
  const { TopicArn } = await bench.subscribed('topic', { DeliveryPolicy });
  await bench.advance(1000);
  const start = bench.clock.now();
  for (const Message of ['a', 'b', 'c']) await bench.call('Publish', { TopicArn, Message });
  for (let step = 0; step < 20; step++) await bench.advance(100);
  assert.deepEqual(
    bench.posts.map(({ at }) => at - start),
    [0, 500, 1000],
  );
});

test('beyond the deliveries that may wait Publish is throttled and adds none', async () => {
  const bench = await SnsBench.open({ pending: 3 });
  const { TopicArn } = await bench.subscribed();
  await bench.subscribed('topic', {}, 'http://two.test/');
  await bench.call('Publish', { TopicArn, Message: 'two of them' });
  await assert.rejects(bench.call('Publish', { TopicArn, Message: 'two more' }), { code: 'Throttled', status: 429 });
  assert.equal(bench.waiting.length, 2);
});

test('beyond the size that may wait Publish is throttled, until something is delivered, and so after a restart', async () => {
  const bench = await SnsBench.open({ pendingSize: 10_000 });
  const { TopicArn } = await bench.subscribed();
  const Message = 'x'.repeat(6000);
  await bench.call('Publish', { TopicArn, Message });
  await assert.rejects(bench.call('Publish', { TopicArn, Message }), { code: 'Throttled' });
  await bench.restart();
  await bench.settle();
  await assert.rejects(bench.call('Publish', { TopicArn, Message }), { code: 'Throttled' });
  await bench.posts[0]?.end(delivered);
  await bench.call('Publish', { TopicArn, Message });
  assert.equal(bench.waiting.length, 1);
});

test('what waits for a subscription that has ended is not delivered', async () => {
  const bench = await SnsBench.open();
  const { TopicArn, SubscriptionArn } = await bench.subscribed();
  await bench.call('Publish', { TopicArn, Message: 'late' });
  await bench.posts[0]?.end(failed);
  await bench.call('Unsubscribe', { SubscriptionArn });
  await bench.advance(20_000);
  assert.equal(bench.posts.length, 1);
  assert.deepEqual(bench.waiting, []);
});

test('a subscription that nobody confirms for two days is gone, and one that is asked again has two more', async () => {
  const bench = await SnsBench.open();
  const { TopicArn = '' } = await bench.call('CreateTopic', { Name: 'topic' });
  const given = { TopicArn, Protocol: 'http', Endpoint: 'http://one.test/' };
  const count = async () =>
    (await bench.call<ListSubscriptionsCommandOutput>('ListSubscriptions', {})).Subscriptions?.length;
  const day = 86_400_000;
  await bench.call('Subscribe', given);
  await bench.advance(day);
  await bench.call('Subscribe', given);
  await bench.advance(1.5 * day);
  assert.equal(await count(), 1);
  await bench.advance(0.5 * day + 3_600_000);
  assert.equal(await count(), 0);
});

test('a body nested deeper than the stack passes no filter, and breaks none', async () => {
  const bench = await SnsBench.open();
  const { TopicArn } = await bench.subscribed('topic', {
    FilterPolicyScope: 'MessageBody',
    FilterPolicy: JSON.stringify({ a: [{ exists: true }] }),
  });
  await bench.call('Publish', { TopicArn, Message: `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}` });
  assert.equal(bench.posts.length, 0);
});
