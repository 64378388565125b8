import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobDefinition } from '@aws-sdk/client-batch';
import { openBench } from '../batch.fixture.ts';
import { arn, describe, submit } from './jobs.fixture.ts';
import { refusedAsTried, type Tried } from './tried-answers.fixture.ts';

const container = { image: 'busybox', vcpus: 1, memory: 4 };
const at = (targetNodes: string, change: object = {}) => ({ targetNodes, container: { ...container, ...change } });
const task = (...names: string[]) => {
  const needs = {
    resourceRequirements: [
      { type: 'VCPU', value: '1' },
      { type: 'MEMORY', value: '4' },
    ],
  };
  return {
    ecsProperties: { taskProperties: [{ containers: names.map((name) => ({ name, image: 'busybox', ...needs })) }] },
  };
};

/** A definition of four nodes. */
function defined(ranges: readonly object[], change: object = {}) {
  const nodeProperties = { numNodes: 4, mainNode: 0, nodeRangeProperties: ranges, ...change };
  return { jobDefinitionName: 'x', type: 'multinode', nodeProperties };
}

const tried: readonly Tried[] = [
  {
    rule: 'jd-multinode-requires-node-properties',
    input: { ...defined([]), nodeProperties: undefined },
    words: 'Node properties of multinode job is required.',
  },
  {
    rule: 'jd-node-properties-requires-multinode',
    input: { ...defined([at('0:3')]), type: 'container', containerProperties: container },
    words: 'ECS ContainerProperties, ecsProperties, or eksProperties is required when using type container.',
  },
  {
    rule: 'jd-node-num-nodes-max',
    input: defined([at('0:')], { numNodes: 1001 }),
    words: 'Number of nodes must be between 1 and 1000.',
  },
  {
    rule: 'jd-node-num-nodes-max',
    input: defined([at('0:')], { numNodes: 0 }),
    words: 'Number of nodes must be between 1 and 1000.',
  },
  {
    rule: 'jd-node-main-node-lt-num',
    input: defined([at('0:3')], { mainNode: 4 }),
    words: 'Main node index is out of range, must be less than numNodes.',
  },
  {
    rule: 'jd-node-main-node-lt-num',
    input: defined([at('0:3')], { mainNode: -1 }),
    words: 'Main node index is out of range, must be less than numNodes.',
  },
  {
    rule: 'jd-node-ranges-max',
    input: defined(Array.from({ length: 6 }, () => at('0:3'))),
    words: 'Maximum allowed size of node range properties is 5',
  },
  ...['a:b', '', '0-3', '-1', '0:1:2', ' 0', '1234567890'].map((targetNodes) => ({
    rule: 'jd-node-target-nodes-format',
    input: defined([at(targetNodes)]),
    words: 'targetNodes should contain only digits.',
  })),
  ...['0:4', '4', '4:', ':4'].map((targetNodes) => ({
    rule: 'jd-node-target-nodes-in-range',
    input: defined([at('0:3'), at(targetNodes)]),
    words: `Node range error ${targetNodes}. Node range should be smaller than number of nodes`,
  })),
  ...[['0:2'], ['1:'], ['0', '2:3'], []].map((ranges) => ({
    rule: 'jd-node-target-nodes-coverage',
    input: defined(ranges.map((range) => at(range))),
    words: 'Node Range Properties target nodes have missing ranges',
  })),
  {
    rule: 'jd-node-range-payload-required',
    input: defined([{ targetNodes: '0:3' }]),
    words: 'Must specify container for node range 0:3.',
  },
  {
    rule: 'jd-node-range-payload-exclusive',
    input: defined([{ ...at('0:3'), ...task('a') }]),
    words: 'NodeRangeProperties can not use both ecsProperties and container fields',
  },
  {
    rule: 'jd-node-instance-types-ecs-only',
    input: defined([{ ...at('0:3'), instanceTypes: ['c5.large'] }]),
    words: 'Using instanceTypes with nodeRangeProperty is only allowed for ecsProperties jobs.',
  },
];

test('what AWS refused of nodes when it was tried there is refused in its words', async () => {
  await refusedAsTried(await openBench(), 'RegisterJobDefinition', tried);
});

