import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench, smallDefinition } from '../batch.fixture.ts';
import { describe, job, submit } from './jobs.fixture.ts';

// Citations: spec 02 is [L2952-5461] of the guide, spec 01 [L316-2951]; D numbers are of spec 08 §2.

const list = (vcpus: string, memory: string) => [
  { type: 'VCPU', value: vcpus },
  { type: 'MEMORY', value: memory },
];
const definition = {
  ...smallDefinition,
  parameters: { word: 'hello' },
  retryStrategy: { attempts: 2 },
  timeout: { attemptDurationSeconds: 100 },
  propagateTags: true,
  containerProperties: {
    image: 'busybox',
    command: ['echo', 'Ref::word'],
    environment: [{ name: 'A', value: '1' }],
    resourceRequirements: list('1', '4'),
  },
};
const task = {
  ...definition,
  containerProperties: undefined,
  ecsProperties: {
    taskProperties: [
      {
        containers: [
          { ...definition.containerProperties, name: 'a' },
          { ...definition.containerProperties, name: 'b', essential: false },
        ],
      },
    ],
  },
};
const ofTask = (...containers: object[]) => ({ ecsPropertiesOverride: { taskProperties: [{ containers }] } });

async function bench(registered: object = definition) {
  const opened = await openBench();
  await opened.call('RegisterJobDefinition', registered);
  return opened;
}

/** What of a job's description an override changes, and to what. */
const changes: readonly (readonly [rule: string, change: object, member: string, shown: unknown])[] = [
  ['its command [L5275]', { containerOverrides: { command: ['ls'] } }, 'container.command', ['ls']],
  ['its parameters [L3902]', { parameters: { word: 'bye' } }, 'container.command', ['echo', 'bye']],
  [
    'a variable, and adds another [L1890]',
    { containerOverrides: { environment: [{ name: 'A', value: '2' }, { name: 'B' }] } },
    'container.environment',
    [{ name: 'A', value: '2' }, { name: 'B' }],
  ],
  [
    'one of its resources (D1)',
    { containerOverrides: { resourceRequirements: [{ type: 'VCPU', value: '3' }] } },
    'container.resourceRequirements',
    [
      { type: 'MEMORY', value: '4' },
      { type: 'VCPU', value: '3' },
    ],
  ],
  [
    'its retry strategy, whole [L5275]',
    { retryStrategy: { attempts: 5 } },
    'retryStrategy',
    { attempts: 5, evaluateOnExit: [] },
  ],
  ['its timeout [L5374]', { timeout: { attemptDurationSeconds: 60 } }, 'timeout', { attemptDurationSeconds: 60 }],
  ['its propagation of tags [L5200]', { propagateTags: false }, 'propagateTags', false],
];
for (const [rule, change, member, shown] of changes) {
  test(`a submission overrides of its definition ${rule}`, async () => {
    const opened = await bench();
    const [detail] = await describe(opened, await submit(opened, change));
    const [outer = '', inner] = member.split('.');
    const found = Object(detail)[outer];
    assert.deepEqual(inner === undefined ? found : found[inner], shown);
  });
}

test('what a submission does not override is as in its definition [L5275]', async () => {
  const opened = await bench();
  const [detail] = await describe(opened, await submit(opened, { containerOverrides: {} }));
  assert.deepEqual(detail?.container?.command, ['echo', 'hello']);
  assert.deepEqual(
    [detail?.retryStrategy?.attempts, detail?.timeout?.attemptDurationSeconds, detail?.propagateTags],
    [2, 100, true],
  );
});

test('containers of a task are overridden by their names, each alone (spec 03 §2)', async () => {
  const opened = await bench(task);
  const jobId = await submit(opened, ofTask({ name: 'b', command: ['ls'], resourceRequirements: list('2', '8') }));
  const [detail] = await describe(opened, jobId);
  assert.deepEqual(
    detail?.ecsProperties?.taskProperties?.[0]?.containers?.map(({ name, command }) => [name, command]),
    [
      ['a', ['echo', 'hello']],
      ['b', ['ls']],
    ],
  );
  assert.deepEqual(opened.yard.jobs.get(jobId)?.resources, { vcpus: 3, memoryMiB: 12, gpus: 0 });
});

const fairShare =
  'Job with shareIdentifier or schedulingPriority can only be submitted to job queue with fair share scheduling policy.';
const refused: readonly (readonly [rule: string, registered: object, change: object, words: string])[] = [
  ['a share without policy [L6926]', definition, { shareIdentifier: 's' }, fairShare],
  ['a priority without policy [L6926]', definition, { schedulingPriorityOverride: 1 }, fairShare],
  [
    'a priority of 10000 [L5354]',
    definition,
    { schedulingPriorityOverride: 10_000 },
    'Scheduling priority must be between 0 and 9999.',
  ],
  [
    'eleven attempts [L2024]',
    definition,
    { retryStrategy: { attempts: 11 } },
    'RetryAttempts must be between 1 and 10.',
  ],
  [
    'rules and no attempts [L5295]',
    definition,
    { retryStrategy: { evaluateOnExit: [{ onExitCode: '1', action: 'EXIT' }] } },
    'RetryAttempts must be provided with retry strategy.',
  ],
  [
    'a timeout of 59 seconds [L2075]',
    definition,
    { timeout: { attemptDurationSeconds: 59 } },
    'AttemptDurationSeconds in Timeout must be at least 60 seconds.',
  ],
  [
    'an empty word in its command [L1893]',
    definition,
    { containerOverrides: { command: [''] } },
    'Command field cannot have empty strings',
  ],
  [
    'a reserved variable [L1966]',
    definition,
    { containerOverrides: { environment: [{ name: 'AWS_BATCH_A', value: '1' }] } },
    'Environment variable name AWS_BATCH_A cannot start with AWS_BATCH: it is reserved.',
  ],
  [
    '3 MiB of memory [L1893]',
    definition,
    { containerOverrides: { memory: 3 } },
    'Memory must be at least 4 Mib, got 3 Mib.',
  ],
  [
    'an instance type [L4033]',
    definition,
    { containerOverrides: { instanceType: 'c5.large' } },
    'instanceType is only applicable for multi-node parallel jobs.',
  ],
  [
    'a parameter too few (ADR 8)',
    { ...definition, parameters: undefined },
    {},
    'Unable to substitute value. No parameter found for reference word',
  ],
  [
    'overrides of a task, being none',
    definition,
    ofTask({ name: 'a' }),
    'ecsPropertiesOverride is not applicable for a job definition without ecsProperties. Use containerOverrides.',
  ],
  [
    'overrides of one container, being a task',
    task,
    { containerOverrides: { command: ['x'] } },
    'containerOverrides is not applicable for a job definition with ecsProperties. Use ecsPropertiesOverride.',
  ],
  [
    'a container that is not there',
    task,
    ofTask({ name: 'c' }),
    'ecsPropertiesOverride names container c, which the job definition does not have.',
  ],
  [
    'a container twice',
    task,
    ofTask({ name: 'a', command: ['x'] }, { name: 'a', environment: [{ name: 'A', value: '2' }] }),
    'ecsPropertiesOverride names container a twice.',
  ],
  [
    'two tasks [L5460]',
    task,
    { ecsPropertiesOverride: { taskProperties: [{}, {}] } },
    'ecsPropertiesOverride can have at most 1 element in taskProperties.',
  ],
];
for (const [rule, registered, change, words] of refused) {
  test(`a submission with ${rule} is refused`, async () => {
    const { refusal } = await bench(registered);
    assert.equal(await refusal('SubmitJob', { ...job, ...change }), words);
  });
}
