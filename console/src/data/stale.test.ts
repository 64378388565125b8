import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStale, joined } from './stale.ts';

const describe = (id: string) => ['batch', 'DescribeJobs', { jobs: [id] }, 'us-east-1'];
const list = ['batch', 'ListJobs', { jobQueue: 'q' }, 'us-east-1'];

test('answers of services that have changed are stale, and those that stand on them', () => {
  assert.ok(isStale(list, { services: ['batch'] }));
  assert.ok(isStale(['batchyard', 'ListQueues', {}], { services: ['logs', 'batch'] }));
  assert.ok(!isStale(['logs', 'DescribeLogGroups', {}], { services: ['batch'] }));
});

test('of jobs that are named only their own answers are stale, of children and nodes too', () => {
  const changed = { services: ['batch'], jobs: ['a'] };
  assert.ok(isStale(describe('a'), changed));
  assert.ok(isStale(describe('a:3'), changed));
  assert.ok(isStale(['batchyard', 'ExplainJob', { jobId: 'a#0' }], changed));
  assert.ok(!isStale(describe('b'), changed));
  assert.ok(isStale(list, changed), 'a list may show it');
  assert.ok(isStale(describe('b'), { services: ['batch'] }), 'it is not known which');
  assert.ok(isStale(describe('b'), { services: ['batch'], jobs: [] }), 'something else of Batch has changed');
});

test('what is gathered knows its jobs only if all of it does', () => {
  const [a, b] = [
    { services: ['batch'], jobs: ['a'] },
    { services: ['batch', 'logs'], jobs: ['b', 'a'] },
  ];
  assert.deepEqual(joined(a, b), { services: ['batch', 'logs'], jobs: ['a', 'b'] });
  assert.deepEqual(joined(a, { services: ['logs'] }), { services: ['batch', 'logs'], jobs: ['a'] });
  assert.deepEqual(joined(a, { services: ['batch'] }), { services: ['batch'] });
  assert.deepEqual(joined(undefined, a), a);
});
