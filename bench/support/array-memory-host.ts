import type { AccountId, JobId, Region } from '../../src/core/ids.ts';
import { type JobRecord, unfinishedOf } from '../../src/core/job-record.ts';
import { Jobs } from '../../src/jobs/index.ts';
import { Scheduler } from '../../src/scheduler/index.ts';

/**
 * Runs in a process of its own: so many arrays of 10,000 waiting children in memory, the scheduler's part included. Answers
 * their bytes.
 */
const arrays = Number(process.argv[2]);
const size = 10_000;
const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
const arn = `arn:aws:batch:${scope.region}:${scope.account}`;
const jobQueueArn = `${arn}:job-queue/default`;

function record(number: number): JobRecord {
  return {
    ...scope,
    kind: 'array',
    size,
    jobId: `0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}` as JobId,
    number,
    jobName: `array-${number}`,
    jobQueueArn,
    jobDefinitionArn: `${arn}:job-definition/bench:1`,
    createdAt: 1_790_000_000_000 + number,
    order: number,
    schedulingPriority: 0,
    dependsOn: [],
    retryStrategy: { attempts: 1, evaluateOnExit: [] },
    resources: { vcpus: 1, memoryMiB: 512, gpus: 0 },
    tags: {},
    state: { status: 'PENDING' },
  };
}

const idle = () => {};
const scheduler = new Scheduler();
const environments = ['e'];
scheduler.apply(
  {
    ...{ kind: 'job-queue-put', arn: jobQueueArn, priority: 1, acceptsPlacement: true },
    computeEnvironmentArns: environments,
  },
  0,
);
const jobs = new Jobs({
  journal: { transact: idle, fact: idle, consumed: idle },
  scheduler: { apply: (event) => scheduler.apply(event, 0) },
  timers: { arm: idle, disarm: idle },
  effects: { startTask: idle, stopTask: idle, releaseTask: idle, ended: idle },
  clock: { now: () => 0 },
  onWork: idle,
  placeNode: () => {
    throw new Error('no job here has nodes');
  },
});
const before = bytesNow();
for (let number = 1; number <= arrays; number += 1) {
  const job = unfinishedOf(record(number));
  if (job.kind !== 'array') throw new Error('it is an array');
  const stored = { codes: new Uint8Array(size).fill(1), changedAt: job.createdAt };
  for (const _piece of jobs.loadArray({ job, stored, children: [] }));
}
const bytes = bytesNow() - before;
if (jobs.size !== arrays || !process.send) throw new Error('this is started by bench/arrays.ts');
process.send(bytes);
process.disconnect?.();

function bytesNow(): number {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
