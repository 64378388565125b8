import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type JobRecord, unfinishedOf } from '../../src/core/job-record.ts';
import { Jobs } from '../../src/jobs/index.ts';
import { Scheduler } from '../../src/scheduler/index.ts';

/**
 * What a waiting job costs of the heap, everything included (jobs and scheduler), once it is loaded from the store:
 * `node test/soak/job-memory.ts --jobs 200000`. At most 700 bytes are allowed.
 */
const { values } = parseArgs({ options: { jobs: { type: 'string', default: '200000' } } });
const count = Number(values.jobs);
const mostBytes = 700;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** A record as a store reads it: every text is a text of its own. */
function record(number: number): JobRecord {
  const id = `0198c0de-${(number % 65_536).toString(16).padStart(4, '0')}-7000-8000-${String(number).padStart(12, '0')}`;
  const scope = { account: '123456789012', region: 'us-east-1' };
  const arn = `arn:aws:batch:${scope.region}:${scope.account}`;
  return JSON.parse(
    JSON.stringify({
      ...scope,
      kind: 'single',
      jobId: id,
      number,
      jobName: `job-${number}`,
      jobQueueArn: `${arn}:job-queue/q${number % 7}`,
      jobDefinitionArn: `${arn}:job-definition/d:${(number % 3) + 1}`,
      createdAt: 1_790_000_000_000 + number,
      order: number,
      schedulingPriority: 0,
      submittedBy: { principal: `arn:aws:iam::${scope.account}:root`, requestId: id },
      dependsOn: [],
      retryStrategy: { attempts: 3, evaluateOnExit: [{ action: 'RETRY', onReason: 'Host EC2*' }] },
      resources: { vcpus: 1, memoryMiB: 2048, gpus: 0 },
      tags: { team: 'render' },
      state: { status: 'RUNNABLE', attempts: [] },
    } satisfies { readonly [member: string]: unknown }),
  );
}

const scheduler = new Scheduler();
for (let queue = 0; queue < 7; queue += 1) {
  const arn = `arn:aws:batch:us-east-1:123456789012:job-queue/q${queue}`;
  const settings = { arn, priority: 1, acceptsPlacement: true, computeEnvironmentArns: ['e'] };
  scheduler.apply({ kind: 'job-queue-put', ...settings }, 0);
}
const idle = () => {};
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
collect();
const before = process.memoryUsage().heapUsed;
let took = 0;
for (let first = 1; first <= count; first += 1_000) {
  const slice = Array.from({ length: Math.min(1_000, count - first + 1) }, (_, at) => record(first + at));
  const begun = performance.now();
  for (const each of slice) {
    const job = unfinishedOf(each);
    if (job.kind === 'single') jobs.load({ job });
  }
  took += performance.now() - begun;
}
collect();
const each = Math.round((process.memoryUsage().heapUsed - before) / count);
process.stdout.write(`${jobs.size} waiting jobs: ${each} bytes each, loaded in ${Math.round(took)} ms\n`);
if (each > mostBytes) throw new Error(`a waiting job may take ${mostBytes} bytes`);
