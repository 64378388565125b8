import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench } from '../batch.fixture.ts';

// Citations: spec 02 §6 is [L4832-5178], 03 §2.3 [L5482-5498], 04 §11.1 [L8980-9005].

const size = { limits: { cpu: '1', memory: '512Mi' } };
const container = { image: 'busybox', resources: size };
const withPod = (podProperties: object, more: object = {}) => ({
  jobDefinitionName: 'pod',
  type: 'container',
  eksProperties: { podProperties },
  ...more,
});
const of = (change: object) => withPod({ containers: [{ ...container, ...change }] });
const asking = (resources: object) => of({ resources });
const pair = (first: object, second: object) =>
  withPod({
    containers: [
      { ...container, ...first },
      { ...container, ...second },
    ],
  });
const mounting = (volume: object, mount: object = { name: 'v', mountPath: '/v' }) =>
  withPod({ containers: [{ ...container, volumeMounts: [mount] }], volumes: [{ name: 'v', ...volume }] });
const metadata = (given: object) => withPod({ containers: [container], metadata: given });

const accepted: readonly (readonly [rule: string, input: object])[] = [
  ['the least that a pod can be [L4844]', of({})],
  ['ten containers, and ten before them [L5486]', withPod(ten())],
  ['requests alone, as the guide has them of init containers [L5602]', asking({ requests: size.limits })],
  ['a cpu request below its limit [L4946]', asking({ limits: size.limits, requests: { cpu: '0.25' } })],
  ['a quarter of a cpu [L8989]', asking({ limits: { cpu: '0.25', memory: '4Mi' } })],
  ['1.75 cpus [L8990]', asking({ limits: { cpu: '1.75', memory: '4Mi' } })],
  ['GPUs alike in both [L4976]', asking({ limits: gpus('2'), requests: gpus('2') })],
  ['each pull policy [L4910]', pair({ name: 'a', imagePullPolicy: 'Never' }, { name: 'b', imagePullPolicy: 'Always' })],
  ['a variable without value [L4886]', of({ env: [{ name: 'A' }] })],
  ['an empty directory in memory [L5106]', mounting({ emptyDir: { medium: 'Memory', sizeLimit: '100Mi' } })],
  ['an empty directory on disk [L5106]', mounting({ emptyDir: { medium: '' } })],
  ['a path of the host [L5132]', mounting({ hostPath: { path: '/data' } })],
  ['a secret [L5156]', mounting({ secret: { secretName: 'my.secret', optional: true } })],
  ['a claim (2024-12-17)', mounting({ persistentVolumeClaim: { claimName: 'disk', readOnly: true } })],
  ['a volume of no kind [L5090]', mounting({})],
  ['a label with a prefix [L3268]', metadata({ labels: { 'example.com/Team_1': 'a.b', empty: '' } })],
  ['annotations and a namespace (2024-12-17)', metadata({ annotations: { note: 'any text' }, namespace: 'mine' })],
  ['tags that are not to be propagated [L5200]', withPod({ containers: [container] }, { propagateTags: false })],
];
for (const [rule, input] of accepted) {
  test(`a definition of a pod may have ${rule}`, async () => {
    const { call } = await openBench();
    assert.equal((await call('RegisterJobDefinition', input)).revision, 1);
  });
}

const one = 'When the volume parameter is specified, only one volume configuration type should be used.';
const notANumber = (value: string, type: string) =>
  `Value ${value} for type ${type} in resources is not valid. Provide a valid number as input.`;
const terms = 'cannot contain terms from the following [kubernetes.io, k8s.io, batch.amazonaws.com].';

