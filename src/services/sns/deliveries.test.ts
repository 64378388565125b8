import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListSubscriptionsCommandOutput } from '@aws-sdk/client-sns';
import { SystemRandom } from '../../core/random.ts';
import { openMemoryStore, withLead } from '../../store/index.ts';
import { SnsBench } from './sns.fixture.ts';

const delivered = { kind: 'delivered' } as const;
const failed = { kind: 'failed', reason: 'the endpoint answered 500' } as const;

test('a delivery is committed with its Publish, posted once that is durable, and gone when it is delivered', async () => {
  const bench = await SnsBench.open();
  const { TopicArn, SubscriptionArn } = await bench.subscribed();
  await bench.call('Publish', { TopicArn, Message: 'hello' });
  assert.deepEqual(
    (await bench.waiting()).map(({ subscriptionArn, body }) => [subscriptionArn, body]),
    [[SubscriptionArn, 'hello']],
  );
  const [post] = bench.posts;
  assert.equal(post?.body, 'hello');
  await post.end(delivered);
  assert.deepEqual(await bench.waiting(), []);
});

test('a Publish that is repeated with its idempotency key answers the same id and delivers once, after a crash too', async () => {
  const bench = await SnsBench.open();
  const { TopicArn } = await bench.subscribed();
  const input = { TopicArn, Message: 'once' };
  const first = await bench.call('Publish', input, { idempotencyKey: 'states:a' });
  await bench.restart();
  const again = await bench.call('Publish', input, { idempotencyKey: 'states:a' });
  assert.deepEqual(again, first);
  assert.equal((await bench.waiting()).length, 1);
  assert.notDeepEqual(await bench.call('Publish', input, { idempotencyKey: 'states:b' }), first);
  assert.equal((await bench.waiting()).length, 2);
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
    (await bench.waiting()).map(({ tries }) => tries),
    [3],
  );
  await bench.posts[3]?.end(failed);
  assert.deepEqual(await bench.waiting(), []);
  assert.ok(bench.logged.some(({ level, message }) => level === 'warn' && /given up/.test(message)));
});

test('a delivery that was refused for good is not tried again', async () => {
  const bench = await SnsBench.open();
  const { TopicArn } = await bench.subscribed();
  await bench.call('Publish', { TopicArn, Message: 'hello' });
  await bench.posts[0]?.end({ kind: 'refused', reason: 'the endpoint answered 400' });
  assert.deepEqual(await bench.waiting(), []);
  await bench.advance(3_600_000);
  assert.equal(bench.posts.length, 1);
});

test('a wall clock that is set back by hours puts off no retry', async () => {
  const bench = await SnsBench.open();
  const { TopicArn } = await bench.subscribed();
  await bench.call('Publish', { TopicArn, Message: 'hello' });
  await bench.posts[0]?.end(failed);
  bench.clock.jumpWall(-2 * 3_600_000);
  await bench.advance(20_000);
  assert.equal(bench.posts.length, 2);
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
  await bench.posts[0]?.end(delivered);
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
  bench.pause();
  assert.ok(bench.posts[0]?.signal.aborted);
  await bench.call('Publish', { TopicArn, Message: 'second' });
  await bench.advance(60_000);
  assert.equal(bench.posts.length, 1);
  bench.open();
  await bench.settle();
  await bench.posts[1]?.end(delivered);
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
  for (const Message of ['a', 'b', 'c', 'd']) {
    await bench.call('Publish', { TopicArn, Message });
    bench.clock.advance(1);
  }
  const bodies = () => bench.posts.map(({ body }) => body);
  // Nobody knows yet that it answers.
  assert.deepEqual(bodies(), ['a']);
  await bench.posts[0]?.end(delivered);
  assert.deepEqual(bodies(), ['a', 'b', 'c']);
  await bench.posts[1]?.end(delivered);
  assert.deepEqual(bodies(), ['a', 'b', 'c', 'd']);
});

test('an endpoint with messages under way takes new ones beside them', async () => {
  const bench = await SnsBench.open({ perEndpoint: 2 });
  const { TopicArn } = await bench.subscribed();
  for (const Message of ['a', 'b']) await bench.call('Publish', { TopicArn, Message });
  await bench.posts[0]?.end(delivered);
  await bench.call('Publish', { TopicArn, Message: 'c' });
  assert.deepEqual(
    bench.posts.map(({ body }) => body),
    ['a', 'b', 'c'],
  );
});