/** Each with the line of the specification that says so. */
const pod = {
  podProperties: { containers: [{ image: 'busybox', resources: { limits: { cpu: '1', memory: '8Mi' } } }] },
};
const refused: readonly (readonly [line: string, input: object, words: RegExp])[] = [
  [
    '02 §0.4: no multinode on Fargate',
    { ...defined([at('0:')]), platformCapabilities: ['FARGATE'] },
    /not applicable for Fargate/,
  ],
  [
    '08 D22: nodes instead of a container',
    { ...defined([at('0:')]), containerProperties: container },
    /^containerProperties is not applicable for multinode/,
  ],
  [
    '02 §2: nodes instead of a task',
    { ...defined([at('0:')]), ...task('a') },
    /^ecsProperties is not applicable for multinode/,
  ],
  [
    '02 §7: both ends of a range',
    defined([at('0:'), at('2:1')]),
    /^Node range error 2:1\. It ends before it begins\.$/,
  ],
  [
    '02 §5.5: one instance type',
    defined([at('0:1', { instanceType: 'a' }), at('2:', { instanceType: 'b' })]),
    /same instance type/,
  ],
  [
    '03 §2.2: one element',
    defined([{ targetNodes: '0:', instanceTypes: ['a', 'b'], ...task('a') }]),
    /at most 1 element/,
  ],
  [
    '03 §2.1: one form for all ranges',
    defined([at('0:1'), { targetNodes: '2:', ...task('a') }]),
    /both ecsProperties and container/,
  ],
  ['02 §5.6: an image', defined([at('0:', { image: undefined })]), /^ECS Container Image must be provided\.$/],
  [
    '02 §5.12: memory for each node',
    defined([at('0:', { memory: undefined }), at('0:2')]),
    /^Memory is not provided\.$/,
  ],
  ['02 §5.21: nothing of Fargate', defined([at('0:', { networkConfiguration: {} })]), /not applicable for EC2/],
  ['03 §2.1: names of containers', defined([{ targetNodes: '0:', ...task('a', 'a') }]), /names must be unique/],
  [
    '09: a range of a pod has containers',
    defined([{ targetNodes: '0:', eksProperties: {} }]),
    /^Containers must be provided for Batch on EKS jobs\.$/,
  ],
  [
    '09: one form for all ranges',
    defined([at('0:1'), { targetNodes: '2:', eksProperties: pod }]),
    /^NodeRangeProperties can not use both eksProperties and container fields$/,
  ],
  [
    '09: one form in a range',
    defined([{ targetNodes: '0:', eksProperties: pod, ...task('a') }]),
    /^NodeRangeProperties can not use both ecsProperties and eksProperties fields$/,
  ],
  [
    '09: no platform of pods',
    { ...defined([{ targetNodes: '0:', eksProperties: pod }]), platformCapabilities: ['EC2'] },
    /^platformCapabilities is not applicable for Batch on EKS jobs\.$/,
  ],
  [
    '09: no tags of pods',
    { ...defined([{ targetNodes: '0:', eksProperties: pod }]), propagateTags: true },
    /^Batch on EKS does not support tag propagation\.$/,
  ],
];
for (const [line, input, words] of refused) {
  test(`a definition of nodes is refused: ${line}`, async () => {
    const { refusal } = await openBench();
    assert.match(await refusal('RegisterJobDefinition', input), words);
  });
}

/** What a job of a definition asks of the scheduler, by range, and the image of each node. */
async function submitted(definition: object, change: object = {}) {
  const bench = await openBench();
  await bench.call('RegisterJobDefinition', definition);
  const jobId = await submit(bench, change);
  const job = bench.yard.jobs.get(jobId);
  assert.ok(job?.kind === 'multiNode');
  return { bench, job, jobId };
}

const ofRange = (first: number, last: number, vcpus: number, memoryMiB: number) => ({
  ...{ first, last },
  resources: { vcpus, memoryMiB, gpus: 0 },
});

test('ranges are asked for one by one, and all of them together', async () => {
  const { job } = await submitted(defined([at('0'), at('1:', { vcpus: 2, memory: 8 })], { mainNode: 3 }));
  assert.deepEqual(job.ranges, [ofRange(0, 0, 1, 4), ofRange(1, 3, 2, 8)]);
  assert.deepEqual([job.size, job.mainNode, job.resources], [4, 3, { vcpus: 7, memoryMiB: 28, gpus: 0 }]);
});