const refused: readonly (readonly [rule: string, input: object, words: string])[] = [
  ['no pod [L4834]', withPod({}), 'Containers must be provided for Batch on EKS jobs.'],
  ['no container [L4844]', withPod({ containers: [] }), 'Containers must be provided for Batch on EKS jobs.'],
  [
    'eleven containers [L5486]',
    withPod({ containers: [...ten().containers, { ...container, name: 'k' }] }),
    'Number of containers must be between 1 and 10',
  ],
  [
    'eleven init containers [L5486]',
    withPod({ containers: [container], initContainers: [...ten().initContainers, { ...container, name: 'k' }] }),
    'Number of containers must be between 1 and 10',
  ],
  [
    'two containers, one without name [L5485]',
    pair({ name: 'a' }, {}),
    'The container name is required in multi-container job.',
  ],
  [
    'two containers of one name [L4918]',
    pair({ name: 'main' }, { name: 'main' }),
    'The container name: main must be unique in multi-container job.',
  ],
  [
    'a name of 64 characters [L3276]',
    of({ name: 'a'.repeat(64) }),
    `The container name: ${'a'.repeat(64)} is not valid.`,
  ],
  ['a name that begins with a hyphen [L3276]', of({ name: '-a' }), 'The container name: -a is not valid.'],
  ['no image [L4900]', of({ image: '' }), 'image of a container is required for eksProperties.'],
  [
    'an image of 256 characters [L4014]',
    of({ image: 'x'.repeat(256) }),
    'Container image has more than 255 characters.',
  ],
  ['an unknown pull policy [L4910]', of({ imagePullPolicy: 'Sometimes' }), 'Unsupported image pull policy value.'],
  [
    'an unknown DNS policy [L5064]',
    withPod({ containers: [container], dnsPolicy: 'None' }),
    'Unsupported DNS policy value.',
  ],
  [
    'a variable that is reserved [L4878]',
    of({ env: [{ name: 'AWS_BATCH_JOB_ID', value: 'x' }] }),
    'Environment variable name AWS_BATCH_JOB_ID cannot start with AWS_BATCH: it is reserved.',
  ],
  ['no resources [L4924]', of({ resources: undefined }), 'You must provide a container for eksProperties.'],
  ['cpu alone [L4924]', asking({ limits: { cpu: '1' } }), 'cpu and memory resources must be provided.'],
  ['memory alone [L4924]', asking({ requests: { memory: '4Mi' } }), 'cpu and memory resources must be provided.'],
  [
    'a resource of another kind [L4924]',
    asking({ limits: { ...size.limits, 'amd.com/gpu': '1' } }),
    'amd.com/gpu is not a supported type for resources.',
  ],
  ['thousandths of a cpu [L8989]', asking({ limits: { cpu: '100m', memory: '4Mi' } }), notANumber('100m', 'cpu')],
  ['0.3 cpus [L4946]', asking({ limits: { cpu: '0.3', memory: '4Mi' } }), notANumber('0.3', 'cpu')],
  ['no cpus [L8989]', asking({ limits: { cpu: '0', memory: '4Mi' } }), notANumber('0', 'cpu')],
  ['half a GPU [L4950]', asking({ limits: gpus('0.5') }), notANumber('0.5', 'nvidia.com/gpu')],
  ['GiB of memory [L4936]', asking({ limits: { cpu: '1', memory: '2Gi' } }), 'Value 2Gi for type memory is not valid.'],
  [
    '3 MiB of memory [L4936]',
    asking({ limits: { cpu: '1', memory: '3Mi' } }),
    'Memory must be at least 4 Mib, got 3 Mib.',
  ],
  [
    'a cpu request above its limit [L4946]',
    asking({ limits: size.limits, requests: { cpu: '2' } }),
    'cpu request must be <= to cpu limit if both are provided.',
  ],
  [
    'memory that differs [L4936]',
    asking({ limits: size.limits, requests: { memory: '256Mi' } }),
    'memory request must be equal to memory limit if both are provided.',
  ],
  [
    'GPUs that differ [L4976]',
    asking({ limits: gpus('2'), requests: gpus('1') }),
    'gpu request must be equal to gpu limit if both are provided.',
  ],
  [
    'a mount of no volume [L5032]',
    mounting({}, { name: 'other', mountPath: '/v' }),
    'The volumeMounts name is required for eksProperties.',
  ],
  ['a volume of two kinds [L5090]', mounting({ hostPath: {}, emptyDir: {} }), one],
  ['a volume name with capitals [L5148]', mounting({ name: 'V' }), 'Volume name is not valid: V'],
  [
    'two volumes of one name [L5148]',
    withPod({ containers: [container], volumes: [{ name: 'v' }, { name: 'v' }] }),
    'Volume names must be unique.',
  ],
  [
    'an unknown medium [L5106]',
    mounting({ emptyDir: { medium: 'Disk' } }),
    'Invalid Volume mount. Allowed values - Memory or null.',
  ],
  ['GiB of an empty directory [L5122]', mounting({ emptyDir: { sizeLimit: '1Gi' } }), 'Invalid empty dir size limit.'],
  ['a secret name with capitals [L5172]', mounting({ secret: { secretName: 'S' } }), 'Secret name is not valid: S'],
  [
    'a claim name with capitals (2024-12-17)',
    mounting({ persistentVolumeClaim: { claimName: 'C' } }),
    'Claim name is not valid: C',
  ],
  [
    'a user below 0 [L5022]',
    of({ securityContext: { runAsUser: -1 } }),
    'runAsUser must be between 0 and 4294967295, got -1.',
  ],
  [
    'a label of Kubernetes [L3268]',
    metadata({ labels: { 'kubernetes.io/name': 'x' } }),
    `The prefix kubernetes.io of the pod label key ${terms}`,
  ],
  [
    'a label of Batch [L3268]',
    metadata({ labels: { 'sub.batch.amazonaws.com/name': 'x' } }),
    `The prefix sub.batch.amazonaws.com of the pod label key ${terms}`,
  ],
  [
    'a label that begins with a hyphen (2024-12-17)',
    metadata({ labels: { '-team': 'x' } }),
    'The name -team of the pod label key does not match a valid pattern.',
  ],
  [
    'a label value of 64 characters (2024-12-17)',
    metadata({ labels: { team: 'a'.repeat(64) } }),
    `The pod label value ${'a'.repeat(64)} does not match a valid pattern.`,
  ],
  [
    'an annotation of Batch (2024-12-17)',
    metadata({ annotations: { 'batch.amazonaws.com/x': 'x' } }),
    `The prefix batch.amazonaws.com of the pod annotation key ${terms}`,
  ],
  [
    'an annotation value of 256 characters (2024-12-17)',
    metadata({ annotations: { note: 'a'.repeat(256) } }),
    `Metadata annotation value ${'a'.repeat(256)} cannot be longer than 255 characters.`,
  ],
  [
    'the namespace default (2024-12-17)',
    metadata({ namespace: 'default' }),
    'kubernetesNamespace cannot be the default Kubernetes namespace.',
  ],
  [
    "a namespace of the system's (2024-12-17)",
    metadata({ namespace: 'kubeflow' }),
    'kubernetesNamespace cannot be a reserved Kubernetes system namespace.',
  ],
  [
    'a namespace of 64 characters (2024-12-17)',
    metadata({ namespace: 'a'.repeat(64) }),
    'kubernetesNamespace must less than or equal to 63 characters long.',
  ],
  [
    'a namespace with capitals (2024-12-17)',
    metadata({ namespace: 'Mine' }),
    'kubernetesNamespace must be a valid Kubernetes namespace.',
  ],
  [
    'a container of ECS beside it [L4834]',
    withPod({ containers: [container] }, { containerProperties: { image: 'i', vcpus: 1, memory: 4 } }),
    'Cannot use both containerProperties and eksProperties',
  ],
  [
    'a task of ECS beside it [L4834]',
    withPod({ containers: [container] }, { ecsProperties: { taskProperties: [] } }),
    'Cannot use both ecsProperties and eksProperties',
  ],
  [
    'a platform of ECS [L5188]',
    withPod({ containers: [container] }, { platformCapabilities: ['EC2'] }),
    'platformCapabilities is not applicable for Batch on EKS jobs.',
  ],
  [
    'tags to propagate [L5204]',
    withPod({ containers: [container] }, { propagateTags: true }),
    'Batch on EKS does not support tag propagation.',
  ],
];
for (const [rule, input, words] of refused) {
  test(`a definition of a pod with ${rule} is refused`, async () => {
    const { refusal } = await openBench();
    assert.equal(await refusal('RegisterJobDefinition', input), words);
  });
}

