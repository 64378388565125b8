import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ZodError } from 'zod';
import { ServiceError } from '../../../core/errors.ts';
import { fargateContainer, openBench, smallDefinition, smallEnvironment } from '../batch.fixture.ts';

const arn = 'arn:aws:batch:us-east-1:123456789012';
const jobId = '01234567-89ab-7def-8123-456789abcdef';
const longContainer = {
  ...fargateContainer,
  command: ['a', 'Ref::b'],
  environment: [{ name: 'A', value: '1' }],
  volumes: [{ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-12345678', authorizationConfig: {} } }],
  mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }],
  linuxParameters: { tmpfs: [{ containerPath: '/t', size: 1, mountOptions: ['rw'] }], devices: [{ hostPath: '/d' }] },
  logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g' }, secretOptions: [] },
  secrets: [{ name: 's', valueFrom: 'v' }],
  ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 1 }],
};

/** A good input of every operation that changes or looks up something. */
const inputs: Readonly<Record<string, object>> = {
  CancelJob: { jobId, reason: 'r' },
  CancelJobs: { jobs: [jobId], reason: 'r' },
  CountJobs: { queues: ['default'], tag: { key: 'k', value: 'v' }, reason: 'r', nextToken: 'x' },
  CreateComputeEnvironment: { ...smallEnvironment, tags: { a: 'b' }, serviceRole: 'r' },
  CreateJobQueue: {
    jobQueueName: 'q',
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'default' }],
  },
  DeleteComputeEnvironment: { computeEnvironment: 'default' },
  DeleteJobQueue: { jobQueue: 'default' },
  DescribeArray: { jobId },
  DeregisterJobDefinition: { jobDefinition: 'x:1' },
  DescribeComputeEnvironments: { computeEnvironments: ['default'], maxResults: 1, nextToken: 'x' },
  DescribeJobDefinitions: { jobDefinitions: ['x:1'], jobDefinitionName: 'x', status: 'ACTIVE', maxResults: 1 },
  DescribeJobQueues: { jobQueues: ['default'], maxResults: 1, nextToken: 'x' },
  DescribeJobs: { jobs: [jobId] },
  ExplainJob: { jobId },
  GetJobTimeline: { jobId },
  GetJobUsage: { jobId },
  GroupFailures: { jobId, maxResults: 3 },
  ListJobs: {
    jobQueue: 'default',
    jobStatus: 'RUNNING',
    filters: [{ name: 'JOB_NAME', values: ['a'] }],
    nextToken: 'x',
  },
  ListTagsForResource: { resourceArn: `${arn}:job-queue/default` },
  RegisterJobDefinition: {
    ...smallDefinition,
    platformCapabilities: ['FARGATE'],
    containerProperties: longContainer,
    parameters: { b: 'c' },
    retryStrategy: { attempts: 2, evaluateOnExit: [{ onReason: '*', action: 'EXIT' }] },
    timeout: { attemptDurationSeconds: 60 },
  },
  SearchJobs: {
    queues: ['default'],
    statuses: ['FAILED'],
    name: 'a*',
    createdAfter: 1,
    stoppedBefore: 2,
    tag: { key: 'k' },
    exitCode: 1,
    submittedBy: 'ada',
    instance: 'i-1',
    maxResults: 3,
  },
  SubmitJob: {
    jobName: 'j',
    jobQueue: 'default',
    jobDefinition: 'x',
    dependsOn: [{ jobId }],
    parameters: { a: 'b' },
    containerOverrides: { command: ['a'], environment: [{ name: 'A', value: '1' }], resourceRequirements: [] },
    tags: { a: 'b' },
  },
  TagResource: { resourceArn: `${arn}:job-queue/default`, tags: { a: 'b' } },
  UntagResource: { resourceArn: `${arn}:job/${jobId}`, tagKeys: ['a'] },
  UpdateComputeEnvironment: {
    computeEnvironment: 'default',
    computeResources: { maxvCpus: 1, launchTemplate: { version: '1' } },
  },
  UpdateJobQueue: { jobQueue: 'default', computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'default' }] },
};

const nasty = fc.oneof(
  fc.constantFrom(
    '',
    '\0',
    '__proto__',
    'constructor',
    'arn:',
    'arn:aws:batch:::',
    'x:1:2',
    '💥'.repeat(50),
    -1,
    0.5,
    1e308,
    2 ** 31,
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Puts `value` at one place of `input`, chosen by `at`, or takes away what is there. */
function spoil(input: unknown, at: number, value: unknown): unknown {
  const paths = pathsOf(input);
  const path = paths[at % paths.length] ?? [];
  const copy: unknown = structuredClone(input);
  let place = copy as Record<string, unknown>;
  for (const step of path.slice(0, -1)) place = place[step] as Record<string, unknown>;
  const last = path.at(-1);
  if (last !== undefined) place[last] = value;
  return copy;
}

function pathsOf(input: unknown, path: string[] = []): string[][] {
  if (typeof input !== 'object' || input === null) return [path];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(input).flatMap(([key, value]) => pathsOf(value, [...path, key])),
  ];
}

for (const [operation, input] of Object.entries(inputs)) {
  test(`${operation} takes or refuses whatever it is given, and never fails otherwise`, async () => {
    const bench = await openBench();
    await bench.call('RegisterJobDefinition', smallDefinition);
    await fc.assert(
      fc.asyncProperty(fc.nat(), nasty, async (at, value) => {
        const spoilt = spoil(input, at, value) as object;
        await bench.access(operation, spoilt);
        try {
          await bench.call(operation, spoilt);
        } catch (error) {
          const refused = error instanceof ZodError || (error instanceof ServiceError && error.status < 500);
          assert.ok(refused, `${operation} ${JSON.stringify(spoilt)}: ${error}`);
        }
      }),
      { numRuns: 150 },
    );
  });
}