test('an inner range overrides what the outer one says, whatever their order and their forms', async () => {
  const inner = { targetNodes: '1:2', container: { resourceRequirements: [{ type: 'MEMORY', value: '16' }] } };
  for (const ranges of [
    [at(':'), inner],
    [inner, at(':')],
  ]) {
    const { job } = await submitted(defined(ranges));
    assert.deepEqual(job.ranges, [ofRange(0, 0, 1, 4), ofRange(1, 2, 1, 16), ofRange(3, 3, 1, 4)]);
  }
});

test('a submission with more nodes has them in the open range', async () => {
  const definition = defined([at('0'), at('1:', { vcpus: 2 })]);
  const { job } = await submitted(definition, { nodeOverrides: { numNodes: 7 } });
  assert.deepEqual([job.size, job.ranges], [7, [ofRange(0, 0, 1, 4), ofRange(1, 6, 2, 4)]]);
  const fewer = await submitted(definition, { nodeOverrides: { numNodes: 2 } });
  assert.deepEqual(fewer.job.ranges, [ofRange(0, 0, 1, 4), ofRange(1, 1, 2, 4)]);
});

test('what a range is overridden with counts for its nodes alone', async () => {
  const resourceRequirements = [{ type: 'VCPU', value: '3' }];
  const needs = {
    resourceRequirements: [
      { type: 'VCPU', value: '1' },
      { type: 'MEMORY', value: '4' },
    ],
  };
  const ranges = ['0:1', '2:'].map((targetNodes) => ({ targetNodes, container: { image: 'busybox', ...needs } }));
  for (const targetNodes of ['2:', '2:3']) {
    const nodePropertyOverrides = [
      { targetNodes, containerOverrides: { resourceRequirements, instanceType: 'c5.large' } },
    ];
    const { job, bench, jobId } = await submitted(defined(ranges), { nodeOverrides: { nodePropertyOverrides } });
    assert.deepEqual(job.ranges, [ofRange(0, 1, 1, 4), ofRange(2, 3, 3, 4)]);
    const [shown] = await describe(bench, jobId);
    assert.deepEqual(
      shown?.nodeProperties?.nodeRangeProperties?.map((range) => [range.targetNodes, range.container?.instanceType]),
      [
        ['0:1', undefined],
        ['2:', 'c5.large'],
      ],
    );
  }
});

const refusedOverrides: readonly (readonly [title: string, change: object, words: RegExp])[] = [
  ['an array', { arrayProperties: { size: 2 } }, /^arrayProperties should not be set/],
  ['overrides of a single container', { containerOverrides: { vcpus: 2 } }, /^containerOverrides should not be set/],
  [
    'overrides of a task',
    { ecsPropertiesOverride: { taskProperties: [] } },
    /^ecsPropertiesOverride should not be set/,
  ],
  ['no node', { nodeOverrides: { numNodes: 0 } }, /^Number of nodes must be between 1 and 1000\.$/],
  [
    'a range that begins beyond',
    { nodeOverrides: { numNodes: 3 } },
    /^Node range error .*should be smaller than number of nodes$/,
  ],
  [
    'a range that is not there',
    { nodeOverrides: { nodePropertyOverrides: [{ targetNodes: '0:1' }] } },
    /Non matching targets - 0:1$/,
  ],
  [
    'half a vCPU',
    { nodeOverrides: { nodePropertyOverrides: [{ targetNodes: '3:', containerOverrides: { vcpus: 0 } }] } },
    /^vCPU must be at least 1, got 0\.$/,
  ],
  [
    'a reserved variable',
    {
      nodeOverrides: {
        nodePropertyOverrides: [
          { targetNodes: '3:', containerOverrides: { environment: [{ name: 'AWS_BATCH_X', value: '1' }] } },
        ],
      },
    },
    /is reserved\.$/,
  ],
  [
    'an override of a task',
    { nodeOverrides: { nodePropertyOverrides: [{ targetNodes: '3:', ecsPropertiesOverride: {} }] } },
    /Use containerOverrides\.$/,
  ],
  [
    'instance types',
    { nodeOverrides: { nodePropertyOverrides: [{ targetNodes: '3:', instanceTypes: ['a'] }] } },
    /only allowed for ecsProperties jobs\.$/,
  ],
];
for (const [title, change, words] of refusedOverrides) {
  test(`a submission of nodes with ${title} is refused`, async () => {
    const bench = await openBench();
    await bench.call('RegisterJobDefinition', defined([at('0:2'), at('3:')]));
    assert.match(
      await bench.refusal('SubmitJob', { jobName: 'j', jobQueue: 'default', jobDefinition: 'x', ...change }),
      words,
    );
  });
}

