import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EksPodPropertiesDetail, JobDefinition } from '@aws-sdk/client-batch';
import { type Bench, openBench, smallDefinition } from '../batch.fixture.ts';
import { kubernetes } from './environments.fixture.ts';
import { describe, job, submit } from './jobs.fixture.ts';

const size = { limits: { cpu: '1', memory: '512Mi' } };
const pod = {
  containers: [
    {
      name: 'main',
      image: 'busybox',
      command: ['echo'],
      args: ['Ref::word', 'Ref::other'],
      env: [{ name: 'A', value: '1' }],
      resources: size,
    },
    { name: 'side', image: 'busybox', resources: { limits: { cpu: '2', memory: '1024Mi', 'nvidia.com/gpu': '1' } } },
  ],
  initContainers: [{ name: 'first', image: 'busybox', resources: { requests: { cpu: '4', memory: '8Mi' } } }],
  metadata: { labels: { team: 'a', stage: 'test' } },
};

/** With the queue `pods`, and the definition `pod` of two containers and one before them. */
async function benchWithPods(): Promise<Bench> {
  const bench = await openBench();
  await bench.call('CreateComputeEnvironment', kubernetes);
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'k' }];
  await bench.call('CreateJobQueue', { jobQueueName: 'pods', priority: 1, computeEnvironmentOrder });
  await bench.call('RegisterJobDefinition', {
    jobDefinitionName: 'pod',
    type: 'container',
    parameters: { word: 'hello', other: 'there' },
    eksProperties: { podProperties: pod },
  });
  return bench;
}

const podJob = { ...job, jobQueue: 'pods', jobDefinition: 'pod' };
const overriding = (podProperties: object) => ({ ...podJob, eksPropertiesOverride: { podProperties } });

async function describedPod(bench: Bench, change: object): Promise<EksPodPropertiesDetail> {
  const [detail] = await describe(bench, await submit(bench, change));
  return detail?.eksProperties?.podProperties ?? assert.fail('no pod');
}

test('a job of a pod is shown as one, with its parameters in command and args', async () => {
  const bench = await benchWithPods();
  const jobId = await submit(bench, { ...podJob, parameters: { word: 'bye' } });
  const [detail] = await describe(bench, jobId);
  const none = { command: [], args: [], env: [], volumeMounts: [] };
  assert.deepEqual(detail?.eksProperties?.podProperties, {
    ...pod,
    containers: [
      { ...none, ...pod.containers[0], args: ['bye', 'there'] },
      { ...none, ...pod.containers[1] },
    ],
    initContainers: [{ ...none, ...pod.initContainers[0] }],
    volumes: [],
  });
  assert.deepEqual([detail?.eksAttempts, detail?.container, detail?.ecsProperties], [[], undefined, undefined]);
});

test('a pod asks for what its containers do together, or for more where one before them does [L8995]', async () => {
  const bench = await benchWithPods();
  const jobId = await submit(bench, podJob);
  assert.deepEqual(bench.yard.jobs.get(jobId)?.resources, { vcpus: 4, memoryMiB: 1536, gpus: 1 });
});

test('a submission overrides containers of a pod by their names, and its labels', async () => {
  const bench = await benchWithPods();
  const requests = { cpu: '0.5' };
  const change = overriding({
    containers: [
      { name: 'main', image: 'alpine', command: ['printf'], args: ['Ref::word'], env: [{ name: 'B' }] },
      { name: 'side', resources: { limits: { cpu: '3' }, requests } },
    ],
    initContainers: [{ name: 'first', resources: { requests: { cpu: '0.25' } } }],
    metadata: { labels: { stage: 'live' }, annotations: { note: 'n' }, namespace: 'mine' },
  });
  const shown = await describedPod(bench, change);
  const [main, side] = shown.containers ?? [];
  assert.deepEqual(
    [main?.image, main?.command, main?.args, main?.env],
    ['alpine', ['printf'], ['hello'], [{ name: 'A', value: '1' }, { name: 'B' }]],
  );
  const limits = { cpu: '3', memory: '1024Mi', 'nvidia.com/gpu': '1' };
  assert.deepEqual(side?.resources, { limits, requests });
  assert.deepEqual(shown.initContainers?.[0]?.resources, { requests: { cpu: '0.25', memory: '8Mi' } });
  const labels = { team: 'a', stage: 'live' };
  assert.deepEqual(shown.metadata, { labels, annotations: { note: 'n' }, namespace: 'mine' });
});

test('a container that is alone is overridden without its name, or by the default one in either case (spec 02 C17)', async () => {
  const bench = await benchWithPods();
  const eksProperties = { podProperties: { containers: [{ image: 'busybox', resources: size }] } };
  await bench.call('RegisterJobDefinition', { jobDefinitionName: 'alone', type: 'container', eksProperties });
  for (const name of [undefined, 'default', 'Default']) {
    const change = overriding({ containers: [{ name, image: 'alpine' }] });
    const shown = await describedPod(bench, { ...change, jobDefinition: 'alone' });
    assert.equal(shown.containers?.[0]?.image, 'alpine');
  }
});

