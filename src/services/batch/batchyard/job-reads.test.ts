import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '../../../core/ids.ts';
import { type AttemptRecord, childId } from '../../../core/job.ts';
import type { JobRecord } from '../../../core/job-record.ts';
import { type Bench, scope, taskId } from '../batch.fixture.ts';
import { arn, benchWithDefinition, submit } from '../operations/jobs.fixture.ts';
import type { DescribeArrayOutput } from './describe-array.ts';
import type { GroupFailuresOutput } from './group-failures.ts';
import type { GetJobTimelineOutput } from './job-timeline.ts';
import type { GetJobUsageOutput } from './job-usage.ts';

const mebi = 2 ** 20;

interface Ended {
  readonly exitCode?: number;
  readonly reason?: string;
  readonly cpuSeconds?: number;
  readonly peakMemoryBytes?: number;
  readonly startedAt?: number;
  readonly stoppedAt?: number;
}

function attempt({ startedAt = 100, stoppedAt = 200, ...container }: Ended = {}): AttemptRecord {
  const places = { taskId, taskArn: 'arn:task/1', containerInstanceArn: `${arn}:container-instance/c/i-1` };
  const containers = [{ name: 'default', stoppedAt, logStreamName: 'x/default/1', ...container }];
  return { ...places, startedAt, stoppedAt, statusReason: 'Essential container in task exited', containers };
}

const code = { runnable: 1, running: 3, succeeded: 4, failed: 5, stopped: 9 } as const;

/** Children as they are stored: a byte of the form, two times, four bits each. */
function bitsOf(codes: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(13 + Math.ceil(codes.length / 2));
  bytes[0] = 0x11;
  bytes[1] = 7;
  for (const [index, each] of codes.entries()) {
    const at = 13 + (index >> 1);
    bytes[at] = (bytes[at] ?? 0) | (index % 2 === 0 ? each << 4 : each);
  }
  return bytes;
}

/** An array beside the yard, whose children are what `codes` say, and those that failed did so with `exitOf` their index. */
async function benchWithArray(codes: readonly number[], exitOf: (index: number) => Ended): Promise<[Bench, JobId]> {
  const bench = await benchWithDefinition();
  const like = await submit(bench);
  const [stored] = await bench.store.reads.jobs(scope, [like]);
  assert.ok(stored);
  const jobId = '01234567-89ab-7def-8123-456789abcdef' as JobId;
  const number = 1_000;
  const stop = { kind: 'terminate', reason: 'enough', at: 400 } as const;
  const state = { status: 'FAILED', stoppedAt: 500, stop, statusReason: 'enough', failed: 1 } as const;
  const record = { ...stored.record, kind: 'array', size: codes.length, jobId, number, state } as JobRecord;
  bench.ledger.transact((transaction) => {
    transaction.add({ kind: 'job.insert', record, specification: stored.specification });
    transaction.add({ kind: 'arrayBits.put', number, encode: () => bitsOf(codes) });
    for (const [index, each] of codes.entries()) {
      if (each !== code.failed && each !== code.succeeded) continue;
      const status = each === code.failed ? 'FAILED' : 'SUCCEEDED';
      const attempts = [attempt(exitOf(index))];
      transaction.add({
        kind: 'arrayChild.put',
        record: {
          number,
          index,
          state: { status, stoppedAt: 200, attempts, statusReason: `lost i-0000000${index % 10}` },
        },
      });
    }
  });
  await bench.store.settled();
  return [bench, jobId];
}

test('an array is told in four bits a child, by index', async () => {
  const codes = [code.succeeded, code.failed, code.runnable, code.running, code.stopped];
  const [bench, jobId] = await benchWithArray(codes, () => ({ exitCode: 1 }));
  const { size, states } = await bench.call<DescribeArrayOutput>('DescribeArray', { jobId });
  assert.deepEqual([size, Buffer.from(states, 'base64').toString('hex')], [5, '562460']);
  const single = await submit(bench);
  assert.equal(await bench.refusal('DescribeArray', { jobId: single }), `Job ${single} is no array job.`);
  for (const unknown of ['x', childId(jobId, 1)])
    assert.equal(await bench.refusal('DescribeArray', { jobId: unknown }), `Job ${unknown} not found.`);
});