test('at most so many posts are under way at once, whatever waits, and a slot that is free goes on', async () => {
  const bench = await SnsBench.open({ total: 4 });
  const endpoints = ['a', 'b', 'c', 'd', 'e'].map((name) => `http://${name}.test/`);
  const topics = [];
  for (const [at, endpoint] of endpoints.entries()) topics.push(await bench.subscribed(`topic-${at}`, {}, endpoint));
  for (const topic of topics) await bench.call('Publish', { ...topic, Message: 'm' });
  assert.equal(bench.posts.length, 4);
  await bench.advance(1_000);
  assert.equal(bench.posts.length, 4);
  await bench.posts[0]?.end(delivered);
  await bench.advance(250);
  assert.equal(bench.posts.length, 5);
});

test('endpoints that do not answer get half of all posts at most: others are never held up', async () => {
  const bench = await SnsBench.open({ total: 4 });
  const quick = await bench.subscribed('quick', {}, 'http://quick.test/');
  const dead = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const name of dead) {
    const topic = await bench.subscribed(name, {}, `http://${name}.test/`);
    await bench.call('Publish', { ...topic, Message: `${name} 1` });
    await bench.posts.at(-1)?.end(failed);
    await bench.call('Publish', { ...topic, Message: `${name} 2` });
  }
  assert.equal(bench.posts.filter(({ body }) => / 2$/.test(body)).length, 2);
  await bench.advance(20_000);
  await bench.advance(5_000);
  assert.equal(bench.posts.length, 8);
  for (let message = 0; message < 20; message += 1) {
    await bench.call('Publish', { ...quick, Message: `quick ${message}` });
    const post = bench.posts.at(-1);
    assert.equal(post?.body, `quick ${message}`);
    await post.end(delivered);
  }
});

test('endpoints that take their time to answer get half of all posts at most, too', async () => {
  const bench = await SnsBench.open({ total: 4 });
  const quick = await bench.subscribed('quick', {}, 'http://quick.test/');
  for (const name of ['a', 'b', 'c']) {
    const topic = await bench.subscribed(name, {}, `http://${name}.test/`);
    await bench.call('Publish', { ...topic, Message: `${name} 1` });
    await bench.advance(2_001);
    await bench.posts.at(-1)?.end(delivered);
    await bench.call('Publish', { ...topic, Message: `${name} 2` });
  }
  assert.equal(bench.posts.filter(({ body }) => / 2$/.test(body)).length, 2);
  await bench.call('Publish', { ...quick, Message: 'quick' });
  assert.equal(bench.posts.at(-1)?.body, 'quick');
});

test('an endpoint with much that waits leaves its place to another after a hundred rounds', async () => {
  const bench = await SnsBench.open({ total: 1, perEndpoint: 1 });
  const busy = await bench.subscribed('busy', {}, 'http://busy.test/');
  const other = await bench.subscribed('other', {}, 'http://other.test/');
  for (let message = 0; message < 120; message += 1) await bench.call('Publish', { ...busy, Message: 'busy' });
  await bench.call('Publish', { ...other, Message: 'other' });
  for (let at = 0; at < 121; at += 1) {
    bench.clock.advance(1);
    await bench.posts[at]?.end(delivered);
  }
  const bodies = bench.posts.map(({ body }) => body);
  assert.deepEqual([bodies.indexOf('other'), bodies.length], [100, 121]);
});

test('a restart, that forgets who did not answer, knows it of what is tried again', async () => {
  const bench = await SnsBench.open({ total: 4 });
  const quick = await bench.subscribed('quick', {}, 'http://quick.test/');
  for (const name of ['a', 'b', 'c', 'd']) {
    const topic = await bench.subscribed(name, {}, `http://${name}.test/`);
    await bench.call('Publish', { ...topic, Message: name });
    await bench.posts.at(-1)?.end(failed);
  }
  await bench.restart();
  await bench.advance(20_000);
  assert.equal(bench.posts.length, 2);
  await bench.call('Publish', { ...quick, Message: 'quick' });
  assert.equal(bench.posts.at(-1)?.body, 'quick');
});

