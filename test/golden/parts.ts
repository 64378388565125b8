import type { AccountId, JobId, Region, TaskId } from '../../src/core/ids.ts';
import type { AttemptRecord, Placement } from '../../src/core/job.ts';
import type { ArrayChildRecord, JobRecord, NodeRecord } from '../../src/core/job-record.ts';
import type { JobSpecification } from '../../src/core/job-specification.ts';
import type { UsageRecord } from '../../src/core/usage.ts';
import type { Change } from '../../src/store/index.ts';

/**
 * What the API cannot be made to keep in this version, as its store has it: an array with children that live, wait again,
 * have ended and were never placed; a multi-node job whose main node has ended; usage of a role.
 */
const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
const environment = 'arn:aws:batch:us-east-1:123456789012:compute-environment/golden';
const role = 'arn:aws:iam::123456789012:role/golden';

const common = {
  ...scope,
  jobQueueArn: 'arn:aws:batch:us-east-1:123456789012:job-queue/golden',
  jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/says:1',
  createdAt: 1_700_000_000_000,
  shareIdentifier: 'blue',
  schedulingPriority: 3,
  submittedBy: { principal: 'arn:aws:sts::123456789012:assumed-role/golden/session', role, requestId: 'golden' },
  tags: { kind: 'golden' },
} as const;

function placement(digit: string): Placement {
  return {
    taskId: digit.repeat(32) as TaskId,
    computeEnvironmentArn: environment,
    taskArn: `arn:aws:ecs:us-east-1:123456789012:task/golden/${digit.repeat(32)}`,
    containerInstanceArn: 'arn:aws:ecs:us-east-1:123456789012:container-instance/golden/1',
    containers: [
      { name: 'default', logStreamName: `golden/default/${digit}` },
      { name: 'proxy', essential: false },
    ],
    pool: 'host',
    instance: 'i-0123456789abcdef0',
    placedAt: 1_700_000_001_000,
  };
}

function attempt(digit: string, exitCode: number): AttemptRecord {
  const { taskId, taskArn, containerInstanceArn } = placement(digit);
  const [startedAt, stoppedAt] = [1_700_000_002_000, 1_700_000_003_000];
  const containers = [{ name: 'default', startedAt, stoppedAt, exitCode, cpuSeconds: 0.5, peakMemoryBytes: 1_024 }];
  const statusReason = 'Essential container in task exited';
  return { taskId, taskArn, containerInstanceArn, startedAt, stoppedAt, statusReason, containers };
}

export const array: JobRecord = {
  ...common,
  kind: 'array',
  jobId: '01890000-0000-7000-8000-00000000000a' as JobId,
  number: 1_001,
  jobName: 'array',
  order: 1_001,
  dependsOn: [],
  retryStrategy: { attempts: 3, evaluateOnExit: [{ action: 'RETRY', onExitCode: '1' }] },
  resources: { vcpus: 1, memoryMiB: 64, gpus: 0 },
  size: 5,
  state: { status: 'PENDING' },
};

/** When a child changed last, 1_700_000_001_500, lowest byte first; none has fallen with others. */
const changedAt = [0xdc, 0x6d, 0xe5, 0xcf, 0x8b, 0x01] as const;
const fellAt = [0, 0, 0, 0, 0, 0] as const;

/** The two times, then codes 4, 5, 7, 3 and 1, packed: SUCCEEDED, FAILED, RUNNABLE again, RUNNING, RUNNABLE. */
export const arrayBits = Uint8Array.of(0x11, ...changedAt, ...fellAt, 0x45, 0x73, 0x10);

export const children: readonly ArrayChildRecord[] = [
  {
    number: 1_001,
    index: 0,
    state: { status: 'SUCCEEDED', attempts: [attempt('1', 0)], stoppedAt: 1_700_000_003_000 },
  },
  {
    number: 1_001,
    index: 1,
    state: { status: 'FAILED', attempts: [attempt('2', 7)], stoppedAt: 1_700_000_003_000, statusReason: 'exited 7' },
  },
  { number: 1_001, index: 2, order: -1_001, state: { status: 'RUNNABLE', attempts: [attempt('3', 1)] } },
  {
    number: 1_001,
    index: 3,
    state: { status: 'RUNNING', attempts: [], placement: placement('4'), startedAt: 1_700_000_004_000 },
  },
];

export const gang: JobRecord = {
  ...common,
  kind: 'multiNode',
  jobId: '01890000-0000-7000-8000-00000000000b' as JobId,
  number: 1_002,
  jobName: 'gang',
  order: 1_002,
  dependsOn: [],
  retryStrategy: { attempts: 1, evaluateOnExit: [] },
  resources: { vcpus: 4, memoryMiB: 256, gpus: 0 },
  size: 3,
  mainNode: 0,
  ranges: [
    { first: 0, last: 0, resources: { vcpus: 2, memoryMiB: 128, gpus: 0 } },
    { first: 1, last: 2, resources: { vcpus: 1, memoryMiB: 64, gpus: 0 } },
  ],
  state: {
    status: 'RUNNING',
    attempts: [attempt('5', 0)],
    startedAt: 1_700_000_002_000,
    gang: {
      computeEnvironmentArn: environment,
      pool: 'host',
      placedAt: 1_700_000_001_000,
      nodes: [1, 2, 3].map((instance) => ({ instance: `i-0000000000000000${instance}` })),
    },
    ending: { to: 'SUCCEEDED', at: 1_700_000_003_000 },
  },
};

const started = { createdAt: 1_700_000_001_000, jobAttempt: 1 };

export const nodes: readonly NodeRecord[] = [
  {
    number: 1_002,
    index: 0,
    state: { ...started, status: 'SUCCEEDED', attempts: [attempt('5', 0)], stoppedAt: 1_700_000_003_000 },
  },
  {
    number: 1_002,
    index: 1,
    state: { ...started, status: 'RUNNING', attempts: [], placement: placement('6'), startedAt: 1_700_000_004_000 },
  },
  {
    number: 1_002,
    index: 2,
    state: { ...started, status: 'FAILED', attempts: [attempt('7', 1)], stoppedAt: 1_700_000_003_000 },
  },
];

export const usage: UsageRecord = {
  ...scope,
  hour: 1_699_999_200_000,
  jobQueueArn: common.jobQueueArn,
  jobDefinitionArn: common.jobDefinitionArn,
  shareIdentifier: 'blue',
  principal: role,
  attempts: 1,
  seconds: 1,
  vcpuSeconds: 2,
  memoryMiBSeconds: 64,
  gpuSeconds: 0,
  cpuSeconds: 0.5,
  peakMemoryBytes: 1_024,
};

const container = { image: 'busybox', command: ['true'], resources: { vcpus: 1, memoryMiB: 64 } };
const specification: JobSpecification = {
  request: { jobName: 'golden' },
  nodes: [{ containers: [container, { ...container, name: 'proxy', essential: false }] }],
};

export const parts: readonly Change[] = [
  { kind: 'job.insert', record: array, specification },
  { kind: 'arrayBits.put', number: array.number, encode: () => arrayBits },
  ...children.map((record) => ({ kind: 'arrayChild.put', record }) as const),
  { kind: 'job.insert', record: gang, specification },
  ...nodes.map((record) => ({ kind: 'node.put', record }) as const),
  { kind: 'usage.add', record: usage },
];
