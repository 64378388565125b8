import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fargateContainer, openBench, smallDefinition } from '../batch.fixture.ts';

// Citations: spec 03 §2 is [L5392-5498], spec 09 has what came later.

const size = (vcpus: string, memory: string) => [
  { type: 'VCPU', value: vcpus },
  { type: 'MEMORY', value: memory },
];
const container = { image: 'busybox', resourceRequirements: size('1', '2048') };
const named = (name: string, change: object = {}) => ({ ...container, name, ...change });
const of = (containers: readonly object[], change: object = {}) => ({
  jobDefinitionName: 'task',
  type: 'container',
  ecsProperties: { taskProperties: [{ containers, ...change }] },
});
const role = fargateContainer.executionRoleArn;
const onFargate = (containers: readonly object[], change: object = {}) => ({
  ...of(containers, { executionRoleArn: role, ...change }),
  platformCapabilities: ['FARGATE'],
});
const many = (count: number) => Array.from({ length: count }, (_, index) => named(`c${index}`));
const waits = (containerName: string, condition = 'START') => ({ dependsOn: [{ containerName, condition }] });
const logs = { firelensConfiguration: { type: 'fluentbit' } };
const routed = { logConfiguration: { logDriver: 'awsfirelens' } };

const accepted: readonly (readonly [rule: string, input: object])[] = [
  ['one container, without name [L5454]', of([container])],
  ['ten containers [L5459]', of(many(10))],
  ['a side-car [L5469]', of([named('a'), named('b', { essential: false })])],
  ['START on an essential container [L5473]', of([named('a'), named('b', waits('a'))])],
  [
    'COMPLETE and SUCCESS on side-cars [L5473]',
    of([
      named('a', { dependsOn: [...waits('b', 'COMPLETE').dependsOn, ...waits('c', 'SUCCESS').dependsOn] }),
      named('b', { essential: false }),
      named('c', { essential: false }),
    ]),
  ],
  ['every ipcMode on EC2 [L5452]', of([container], { ipcMode: 'none', pidMode: 'host' })],
  ['pidMode task on Fargate [L5452]', onFargate([container], { pidMode: 'task' })],
  ['8 vCPUs together on Fargate [L5542]', onFargate([named('a', two()), named('b', six())])],
  ['a router of logs (2025-03-27)', of([named('a', logs), named('b', routed)])],
  ['120 seconds to start and to stop on Fargate (2026-04-22)', onFargate([timed(120)])],
  ['an hour to start and to stop on EC2 (2026-04-22)', of([timed(3600)])],
  ['remote shells, stored only (2025-03-27)', of([container], { enableExecuteCommand: true })],
];
for (const [rule, input] of accepted) {
  test(`a task may have ${rule}`, async () => {
    const { call } = await openBench();
    assert.equal((await call('RegisterJobDefinition', input)).revision, 1);
  });
}

const target = (condition: string) =>
  `The container target of a dependency can not have condition ${condition} if the target is essential`;
const refused: readonly (readonly [rule: string, input: object, words: string])[] = [
  [
    'two tasks [L5460]',
    { ...of([]), ecsProperties: { taskProperties: [{ containers: [] }, { containers: [] }] } },
    'ecsProperties must have exactly 1 element in taskProperties.',
  ],
  [
    'both forms [L5402]',
    { ...smallDefinition, ...of([container]) },
    'Only one of containerProperties and ecsProperties can be specified.',
  ],
  ['no container [L5459]', of([]), 'Number of containers must be between 1 and 10'],
  ['eleven containers [L5459]', of(many(11)), 'Number of containers must be between 1 and 10'],
  ['containers of one name [L5452]', of([named('a'), named('a')]), 'Container names must be unique'],
  [
    'two containers, one without name [L5452]',
    of([named('a'), container]),
    'Each container of a task must have a name.',
  ],
  ['side-cars only [L5471]', of([named('a', { essential: false })]), 'At least one container must be set as essential'],
  [
    'a container that waits alone [L5473]',
    of([named('a', waits('b'))]),
    'Container dependency can not be used in a single-container job.',
  ],
  [
    'an unknown condition [L5473]',
    of([named('a'), named('b', waits('a', 'HEALTHY'))]),
    'TaskContainer dependency HEALTHY is not valid. Valid values are: [START, COMPLETE, SUCCESS]',
  ],
  ['a dependency on nothing [L5473]', of([named('a'), named('b', waits('c'))]), 'Container dependency is not valid'],
  ['a dependency on itself [L5473]', of([named('a'), named('b', waits('b'))]), 'Container dependency is not valid'],
  [
    'the end of an essential container [L5473]',
    of([named('a'), named('b', waits('a', 'COMPLETE'))]),
    target('COMPLETE'),
  ],
  ['success of an essential one [L5473]', of([named('a'), named('b', waits('a', 'SUCCESS'))]), target('SUCCESS')],
  [
    'containers that wait in a circle [L5473]',
    of([named('a', waits('b')), named('b', waits('a'))]),
    'Containers wait for each other in a circle: a, b',
  ],
  ['a role that is none', of([container], { taskRoleArn: 'jobs' }), 'taskRoleArn jobs is not an iam role arn'],
  [
    'an unknown ipcMode [L5452]',
    of([container], { ipcMode: 'private' }),
    'ipcMode private is not valid. Valid values are: [host, task, none]',
  ],
  [
    'an unknown pidMode [L5452]',
    of([container], { pidMode: 'none' }),
    'Capability none is not valid. Valid capabilities: [host, task]',
  ],
  [
    'ipcMode on Fargate [L5452]',
    onFargate([container], { ipcMode: 'task' }),
    'ipcMode task is not applicable for Fargate.',
  ],
  [
    'no execution role on Fargate [L3987]',
    onFargate([container], { executionRoleArn: undefined }),
    'executionRoleArn is required for Fargate jobs.',
  ],
  [
    '7 vCPUs together on Fargate [L5542]',
    onFargate([named('a', six()), named('b')]),
    'Fargate resource requirements (7.00 vCPU, 14336 MiB) not valid.',
  ],
  [
    'half a vCPU for Windows on Fargate [L3122]',
    onFargate([{ ...container, resourceRequirements: size('0.5', '1024') }], {
      runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2019_CORE' },
    }),
    'vCPU must be at least 1 for Windows Job definition, got 0.5.',
  ],
  [
    'a router of logs that nobody uses (2025-03-27)',
    of([named('a', logs), named('b')]),
    'When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver',
  ],
  [
    'a router of logs, and no root (2025-03-27)',
    of([named('a', { ...logs, user: 'x' }), named('b', { ...routed, user: 'y' })]),
    'When a firelensConfiguration object is specified, at least one container has to run as root',
  ],
  [
    'logs that nobody routes (2025-03-27)',
    of([named('a', routed)]),
    'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers',
  ],
  [
    '121 seconds to start on Fargate (2026-04-22)',
    onFargate([timed(121)]),
    'startTimeout of a container is not valid: 121',
  ],
];
for (const [rule, input, words] of refused) {
  test(`a task with ${rule} is refused`, async () => {
    const { refusal } = await openBench();
    assert.equal(await refusal('RegisterJobDefinition', input), words);
  });
}

function two() {
  return { resourceRequirements: size('2', '4096') };
}

function six() {
  return { resourceRequirements: size('6', '12288') };
}

function timed(seconds: number) {
  return { ...container, startTimeout: seconds, stopTimeout: seconds };
}
