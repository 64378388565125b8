import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsOf, parseEnvironment } from './environment.ts';
import { environmentOf, simulateFile, workloadFile } from './simulation.fixture.ts';
import { SimulationError } from './workload.ts';

const order = (computeEnvironment: string) => [{ order: 1, computeEnvironment }];
const sound = {
  formatVersion: 1,
  pools: [{ id: 'host', vcpus: 4, memoryMiB: 1024 }],
  computeEnvironments: [{ computeEnvironmentName: 'a', computeResources: { type: 'EC2', maxvCpus: 4 } }],
  jobQueues: [{ jobQueueName: 'q', priority: 1, computeEnvironmentOrder: order('a') }],
};

test('an environment is told to the scheduler as a server tells its own, ARNs and what else AWS says included', () => {
  const described = {
    ...sound,
    computeEnvironments: [
      { ...sound.computeEnvironments[0], type: 'MANAGED', status: 'VALID', tags: {} },
      {
        computeEnvironmentName: 'spot',
        computeResources: { type: 'SPOT', maxvCpus: 2, minvCpus: 0 },
        state: 'DISABLED',
      },
    ],
    jobQueues: [
      {
        ...sound.jobQueues[0],
        computeEnvironmentOrder: [
          { order: 2, computeEnvironment: 'a' },
          { order: 1, computeEnvironment: 'arn:aws:batch:eu-west-1:210987654321:compute-environment/spot' },
        ],
      },
    ],
  };
  const [, first, second, queue] = eventsOf(parseEnvironment(JSON.stringify(described), 'file'));
  const arn = 'arn:aws:batch:us-east-1:123456789012:compute-environment';
  assert.deepEqual(first, {
    ...{ kind: 'compute-environment-put', arn: `${arn}/a`, state: 'ENABLED', status: 'VALID', maxvCpus: 4 },
    pool: 'host',
  });
  assert.deepEqual(second, {
    ...{ kind: 'compute-environment-put', arn: `${arn}/spot`, state: 'DISABLED', status: 'VALID', maxvCpus: 2 },
    refusesNodes: 'SPOT, which runs no multi-node parallel jobs',
    pool: 'host',
  });
  assert.deepEqual(queue?.kind === 'job-queue-put' && queue.computeEnvironmentArns, [`${arn}/spot`, `${arn}/a`]);
});

test('what makes no sense in an environment ends with words', async (t) => {
  const [environment] = sound.computeEnvironments;
  const [queue] = sound.jobQueues;
  const cases: readonly (readonly [what: string, file: unknown, words: RegExp])[] = [
    ['another version', { ...sound, formatVersion: 2 }, /^environment file: formatVersion/],
    ['no pools', { ...sound, pools: [] }, /pools/],
    ['a negative pool', { ...sound, pools: [{ id: 'host', vcpus: -1, memoryMiB: 1 }] }, /pools\.0\.vcpus/],
    ['two of a name', { ...sound, jobQueues: [queue, queue] }, /job queue q is there twice/],
    ['no such pool', { ...sound, computeEnvironments: [{ ...environment, pool: 'x' }] }, /pool x, which is not there/],
    [
      'no such environment',
      { ...sound, jobQueues: [{ ...queue, computeEnvironmentOrder: order('x') }] },
      /compute environment x, which is not there/,
    ],
    [
      'no such policy',
      { ...sound, jobQueues: [{ ...queue, schedulingPolicyArn: 'arn:aws:batch:us-east-1:1:scheduling-policy/p' }] },
      /job queue q has scheduling policy p, which is not there/,
    ],
    [
      'a policy that there cannot be',
      {
        ...sound,
        schedulingPolicies: [{ name: 'p', fairsharePolicy: { computeReservation: 100 } }],
        jobQueues: [{ ...queue, schedulingPolicyArn: 'p' }],
      },
      /scheduling policy p: Compute reservation should be between 0 and 99/,
    ],
    [
      'a policy of service jobs',
      {
        ...sound,
        schedulingPolicies: [{ name: 'p', quotaSharePolicy: { idleResourceAssignmentStrategy: 'FIFO' } }],
        jobQueues: [{ ...queue, schedulingPolicyArn: 'p' }],
      },
      /scheduling policy p is one of service jobs/,
    ],
  ];
  for (const [what, file, words] of cases) {
    await t.test(what, () =>
      assert.throws(
        () => parseEnvironment(JSON.stringify(file), 'file'),
        (error) => error instanceof SimulationError && words.test(error.message),
      ),
    );
  }
  assert.throws(() => parseEnvironment('{', 'file'), /^SimulationError: environment file: /);
});

test('a job of a queue that is not there, or of none where there are several, ends with words', (t) => {
  const job = { vcpus: 1, memoryMiB: 1, runSeconds: 1 };
  const other = workloadFile(t, job, { ...job, queue: 'x' });
  assert.throws(() => simulateFile(other, environmentOf(1)), /line 3: job queue x is not in 1 vCPUs/);
  const none = workloadFile(t, job);
  assert.throws(() => simulateFile(none, environmentOf(1, { a: 1, b: 2 })), /line 2: names no job queue/);
});
