import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesEvent, parseEvent, parseEventPattern } from '../../../../src/services/events/event-pattern.ts';
import { type NotificationWish, notificationCalls } from './notification-calls.ts';

const queue = 'arn:aws:batch:us-east-1:123456789012:job-queue/q';
const wish: NotificationWish = {
  ...{ name: 'told', about: { kind: 'queue', arn: queue }, statuses: ['FAILED'], blocked: true, email: '' },
  ...{ account: '123456789012', region: 'us-east-1' },
};

function told(change: Partial<NotificationWish>, type: string, detail: object): Promise<boolean> {
  const rule = notificationCalls({ ...wish, ...change }).find(({ operation }) => operation === 'PutRule');
  assert.ok(rule);
  const { EventPattern } = rule.input as { EventPattern: string };
  const event = {
    ...{ id: 'i', account: '123456789012', source: 'aws.batch', time: '2026-01-01T00:00:00Z', region: 'us-east-1' },
    ...{ resources: [], 'detail-type': type, detail },
  };
  const pattern = parseEventPattern(EventPattern);
  return Promise.resolve(matchesEvent(pattern, parseEvent(JSON.stringify(event), pattern)));
}

test('a rule takes what was wished, of that queue or job, and nothing else', async () => {
  const [change, block] = ['Batch Job State Change', 'Batch Job Queue Blocked'];
  assert.equal(await told({}, change, { jobQueue: queue, status: 'FAILED' }), true);
  assert.equal(await told({}, change, { jobQueue: queue, status: 'RUNNABLE' }), false);
  assert.equal(await told({}, change, { jobQueue: `${queue}2`, status: 'FAILED' }), false);
  assert.equal(await told({}, block, { jobQueue: queue, status: 'RUNNABLE' }), true);
  assert.equal(await told({ blocked: false }, block, { jobQueue: queue, status: 'RUNNABLE' }), false);
  const job = { about: { kind: 'job', id: 'j' }, blocked: false } as const;
  assert.equal(await told(job, change, { jobId: 'j', status: 'FAILED' }), true);
  assert.equal(await told(job, change, { jobId: 'k', status: 'FAILED' }), false);
});

test('the topic lets that rule alone publish, and mail is a subscription that comes last', () => {
  const calls = notificationCalls({ ...wish, email: 'a@example.com' });
  const [topic] = calls;
  assert.ok(topic);
  assert.deepEqual(
    calls.map(({ operation }) => operation),
    ['CreateTopic', 'PutRule', 'PutTargets', 'Subscribe'],
  );
  const { Attributes } = topic.input as { Attributes: ReadonlyMap<string, string> };
  assert.match(Attributes.get('Policy') ?? '', /"aws:SourceArn":"arn:aws:events:us-east-1:123456789012:rule\/told"/);
  assert.equal(notificationCalls(wish).length, 3);
});