const refused: readonly (readonly [why: string, change: object, words: string])[] = [
  [
    'overrides of a container of ECS',
    { ...podJob, containerOverrides: { command: ['x'] } },
    'Container overrides or node overrides should not be set for Batch on EKS jobs.',
  ],
  [
    'overrides of a task of ECS',
    { ...podJob, ecsPropertiesOverride: {} },
    'ecsPropertiesOverride is not applicable for a job definition without ecsProperties. Use eksPropertiesOverride.',
  ],
  ['tags to propagate', { ...podJob, propagateTags: true }, 'Batch on EKS does not support tag propagation.'],
  [
    'a container that is not there',
    overriding({ containers: [{ name: 'other' }] }),
    'eksPropertiesOverride names container other, which the job definition does not have.',
  ],
  [
    'one container twice',
    overriding({ containers: [{ name: 'main' }, { name: 'main' }] }),
    'eksPropertiesOverride names container main twice.',
  ],
  [
    'a reserved variable',
    overriding({ containers: [{ name: 'main', env: [{ name: 'AWS_BATCH_X' }] }] }),
    'Environment variable name AWS_BATCH_X cannot start with AWS_BATCH: it is reserved.',
  ],
  [
    "a request above the definition's limit",
    overriding({ containers: [{ name: 'main', resources: { requests: { cpu: '2' } } }] }),
    'cpu request must be <= to cpu limit if both are provided.',
  ],
  [
    'a label of Kubernetes',
    overriding({ metadata: { labels: { 'k8s.io/x': 'x' } } }),
    'The prefix k8s.io of the pod label key cannot contain terms from the following [kubernetes.io, k8s.io, batch.amazonaws.com].',
  ],
  [
    'a queue of EC2',
    { ...podJob, jobQueue: 'default' },
    'Job Queue is attached to Compute Environment that can not run Jobs with capability EKS',
  ],
];
for (const [why, change, words] of refused) {
  test(`a job of a pod with ${why} is refused`, async () => {
    const { refusal } = await benchWithPods();
    assert.equal(await refusal('SubmitJob', change), words);
  });
}

test('overrides of a pod are refused for containers of ECS, and so is their job in a queue of pods', async () => {
  const bench = await benchWithPods();
  await bench.call('RegisterJobDefinition', smallDefinition);
  assert.equal(
    await bench.refusal('SubmitJob', { ...job, eksPropertiesOverride: { podProperties: {} } }),
    'eksPropertiesOverride is not applicable for a job definition without eksProperties. Use containerOverrides.',
  );
  assert.equal(
    await bench.refusal('SubmitJob', { ...job, jobQueue: 'pods' }),
    'Job Queue is attached to Compute Environment that can not run Jobs with capability EC2',
  );
});

test('nodes of a job may be pods: shown as they were given, and overridden by range', async () => {
  const bench = await benchWithPods();
  const ofNodes = (word: string) => ({
    podProperties: {
      containers: [{ name: 'main', image: 'busybox', command: ['echo', word], resources: size }],
      metadata: { labels: { team: 'a' } },
    },
  });
  await bench.call('RegisterJobDefinition', {
    jobDefinitionName: 'pods',
    type: 'multinode',
    parameters: { word: 'hello' },
    nodeProperties: {
      numNodes: 3,
      mainNode: 0,
      nodeRangeProperties: [
        { targetNodes: '0:0', eksProperties: ofNodes('Ref::word') },
        { targetNodes: '1:', eksProperties: ofNodes('b') },
      ],
    },
  });
  const { jobDefinitions } = await bench.call('DescribeJobDefinitions', { jobDefinitionName: 'pods' });
  const [definition] = jobDefinitions as JobDefinition[];
  assert.equal(definition?.containerOrchestrationType, 'EKS');
  const given = definition?.nodeProperties?.nodeRangeProperties?.map(
    ({ eksProperties }) => eksProperties?.podProperties?.containers?.[0]?.command?.[1],
  );
  assert.deepEqual(given, ['Ref::word', 'b']);
  const nodePropertyOverrides = [
    {
      targetNodes: '1:',
      eksPropertiesOverride: {
        podProperties: { containers: [{ name: 'main', command: ['sleep', '1'] }], metadata: { labels: { team: 'b' } } },
      },
    },
  ];
  const nodeOverrides = { numNodes: 4, nodePropertyOverrides };
  const jobId = await submit(bench, { ...job, jobQueue: 'pods', jobDefinition: 'pods', nodeOverrides });
  const [detail] = await describe(bench, jobId);
  assert.equal(detail?.status, 'RUNNABLE');
  assert.equal(detail?.nodeProperties?.numNodes, 4);
  const shown = detail?.nodeProperties?.nodeRangeProperties?.map(({ targetNodes, eksProperties }) => [
    targetNodes,
    eksProperties?.podProperties?.containers?.[0]?.command,
    eksProperties?.podProperties?.metadata?.labels,
  ]);
  assert.deepEqual(shown, [
    ['0:0', ['echo', 'hello'], { team: 'a' }],
    ['1:', ['sleep', '1'], { team: 'b' }],
  ]);
  assert.deepEqual([detail?.container, detail?.eksProperties], [undefined, undefined]);
  const refused = (override: object) =>
    bench.refusal('SubmitJob', {
      ...{ ...job, jobQueue: 'pods', jobDefinition: 'pods' },
      nodeOverrides: { nodePropertyOverrides: [{ targetNodes: '1:', ...override }] },
    });
  assert.match(
    await refused({ containerOverrides: { command: ['x'] } }),
    /^containerOverrides is not applicable for a node range without container\. Use eksPropertiesOverride\.$/,
  );
  assert.match(await refused({ ecsPropertiesOverride: {} }), /Use eksPropertiesOverride/);
});

