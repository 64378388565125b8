import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openBench } from '../batch.fixture.ts';

const role = 'arn:aws:iam::123456789012:role/r';
const requirements = [
  { type: 'VCPU', value: '1' },
  { type: 'MEMORY', value: '2048' },
];
const container = {
  image: 'busybox',
  resourceRequirements: requirements,
  command: ['Ref::word'],
  environment: [{ name: 'A', value: '1' }],
  readonlyRootFilesystem: true,
  user: 'nobody',
  secrets: [{ name: 'S', valueFrom: 'parameter' }],
  repositoryCredentials: { credentialsParameter: 'c' },
  logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': '/g' } },
};
const ec2Container = {
  ...container,
  privileged: true,
  ulimits: [{ name: 'nofile', softLimit: 1, hardLimit: 2 }],
  linuxParameters: {
    initProcessEnabled: true,
    devices: [{ hostPath: '/dev/fuse' }],
    tmpfs: [{ containerPath: '/t', size: 1 }],
    maxSwap: 1,
    swappiness: 1,
  },
};
const ec2 = {
  containerProperties: {
    ...ec2Container,
    executionRoleArn: role,
    jobRoleArn: role,
    enableExecuteCommand: true,
    volumes: [
      { name: 'v', host: {} },
      { name: 'e', efsVolumeConfiguration: { fileSystemId: 'fs-1', authorizationConfig: {} } },
    ],
  },
};
const platform = { runtimePlatform: { cpuArchitecture: 'ARM64' }, ephemeralStorage: { sizeInGiB: 21 } };
const network = { networkConfiguration: { assignPublicIp: 'ENABLED' } };
const fargate = {
  platformCapabilities: ['FARGATE'],
  containerProperties: { ...container, ...platform, ...network, executionRoleArn: role },
};
const task = {
  ecsProperties: {
    taskProperties: [
      {
        executionRoleArn: role,
        taskRoleArn: role,
        ipcMode: 'task',
        pidMode: 'host',
        volumes: [{ name: 'v' }],
        containers: [
          { ...ec2Container, name: 'a', dependsOn: [{ containerName: 'b', condition: 'SUCCESS' }] },
          { ...container, name: 'b', essential: false, startTimeout: 5, stopTimeout: 7 },
        ],
      },
    ],
  },
};
const fargateTask = {
  platformCapabilities: ['FARGATE'],
  ecsProperties: { taskProperties: [{ ...platform, ...network, executionRoleArn: role, containers: [container] }] },
};
const quantities = { cpu: '1', memory: '4Mi' };
const pod = {
  eksProperties: {
    podProperties: {
      serviceAccountName: 's',
      hostNetwork: true,
      containers: [
        {
          image: 'busybox',
          command: ['true'],
          args: ['x'],
          env: [{ name: 'A' }],
          resources: { limits: quantities },
          securityContext: { privileged: false },
        },
      ],
      initContainers: [{ image: 'busybox', name: 'first', resources: { requests: quantities } }],
      volumes: [{ name: 'v', emptyDir: {} }],
      metadata: { labels: { a: 'b' } },
    },
  },
};

/** What a form must have to be one, or what another of its members needs. */
const needed = new Set([
  ...['containerProperties', 'ecsProperties', 'eksProperties', 'podProperties', 'taskProperties', 'containers'],
  ...['image', 'resourceRequirements', 'executionRoleArn', 'platformCapabilities', 'resources', 'limits', 'requests'],
  ...[
    'name',
    'type',
    'value',
    'valueFrom',
    'containerName',
    'condition',
    'essential',
    'hostPath',
    'containerPath',
    'size',
  ],
  ...['softLimit', 'hardLimit', 'logDriver', 'fileSystemId', 'sizeInGiB', 'credentialsParameter', 'cpu', 'memory'],
  ...['maxSwap', 'swappiness', 'consumableResource', 'quantity', 'attempts', 'a', 'b'],
]);

/** The same with some members left out, wherever they stand: one bit for each that may be. */
function without(value: unknown, keep: () => boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => without(each, keep));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => needed.has(name) || keep());
  return Object.fromEntries(kept.map(([name, member]) => [name, without(member, keep)]));
}

const around = {
  type: 'container',
  parameters: { word: 'w' },
  schedulingPriority: 3,
  retryStrategy: { attempts: 2 },
  timeout: { attemptDurationSeconds: 60 },
  consumableResourceProperties: { consumableResourceList: [{ consumableResource: 'c', quantity: 1 }] },
  tags: { a: 'b' },
};

type Described = Record<string, unknown>;

test('a definition registered as another is described is described the same, whatever it has', async () => {
  const { call } = await openBench();
  const described = async (input: object): Promise<Described> => {
    const { revision } = await call<{ revision: number }>('RegisterJobDefinition', {
      ...input,
      jobDefinitionName: 'd',
    });
    const { jobDefinitions } = await call<{ jobDefinitions: Described[] }>('DescribeJobDefinitions', {
      jobDefinitions: [`d:${revision}`],
    });
    const { jobDefinitionArn: _arn, revision: _revision, ...rest } = JSON.parse(JSON.stringify(jobDefinitions[0]));
    return rest;
  };
  const form = fc.constantFrom(ec2, fargate, task, fargateTask, pod);
  await fc.assert(
    fc.asyncProperty(form, fc.infiniteStream(fc.boolean()), async (whole, bits) => {
      const given = without({ ...around, ...whole }, () => bits.next().value) as Described;
      const first = await described({ ...given, type: 'container' });
      assert.deepEqual(await described(first), first);
    }),
    { numRuns: 200 },
  );
});

test('Linux parameters of a container show lists that were not given, those of a task do not: Terraform takes both for equal', async () => {
  const { call } = await openBench();
  const linuxParameters = { initProcessEnabled: true };
  const image = { image: 'busybox', resourceRequirements: requirements, linuxParameters };
  const register = (input: object) =>
    call('RegisterJobDefinition', { jobDefinitionName: 'd', type: 'container', ...input });
  await register({ containerProperties: image });
  await register({ ecsProperties: { taskProperties: [{ containers: [image] }] } });
  const { jobDefinitions } = await call<{ jobDefinitions: object[] }>('DescribeJobDefinitions', {});
  const shown: unknown[] = [];
  JSON.parse(JSON.stringify(jobDefinitions), (name, value) => {
    if (name === 'linuxParameters') shown.push(value);
    return value;
  });
  assert.deepEqual(shown, [linuxParameters, { ...linuxParameters, devices: [], tmpfs: [] }]);
});