test('of any number of deliveries that wait, so few are read at a time: none at the start but those that are due', async () => {
  const store = await withLead(openMemoryStore({ random: new SystemRandom() }));
  const first = await SnsBench.open({}, store);
  const { TopicArn } = await first.subscribed();
  await first.call('Publish', { TopicArn, Message: 'model' });
  const [item] = await store.reads.laneItems({ of: 'sns', lane: 'http://one.test/', limit: 1 });
  assert.ok(item);
  first.pause();
  const many = Array.from({ length: 20_000 }, (_, at) => ({ ...item, key: `k${String(at).padStart(6, '0')}` }));
  await store.commit(many.map((each) => ({ kind: 'lane.put', item: each })));
  const later = { dueAt: first.clock.now() + 3_600_000 };
  const lanes = Array.from({ length: 2_000 }, (_, at) => `http://later-${at}.test/`);
  await store.commit(
    lanes.flatMap((lane) => [
      { kind: 'lane.put', item: { ...item, ...later, lane, key: lane } } as const,
      {
        kind: 'due.put',
        of: 'snsLane',
        key: lane,
        ...later,
        text: '{"formatVersion":1,"value":{"body":null}}',
      } as const,
    ]),
  );
  let [most, items, rows] = [0, 0, 0];
  const { laneItems, due } = store.reads;
  const counting = {
    ...store.reads,
    laneItems: async (query: Parameters<typeof laneItems>[0]) => {
      const found = await laneItems(query);
      [most, items] = [Math.max(most, found.length), items + found.length];
      return found;
    },
    due: async (query: Parameters<typeof due>[0]) => {
      const found = await due(query);
      rows = Math.max(rows, found.length);
      return found;
    },
  };
  const bench = await SnsBench.open({ total: 50 }, { ...store, reads: counting });
  await bench.restart();
  assert.equal(bench.posts.length, 1);
  assert.ok(items <= 4, `${items} deliveries were read at the start`);
  const { records } = await bench.store.load();
  assert.deepEqual(new Set(records.map(({ type }) => type)), new Set(['topic', 'subscription', 'signingIdentity']));
  for (let at = 0; at < 30; at += 1) await bench.posts[at]?.end(delivered);
  assert.equal(bench.posts.length, 40);
  assert.ok(most <= 20, `${most} deliveries were read at once`);
  assert.ok(rows <= 101, `${rows} lanes were read at once`);
});

test('maxReceivesPerSecond spaces posts out, whatever comes', async () => {
  const bench = await SnsBench.open();
  const DeliveryPolicy = JSON.stringify({ throttlePolicy: { maxReceivesPerSecond: 2 } });
  const { TopicArn } = await bench.subscribed('topic', { DeliveryPolicy });
  await bench.advance(1000);
  const start = bench.clock.now();
  for (const Message of ['a', 'b', 'c']) await bench.call('Publish', { TopicArn, Message });
  for (let step = 0; step < 20; step++) {
    for (const post of bench.posts) await post.end(delivered);
    await bench.advance(100);
  }
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
  assert.equal((await bench.waiting()).length, 1);
  assert.equal((await bench.waiting('http://two.test/')).length, 1);
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
  assert.equal((await bench.waiting()).length, 1);
});

test('what waits for a subscription that has ended is not delivered', async () => {
  const bench = await SnsBench.open();
  const { TopicArn, SubscriptionArn } = await bench.subscribed();
  await bench.call('Publish', { TopicArn, Message: 'late' });
  await bench.posts[0]?.end(failed);
  await bench.call('Unsubscribe', { SubscriptionArn });
  await bench.advance(20_000);
  assert.equal(bench.posts.length, 1);
  assert.deepEqual(await bench.waiting(), []);
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
  await bench.advance(0.5 * day);
  await bench.advance(3_600_000);
  assert.equal(await count(), 0);
});

test('of subscriptions that nobody confirms those go that were asked longest ago, however many wait', async () => {
  const bench = await SnsBench.open();
  const { TopicArn = '' } = await bench.call('CreateTopic', { Name: 'topic' });
  const ask = (host: string) =>
    bench.call('Subscribe', { TopicArn, Protocol: 'http', Endpoint: `http://${host}.test/` });
  const endpoints = async () =>
    (await bench.call<ListSubscriptionsCommandOutput>('ListSubscriptions', {})).Subscriptions?.map(
      ({ Endpoint }) => Endpoint,
    );
  const day = 86_400_000;
  const hosts = Array.from({ length: 20 }, (_, at) => `host-${at}`);
  for (const host of hosts) await ask(host);
  await bench.advance(day);
  const again = hosts.filter((_, at) => at % 2 === 1);
  for (const host of again) await ask(host);
  await bench.advance(day);
  await bench.advance(3_600_000);
  await bench.advance(3_600_000);
  assert.deepEqual((await endpoints())?.toSorted(), again.map((host) => `http://${host}.test/`).toSorted());
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