test('an environment of Kubernetes shows its cluster, a queue of it its type, and they do not mix with others', async () => {
  const bench = await benchWithPods();
  const { computeEnvironments } = await bench.call<{ computeEnvironments: Record<string, unknown>[] }>(
    'DescribeComputeEnvironments',
    { computeEnvironments: ['k'] },
  );
  const [shown] = computeEnvironments;
  assert.deepEqual(
    [shown?.status, shown?.containerOrchestrationType, shown?.eksConfiguration, shown?.ecsClusterArn],
    ['INVALID', 'EKS', kubernetes.eksConfiguration, undefined],
  );
  const { jobQueues } = await bench.call<{ jobQueues: { jobQueueType: string }[] }>('DescribeJobQueues', {
    jobQueues: ['pods'],
  });
  assert.equal(jobQueues[0]?.jobQueueType, 'EKS');
  const computeEnvironmentOrder = [
    { order: 1, computeEnvironment: 'k' },
    { order: 2, computeEnvironment: 'default' },
  ];
  assert.equal(
    await bench.refusal('CreateJobQueue', { jobQueueName: 'mixed', priority: 1, computeEnvironmentOrder }),
    'Compute environments of EKS and ECS can not be mixed.',
  );
});

const eks = kubernetes.eksConfiguration;
const resources = (change: object) => ({ computeResources: { ...kubernetes.computeResources, ...change } });
/** Spec 04 §9.1, 01 items 53 and 60. */
const environments: readonly (readonly [why: string, change: object, words: string])[] = [
  [
    'of no cluster',
    { eksConfiguration: { ...eks, eksClusterArn: 'mine' } },
    'eksClusterArn must be an EKS cluster ARN.',
  ],
  [
    'of a cluster of another region',
    { eksConfiguration: { ...eks, eksClusterArn: eks.eksClusterArn.replace('us-east-1', 'eu-west-1') } },
    'eksClusterArn must be in the same AWS region as the compute environment.',
  ],
  [
    'of a reserved namespace',
    { eksConfiguration: { ...eks, kubernetesNamespace: 'kube-system' } },
    'kubernetesNamespace cannot be a reserved Kubernetes system namespace.',
  ],
  [
    'that is unmanaged',
    { type: 'UNMANAGED', serviceRole: 'r', computeResources: undefined },
    'eksConfiguration is not applicable for unmanaged Compute Environments',
  ],
  ['with a service role', { serviceRole: 'r' }, 'serviceRole is not applicable for EKS Compute Environments.'],
  [
    'on Fargate',
    resources({ type: 'FARGATE' }),
    'Supported compute types for EKS compute environments are [EC2, SPOT].',
  ],
  [
    'without strategy',
    resources({ allocationStrategy: undefined }),
    'allocationStrategy is required for EKS Compute Environments.',
  ],
  [
    'of the best fit',
    resources({ allocationStrategy: 'BEST_FIT' }),
    'allocationStrategy BEST_FIT is not applicable for EKS Compute Environments.',
  ],
  ['without least vCPUs', resources({ minvCpus: undefined }), 'Resource minvCpus is required.'],
  [
    'with images for ECS',
    resources({ ec2Configuration: [{ imageType: 'ECS_AL2' }] }),
    'Invalid imageType in ComputeResources.ec2Configuration',
  ],
];
for (const [why, change, words] of environments) {
  test(`an environment of Kubernetes ${why} is refused`, async () => {
    const { refusal } = await openBench();
    assert.equal(await refusal('CreateComputeEnvironment', { ...kubernetes, ...change }), words);
  });
}