test('failed children are grouped by how they failed, less ids, the largest group first, with all their indexes', async () => {
  const codes = [5, 5, 4, 5, 5, 5, 9, 9].map(Number);
  const [bench, jobId] = await benchWithArray(codes, (index) => ({ exitCode: index === 1 ? 3 : 137, reason: 'OOM' }));
  const found = await bench.call<GroupFailuresOutput>('GroupFailures', { jobId });
  assert.deepEqual([found.of, found.failed, found.others], ['child', 7, 0]);
  assert.deepEqual(
    found.groups.map(({ count, exitCode, statusReason, ranges, example }) => [
      count,
      exitCode,
      statusReason,
      ranges,
      example.jobId,
    ]),
    [
      [
        4,
        137,
        'lost …',
        [
          [0, 0],
          [3, 5],
        ],
        `${jobId}:0`,
      ],
      [2, undefined, 'enough', [[6, 7]], `${jobId}:6`],
      [1, 3, 'lost …', [[1, 1]], `${jobId}:1`],
    ],
  );
  assert.equal(found.groups[0]?.example.logStreamName, 'x/default/1');
  const one = await bench.call<GroupFailuresOutput>('GroupFailures', { jobId, maxResults: 1 });
  assert.deepEqual([one.groups.length, one.others], [1, 3]);
});

test('of other jobs attempts are grouped, less the one by which it succeeded', async () => {
  const bench = await benchWithDefinition();
  const jobId = await submit(bench);
  const attempts = [attempt({ exitCode: 1 }), attempt({ exitCode: 1 }), attempt({ exitCode: 0 })];
  bench.yard.move(jobId, () => ({ status: 'SUCCEEDED', stoppedAt: 300, attempts }));
  const found = await bench.call<GroupFailuresOutput>('GroupFailures', { jobId });
  assert.deepEqual([found.of, found.failed, found.groups[0]?.ranges], ['attempt', 2, [[1, 2]]]);
});

test('a timeline tells who submitted a job, what it waited for, each attempt, and who stopped it', async () => {
  const bench = await benchWithDefinition();
  const before = await submit(bench);
  const createdAt = bench.clock.now();
  const jobId = await submit(bench, { dependsOn: [{ jobId: before }] });
  const after = bench.clock.now();
  bench.yard.move(before, () => ({ status: 'SUCCEEDED', stoppedAt: after + 10, attempts: [] }));
  const by = { principal: 'arn:aws:iam::123456789012:user/ada', requestId: 'r' };
  bench.yard.move(jobId, () => ({
    status: 'FAILED',
    attempts: [attempt({ exitCode: 143, startedAt: after + 20, stoppedAt: after + 40 })],
    stop: { kind: 'terminate', reason: 'wrong input', at: after + 30, by },
    statusReason: 'wrong input',
    stoppedAt: after + 40,
  }));
  const { events } = await bench.call<GetJobTimelineOutput>('GetJobTimeline', { jobId });
  const root = { principal: 'arn:aws:iam::123456789012:root', requestId: 'request-1' };
  assert.ok(createdAt < after);
  assert.deepEqual(events, [
    { what: 'submitted', at: after, by: root },
    { what: 'dependency-ended', at: after + 10, jobId: before, status: 'SUCCEEDED' },
    { what: 'attempt-started', at: after + 20, attempt: 1, instance: 'i-1' },
    { what: 'stop-asked', at: after + 30, operation: 'TerminateJob', by, reason: 'wrong input' },
    {
      ...{ what: 'attempt-ended', at: after + 40, attempt: 1, exitCode: 143 },
      reason: 'Essential container in task exited',
    },
    { what: 'ended', at: after + 40, status: 'FAILED', reason: 'wrong input' },
  ]);
});

test('usage tells what each attempt used beside what was asked, and what would have been enough', async () => {
  const bench = await benchWithDefinition();
  const jobId = await submit(bench, {
    containerOverrides: {
      resourceRequirements: [
        { type: 'VCPU', value: '4' },
        { type: 'MEMORY', value: '1024' },
      ],
    },
  });
  const used = { exitCode: 0, cpuSeconds: 60, peakMemoryBytes: 100 * mebi, startedAt: 0, stoppedAt: 60_000 };
  const move = (ended: Ended) =>
    bench.yard.move(jobId, () => ({ status: 'SUCCEEDED', stoppedAt: 60_000, attempts: [attempt(ended)] }));
  move(used);
  const found = await bench.call<GetJobUsageOutput>('GetJobUsage', { jobId });
  assert.deepEqual(found, {
    asked: { vcpus: 4, memoryMiB: 1024, gpus: 0 },
    attempts: [{ attempt: 1, seconds: 60, cpuSeconds: 60, meanVcpus: 1, peakMemoryBytes: 100 * mebi }],
    advice: { vcpus: 1.25, memoryMiB: 128 },
  });
});

test('nothing is advised of what ran shortly, or was measured by nobody', async () => {
  const bench = await benchWithDefinition();
  for (const ended of [
    { cpuSeconds: 0.1, peakMemoryBytes: 1 },
    { startedAt: 0, stoppedAt: 60_000 },
  ]) {
    const jobId = await submit(bench);
    bench.yard.move(jobId, () => ({ status: 'SUCCEEDED', stoppedAt: 60_000, attempts: [attempt(ended)] }));
    assert.equal((await bench.call<GetJobUsageOutput>('GetJobUsage', { jobId })).advice, undefined);
  }
});