test('a main node beyond the overridden number is refused, and so are node overrides of a job without nodes', async () => {
  const bench = await openBench();
  await bench.call('RegisterJobDefinition', defined([at('0:')], { mainNode: 3 }));
  const job = { jobName: 'j', jobQueue: 'default', jobDefinition: 'x' };
  assert.match(
    await bench.refusal('SubmitJob', { ...job, nodeOverrides: { numNodes: 3 } }),
    /^Main node index is out of range/,
  );
  await bench.call('RegisterJobDefinition', {
    jobDefinitionName: 'y',
    type: 'container',
    containerProperties: container,
  });
  const single = { ...job, jobDefinition: 'y' };
  assert.match(
    await bench.refusal('SubmitJob', { ...single, nodeOverrides: { numNodes: 2 } }),
    /^nodeOverrides should not be set/,
  );
  await bench.call('SubmitJob', { ...single, nodeOverrides: {} });
});

test('the variable that Step Functions adds says nothing of nodes or of a task', async () => {
  const managed = {
    containerOverrides: { environment: [{ name: 'MANAGED_BY_AWS', value: 'STARTED_BY_STEP_FUNCTIONS' }] },
  };
  const { job } = await submitted(defined([at('0:')]), managed);
  assert.equal(job.specification.nodes[0]?.containers[0]?.environment, undefined);
  const bench = await openBench();
  await bench.call('RegisterJobDefinition', { jobDefinitionName: 'x', type: 'container', ...task('a', 'b') });
  await submit(bench, managed);
});

test('a range whose overrides are too long fails its job at once, as on AWS', async () => {
  const environment = [{ name: 'LONG', value: 'x'.repeat(9_000) }];
  const nodePropertyOverrides = [{ targetNodes: '3:', containerOverrides: { environment } }];
  const { job } = await submitted(defined([at('0:2'), at('3:')]), { nodeOverrides: { nodePropertyOverrides } });
  assert.equal(job.failsAtOnce, 'Container Overrides length must be at most 8192');
});

test('policies are asked about the container of each range, and about all roles', async () => {
  const bench = await openBench();
  const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
  const ranges = [
    at('0', { jobRoleArn: role('main'), privileged: true }),
    at('1:', { executionRoleArn: role('pull'), image: 'other' }),
  ];
  const { requests } = await accessTo(bench, defined(ranges));
  const registers = requests.filter(({ action }) => action === 'batch:RegisterJobDefinition');
  assert.deepEqual(
    registers.map(({ conditions }) => [conditions?.['batch:Image'], conditions?.['batch:Privileged']]),
    [
      ['busybox', 'true'],
      ['other', 'false'],
    ],
  );
  const passed = requests.filter(({ action }) => action === 'iam:PassRole').map(({ resource }) => resource);
  assert.deepEqual(passed, [role('main'), role('pull')]);
});

async function accessTo(bench: Awaited<ReturnType<typeof openBench>>, input: object) {
  const access = await bench.access('RegisterJobDefinition', input);
  return { requests: access as readonly { action: string; resource: string; conditions?: Record<string, unknown> }[] };
}

test('a definition of nodes is described with what it was registered with, and without variables that say nothing', async () => {
  const bench = await openBench();
  const environment = [{ name: 'EMPTY' }, { name: 'A', value: '1' }];
  await bench.call('RegisterJobDefinition', defined([at('0:', { environment })]));
  const { jobDefinitions } = await bench.call<{ jobDefinitions: JobDefinition[] }>('DescribeJobDefinitions', {
    jobDefinitions: [`${arn}:job-definition/x:1`],
  });
  const [range] = jobDefinitions[0]?.nodeProperties?.nodeRangeProperties ?? [];
  assert.deepEqual(range?.container?.environment, [{ name: 'A', value: '1' }]);
  assert.deepEqual(range?.container?.ulimits, []);
});
