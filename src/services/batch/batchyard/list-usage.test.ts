import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Region } from '../../../core/ids.ts';
import type { UsageRecord } from '../../../core/usage.ts';
import { type Bench, openBench, scope } from '../batch.fixture.ts';
import type { ListUsageOutput, UsageGroup, UsageKind } from '../index.ts';

const hour = 3_600_000;
const arn = 'arn:aws:batch:us-east-1:123456789012';

/** What ended within the hour `at`. */
function record(at: number, of: Partial<UsageRecord> = {}): UsageRecord {
  const took = { attempts: 1, seconds: 10, vcpuSeconds: 20, memoryMiBSeconds: 30, gpuSeconds: 0, cpuSeconds: 5 };
  const whose = { jobQueueArn: `${arn}:job-queue/q`, jobDefinitionArn: `${arn}:job-definition/d:1` };
  return { ...scope, hour: at * hour, ...whose, ...took, peakMemoryBytes: 7, ...of };
}

async function benchWith(records: readonly UsageRecord[]): Promise<Bench> {
  const bench = await openBench();
  bench.ledger.transact((transaction) => {
    for (const each of records) transaction.add({ kind: 'usage.add', record: each });
  });
  await bench.store.settled();
  return bench;
}

/** Every page. */
async function pagesOf({ call }: Bench, by: UsageKind, since?: number): Promise<readonly ListUsageOutput[]> {
  const pages: ListUsageOutput[] = [];
  let nextToken: string | undefined;
  do {
    const page: ListUsageOutput = await call('ListUsage', { by, since, nextToken });
    pages.push(page);
    nextToken = page.nextToken;
  } while (nextToken);
  return pages;
}

const request = { vcpus: 2, memoryMiB: 3, gpus: 1 };

test('usage adds up by queue, share, user or definition what ended since an hour began, and what runs now', async () => {
  const bench = await benchWith([
    record(1),
    record(2, { shareIdentifier: 'a', principal: 'arn:ada', peakMemoryBytes: 9 }),
    record(3, { shareIdentifier: 'a', jobQueueArn: `${arn}:job-queue/p` }),
    record(3, { principal: 'arn:ada', jobDefinitionArn: `${arn}:job-definition/d:2` }),
    record(3, { region: 'eu-west-3' as Region, vcpuSeconds: 1e9 }),
  ]);
  const { jobQueueArn, jobDefinitionArn } = record(0);
  const job = { jobQueueArn, jobDefinitionArn, shareIdentifier: 'a', user: 'arn:ada' };
  const now = bench.clock.now();
  bench.yard.counted = [
    { job, request, startedAt: now - 4_000 },
    { job, request },
  ];
  const found = async (by: UsageKind, since?: number) => {
    const [{ groups } = { groups: [] as readonly UsageGroup[] }, ...more] = await pagesOf(bench, by, since);
    assert.equal(more.length, 0);
    return groups.map(({ ended, running, ...key }) => [
      Object.values(key)
        .map((text) => text?.replace(/.*\//, ''))
        .join(' '),
      ...[ended.attempts, ended.vcpuSeconds, ended.peakMemoryBytes],
      ...[running.attempts, running.vcpuSeconds, running.memoryMiBSeconds, running.gpuSeconds, running.vcpus],
    ]);
  };
  const runs = [2, 8, 12, 4, 4];
  const idle = [0, 0, 0, 0, 0];
  assert.deepEqual(await found('queue'), [
    ['q', 3, 60, 9, ...runs],
    ['p', 1, 20, 7, ...idle],
  ]);
  assert.deepEqual(await found('share'), [
    ['q', 2, 40, 7, ...idle],
    ['q a', 1, 20, 9, ...runs],
    ['p a', 1, 20, 7, ...idle],
  ]);
  assert.deepEqual(await found('user'), [
    ['', 2, 40, 7, ...idle],
    ['arn:ada', 2, 40, 9, ...runs],
  ]);
  assert.deepEqual(await found('definition', 2 * hour + 5), [
    ['d:1', 2, 40, 9, ...runs],
    ['d:2', 1, 20, 7, ...idle],
  ]);
  const [{ from } = { from: -1 }] = await pagesOf(bench, 'queue', 2 * hour + 5);
  assert.equal(from, 2 * hour);
});

test('of much usage a call reads a part; the parts of all pages add up, and what runs comes once', async () => {
  const count = 2_500;
  const records = Array.from({ length: count }, (_, at) => record(at % 7, { principal: `arn:${at}` }));
  const bench = await benchWith(records);
  const { jobQueueArn, jobDefinitionArn } = record(0);
  bench.yard.counted = [
    { job: { jobQueueArn, jobDefinitionArn, shareIdentifier: undefined, user: undefined }, request },
  ];
  const pages = await pagesOf(bench, 'queue');
  assert.equal(pages.length, 3);
  const sum = (of: (group: UsageGroup) => number) =>
    pages.flatMap(({ groups }) => groups).reduce((total, group) => total + of(group), 0);
  assert.deepEqual([sum(({ ended }) => ended.attempts), sum(({ running }) => running.attempts)], [count, 1]);
  assert.ok(pages.every(({ groups }) => groups.length === 1));
});

test('whatever is asked for by whom, each kind of sum is of the same whole', async () => {
  const whose = fc.record({
    at: fc.nat({ max: 3 }),
    share: fc.constantFrom(undefined, 'a', 'b'),
    user: fc.constantFrom(undefined, 'arn:ada', 'arn:bob'),
    queue: fc.constantFrom('p', 'q'),
    definition: fc.constantFrom('d:1', 'e:1'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(whose, { maxLength: 30 }), fc.nat({ max: 4 }), async (list, since) => {
      const records = list.map(({ at, share, user, queue, definition }) =>
        record(at, {
          ...{ jobQueueArn: queue, jobDefinitionArn: definition, vcpuSeconds: at + 1 },
          ...(share === undefined ? {} : { shareIdentifier: share }),
          ...(user === undefined ? {} : { principal: user }),
        }),
      );
      const bench = await benchWith(records);
      const expected = list.filter(({ at }) => at >= since).reduce((sum, { at }) => sum + at + 1, 0);
      for (const by of ['queue', 'share', 'user', 'definition'] as const) {
        const groups = (await pagesOf(bench, by, since * hour)).flatMap((page) => page.groups);
        assert.equal(
          groups.reduce((sum, { ended }) => sum + ended.vcpuSeconds, 0),
          expected,
        );
        const keys = groups.map(({ ended: _ended, running: _running, ...key }) => JSON.stringify(key));
        assert.equal(new Set(keys).size, keys.length);
      }
    }),
    { numRuns: 40 },
  );
});

test('what cannot be read as a place in the list is refused, and access is asked for all', async () => {
  const { access, refusal, call } = await openBench();
  for (const nextToken of ['x', Buffer.from('{"v":1,"kind":"ListUsage","key":{"hour":"1"}}').toString('base64url')])
    assert.equal(await refusal('ListUsage', { by: 'queue', nextToken }), 'Invalid nextToken');
  await assert.rejects(call('ListUsage', { by: 'colour' }));
  await assert.rejects(call('ListUsage', { by: 'user', since: -1 }));
  assert.deepEqual(await access('ListUsage', { by: 'queue' }), [{ action: 'batchyard:ListUsage', resource: '*' }]);
});