/** Every member of a pod. */
const wholePod = {
  serviceAccountName: 'robot',
  hostNetwork: false,
  dnsPolicy: 'ClusterFirst',
  imagePullSecrets: [{ name: 'registry' }],
  containers: [
    {
      name: 'main',
      image: 'busybox:latest',
      imagePullPolicy: 'IfNotPresent',
      command: ['sh', '-c'],
      args: ['echo $(WORD)'],
      env: [{ name: 'WORD', value: 'hello' }, { name: 'EMPTY' }],
      resources: { limits: { ...gpus('1'), cpu: '2' }, requests: { cpu: '1' } },
      volumeMounts: [{ name: 'scratch', mountPath: '/tmp', subPath: 'job', readOnly: false }],
      securityContext: {
        runAsUser: 1000,
        runAsGroup: 3000,
        privileged: true,
        allowPrivilegeEscalation: true,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
      },
    },
  ],
  initContainers: [{ name: 'first', image: 'busybox', resources: { requests: { cpu: '1', memory: '4Mi' } } }],
  volumes: [
    { name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
    { name: 'host', hostPath: { path: '/data' } },
    { name: 'secret', secret: { secretName: 's', optional: true } },
    { name: 'claim', persistentVolumeClaim: { claimName: 'c', readOnly: true } },
  ],
  metadata: { labels: { team: 'a' }, annotations: { note: 'n' }, namespace: 'mine' },
  shareProcessNamespace: true,
};

type Described = { jobDefinitions: { eksProperties: object; containerOrchestrationType: string }[] };

test('a pod is read back as it was given, and its defaults are not filled in but for lists [L5066]', async () => {
  const { call } = await openBench();
  await call('RegisterJobDefinition', withPod(wholePod));
  await call('RegisterJobDefinition', of({}));
  const { jobDefinitions } = await call<Described>('DescribeJobDefinitions', { jobDefinitionName: 'pod' });
  const none = { command: [], args: [], env: [], volumeMounts: [] };
  const [small, whole] = jobDefinitions;
  const [first] = wholePod.initContainers;
  assert.deepEqual(whole?.eksProperties, { podProperties: { ...wholePod, initContainers: [{ ...none, ...first }] } });
  assert.deepEqual(small?.eksProperties, {
    podProperties: { containers: [{ ...none, ...container }], initContainers: [], volumes: [] },
  });
  assert.equal(small?.containerOrchestrationType, 'EKS');
});

function gpus(count: string) {
  return { ...size.limits, 'nvidia.com/gpu': count };
}

function ten() {
  const named = (names: string) => [...names].map((name) => ({ ...container, name }));
  return { containers: named('abcdefghij'), initContainers: named('0123456789') };
}
