import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobDefinition } from '@aws-sdk/client-batch';
import {
  type Bench,
  fargateContainer,
  fargateEnvironment,
  openBench,
  smallDefinition,
  smallEnvironment,
} from '../batch.fixture.ts';
import { arn, describe, job, submit } from './jobs.fixture.ts';

// What users report of AWS, each with where. `framed`: in `Error executing request, Exception : ..., RequestId: ...`.

interface Reported {
  readonly source: string;
  readonly operation: string;
  readonly input: object;
  readonly words: string;
  readonly framed: boolean;
  /** Absent: `ClientException`. */
  readonly code?: string;
}

const container = smallDefinition.containerProperties;
const definitionWith = (change: object) => ({
  ...smallDefinition,
  containerProperties: { image: 'busybox', ...change },
});
const needs = (type: string, value: string) => ({ type, value });

const reported: readonly Reported[] = [
  {
    source: 'aws/aws-sdk-js issue 4280',
    operation: 'SubmitJob',
    input: { ...job, jobDefinition: 'x:latest' },
    words: 'Provided name x:latest is not supported pattern[a-zA-Z_0-9-]{1,128}',
    framed: false,
  },
  {
    source: 'boto/boto3 issue 1330: the ARN of a queue',
    operation: 'SubmitJob',
    input: { ...job, jobDefinition: `${arn}:job-queue/default` },
    words: `Provided name ${arn}:job-queue/default is not supported pattern[a-zA-Z_0-9-]{1,128}`,
    framed: false,
  },
  {
    source: 'aws-samples/aws-genomics-workflows issue 84',
    operation: 'SubmitJob',
    input: { ...job, jobDefinition: 'nextflow' },
    words: 'JobDefinition name nextflow does not exist or is not in ACTIVE status.',
    framed: false,
  },
  {
    source: 'azavea/raster-vision-aws issue 17',
    operation: 'SubmitJob',
    input: { ...job, jobDefinition: `${arn}:job-definition/nobody` },
    words: `JobDefinition ${arn}:job-definition/nobody not found.`,
    framed: false,
  },
  {
    source: 'fluidattacks/makes issue 697',
    operation: 'SubmitJob',
    input: { ...job, jobName: 'a.b' },
    words: 'Job name should match valid pattern',
    framed: true,
  },
  {
    source: 'kislyuk/aegea issue 49',
    operation: 'SubmitJob',
    input: { ...job, containerOverrides: { command: ['sh', ''] } },
    words: 'Command field cannot have empty strings',
    framed: true,
  },
  {
    source: 'ASFHyP3/hyp3 issue 3041',
    operation: 'SubmitJob',
    input: { ...job, parameters: { long: 'x'.repeat(47 * 1024) } },
    words: 'Job size must be less than 30 KiB, got 47 KiB',
    framed: true,
  },
  {
    source: 'OpenNeuroOrg/openneuro issue 100',
    operation: 'SubmitJob',
    input: { ...job, dependsOn: Array.from({ length: 21 }, () => ({ jobId: '01234567-89ab-7def-8123-456789abcdef' })) },
    words: 'Job cannot have more than 20 dependencies',
    framed: true,
  },
  {
    source: 'hashicorp/terraform-provider-aws issue 46925',
    operation: 'DeleteComputeEnvironment',
    input: { computeEnvironment: 'f' },
    words: 'Cannot delete, found existing JobQueue relationship.',
    framed: false,
  },
  {
    source: 'hashicorp/terraform-provider-aws issue 43969',
    operation: 'UpdateComputeEnvironment',
    input: { computeEnvironment: 'f' },
    words: 'One of [state | compute-resources | service-role | unmanaged-vcpus] is required.',
    framed: false,
  },
  {
    source: 'hashicorp/terraform-provider-aws pull request 19205',
    operation: 'UpdateComputeEnvironment',
    input: { computeEnvironment: 'f', computeResources: {} },
    words: 'At least one compute-resources attribute must be specified',
    framed: true,
  },
  {
    source: 'opensupplyhub/open-apparel-registry issue 2043',
    operation: 'UpdateComputeEnvironment',
    input: { computeEnvironment: 'm', computeResources: { desiredvCpus: 1 } },
    words:
      'Manually scaling down compute environment is not supported.  Disconnecting job queues from compute environment will cause it to scale-down to minvCpus.',
    framed: false,
  },
  {
    source: 'hashicorp/terraform-provider-aws, where it deletes a queue',
    operation: 'UpdateJobQueue',
    input: { jobQueue: 'nobody' },
    words: `${arn}:job-queue/nobody does not exist`,
    framed: false,
  },
  {
    source: 'hashicorp/terraform-provider-aws issue 44644',
    operation: 'CreateComputeEnvironment',
    input: fargateEnvironment,
    words: 'Object already exists',
    framed: false,
  },
  {
    source: 'terraform-aws-modules/terraform-aws-batch pull request 6',
    operation: 'RegisterJobDefinition',
    input: {
      ...smallDefinition,
      platformCapabilities: ['FARGATE'],
      containerProperties: {
        ...fargateContainer,
        resourceRequirements: [needs('VCPU', '1'), needs('MEMORY', '1024')],
      },
    },
    words: 'Fargate resource requirements (1.00 vCPU, 1024 MiB) not valid.',
    framed: true,
  },
  {
    source: 'hashicorp/terraform issue 25449',
    operation: 'RegisterJobDefinition',
    input: { ...smallDefinition, containerProperties: undefined },
    words: 'Container properties should not be empty.',
    framed: true,
  },
  {
    source: 'hashicorp/terraform-provider-aws, acceptance test of an empty retry strategy',
    operation: 'RegisterJobDefinition',
    input: { ...smallDefinition, retryStrategy: {} },
    words: 'RetryAttempts must be provided with retry strategy.',
    framed: true,
  },
  {
    source: 'insitro/redun pull request 95',
    operation: 'SubmitJob',
    input: { ...job, jobQueue: 'f', jobDefinition: 'f', containerOverrides: { vcpus: 2 } },
    words: 'vcpus is not applicable for Fargate. Use resource requirements instead.',
    framed: false,
  },
  {
    source: 'ASFHyP3/hyp3 pull request 586',
    operation: 'RegisterJobDefinition',
    input: definitionWith({ resourceRequirements: [needs('MEMORY', '4')] }),
    words: 'vCPU is not provided.',
    framed: true,
  },
  {
    source: 'kestra-io/plugin-aws issue 504',
    operation: 'RegisterJobDefinition',
    input: definitionWith({ resourceRequirements: [needs('VCPU', '1.0'), needs('MEMORY', '4')] }),
    words: 'Value 1.0 for type VCPU in resourceRequirement is not valid. Please provide a numeric value.',
    framed: true,
  },
  {
    source: 'reported, where is not known',
    operation: 'RegisterJobDefinition',
    input: definitionWith({ resourceRequirements: [needs('VCPU', '1'), needs('MEMORY', '2GB')] }),
    words: 'Value 2GB for type MEMORY in resourceRequirement is not valid. Provide a valid number as input.',
    framed: true,
  },
  {
    source: 'reported, where is not known',
    operation: 'RegisterJobDefinition',
    input: { ...smallDefinition, jobDefinitionName: '' },
    words: 'Job definition name is required.',
    framed: true,
  },
  {
    source: 'kestra-io/plugin-aws issue 432: a template that nobody filled in',
    operation: 'RegisterJobDefinition',
    input: definitionWith({ ...container, executionRoleArn: '{{ inputs.executionRoleArn }}' }),
    words: 'executionRoleArn {{ inputs.executionRoleArn }} is not an iam role arn',
    framed: true,
  },
  {
    source: 'aws/containers-roadmap issue 2573',
    operation: 'RegisterJobDefinition',
    input: definitionWith({ ...container, logConfiguration: { logDriver: 'awsfirelens' } }),
    words:
      'When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers',
    framed: true,
  },
  {
    source: 'hammerlab/coclobas pull request 104, of a limit of 20 KB',
    operation: 'RegisterJobDefinition',
    input: definitionWith({ ...container, command: ['x'.repeat(24 * 1024)] }),
    words: 'Limits Error: JobDefinitionsize is above the limits 24 KB',
    framed: true,
  },
  {
    source: 'Netflix/metaflow issue 749',
    operation: 'SubmitJob',
    input: {
      ...job,
      jobQueue: 'f',
      jobDefinition: 'f',
      containerOverrides: { resourceRequirements: [needs('VCPU', '1'), needs('MEMORY', '4000')] },
    },
    words: 'Fargate resource requirements (1.00 vCPU, 4000 MiB) not valid.',
    framed: false,
  },
  {
    source: 'Netflix/metaflow issue 1345',
    operation: 'SubmitJob',
    input: { ...job, tags: { 'metaflow.version': '2.8.1+mc(0.10.0)' } },
    words: "'2.8.1+mc(0.10.0)' is not a valid value for TagValue - it contains illegal characters",
    framed: false,
    code: 'BadRequestException',
  },
  {
    source: 'boto/boto3 issue 3978',
    operation: 'ListJobs',
    input: {
      jobQueue: 'f',
      filters: [
        { name: 'JOB_NAME', values: ['xyz*'] },
        { name: 'AFTER_CREATED_AT', values: ['1234'] },
      ],
    },
    words: 'Only one filter key-value pair can be specified.',
    framed: true,
  },
  {
    source: 'aws/aws-cli issue 7982',
    operation: 'ListJobs',
    input: { jobQueue: 'f', filters: [{ name: 'JOB_NAME', values: ['a', 'b'] }] },
    words: 'Filter cannot take more than one value.',
    framed: true,
  },
  {
    source: 'reported by many, with and without Step Functions',
    operation: 'SubmitJob',
    input: { ...job, containerOverrides: { command: ['echo', 'Ref::job_id'] } },
    words: 'Unable to substitute value. No parameter found for reference job_id',
    framed: false,
  },
  {
    source: 'as kislyuk/aegea issue 49, of a definition',
    operation: 'RegisterJobDefinition',
    input: definitionWith({ vcpus: 1, memory: 4, command: [''] }),
    words: 'Command field cannot have empty strings',
    framed: true,
  },
  {
    source: 'nextflow-io/nextflow discussion 2900',
    operation: 'RegisterJobDefinition',
    input: definitionWith({ vcpus: 1, memory: 4, user: '$(id' }),
    words: "User '$(id' does not match regex ^([a-z0-9_][a-z0-9_-]{0,30})$",
    framed: true,
  },
  {
    source: 'hashicorp/terraform-provider-aws issue 2108: names begin with a letter or digit',
    operation: 'RegisterJobDefinition',
    input: { ...smallDefinition, jobDefinitionName: '_x' },
    words: 'Job definition name should match a valid pattern.',
    framed: true,
  },
  {
    source: 'the same',
    operation: 'CreateJobQueue',
    input: { jobQueueName: '-x', priority: 1, computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'f' }] },
    words: 'Job Queue name should match a valid pattern.',
    framed: true,
  },
  {
    source: 'pegasus-isi/pegasus issue 2086',
    operation: 'DescribeJobs',
    input: { jobs: Array.from({ length: 101 }, (_, at) => `job-${at}`) },
    words: 'Maximum number of jobs supported is  100 .',
    framed: true,
  },
  {
    source: 'k1LoW/awspec issue 563',
    operation: 'DescribeComputeEnvironments',
    input: { computeEnvironments: ['x'], maxResults: 1 },
    words: 'ComputeEnvironments and MaxResults cannot both be set',
    framed: true,
  },
  {
    source: 'base2genomics/batchit issue 13',
    operation: 'SubmitJob',
    input: { ...job, jobQueue: 'nobody' },
    words: 'JobQueue nobody not found.',
    framed: false,
  },
];

async function benchWithFargate(): Promise<Bench> {
  const bench = await openBench();
  await bench.call('RegisterJobDefinition', smallDefinition);
  await bench.call('RegisterJobDefinition', {
    ...smallDefinition,
    jobDefinitionName: 'f',
    platformCapabilities: ['FARGATE'],
    containerProperties: fargateContainer,
  });
  await bench.call('CreateComputeEnvironment', fargateEnvironment);
  const computeResources = { ...smallEnvironment.computeResources, desiredvCpus: 4 };
  await bench.call('CreateComputeEnvironment', { ...smallEnvironment, computeResources });
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'f' }];
  await bench.call('CreateJobQueue', { jobQueueName: 'f', priority: 1, computeEnvironmentOrder });
  await bench.call('UpdateComputeEnvironment', { computeEnvironment: 'f', state: 'DISABLED' });
  return bench;
}

test('what users report that AWS refuses is refused in the same words', async () => {
  const bench = await benchWithFargate();
  for (const { source, operation, input, words, framed, code = 'ClientException' } of reported) {
    const message = framed ? `Error executing request, Exception : ${words}, RequestId: request-1` : words;
    await assert.rejects(bench.call(operation, input), { code, message }, source);
  }
});

test('a definition is found by revision or by the ARN of one; a name or an ARN without revision finds nothing', async () => {
  const bench = await benchWithFargate();
  const found = async (reference: string) => {
    const input = { jobDefinitions: [reference] };
    const { jobDefinitions } = await bench.call<{ jobDefinitions: JobDefinition[] }>('DescribeJobDefinitions', input);
    return jobDefinitions.map(({ jobDefinitionArn }) => jobDefinitionArn);
  };
  // boto/boto3 issue 2908, aws/aws-sdk issue 94.
  const whole = `${arn}:job-definition/x:1`;
  assert.deepEqual(await found('x:1'), [whole]);
  assert.deepEqual(await found(whole), [whole]);
  for (const reference of ['x', `${arn}:job-definition/x`, 'x:latest', ''])
    assert.deepEqual(await found(reference), []);
});

test('whatever is called a job by those who stop it, the call succeeds; without an id it does not', async () => {
  const bench = await benchWithFargate();
  // aws/aws-cli issue 2551.
  for (const operation of ['CancelJob', 'TerminateJob']) {
    for (const jobId of ['Whatever-string', 'x y', `${arn}:job/1`, '#1']) {
      assert.deepEqual(await bench.call(operation, { jobId, reason: 'r' }), {});
    }
    assert.equal(await bench.refusal(operation, { jobId: '', reason: 'r' }), 'jobId is required.');
  }
  assert.deepEqual(bench.yard.stops, []);
});

const overridesTooLong = 'Container Overrides length must be at most 8192';
/** What is left for the value of the one variable that is overridden. */
const room = 8192 - '{"containerOverrides":[{"name":"default","environment":[{"name":"A","value":""}]}]}'.length;

test('a job that says too much otherwise than its definition is taken in, and fails', async () => {
  const bench = await benchWithFargate();
  const command = ['echo', 'Ref::word'];
  const parameters = { word: 'hello' };
  await bench.call('RegisterJobDefinition', {
    ...smallDefinition,
    jobDefinitionName: 'word',
    parameters,
    containerProperties: { ...container, command, environment: [{ name: 'L', value: 'x'.repeat(9000) }] },
  });
  const failure = async (change: object) => bench.yard.jobs.get(await submit(bench, change))?.failsAtOnce;
  const environment = (length: number) => ({ environment: [{ name: 'A', value: 'x'.repeat(length) }] });
  // Netflix/metaflow issues 977 and 1482; of parameters ASFHyP3/hyp3 issue 3041.
  const tooLong = [
    { containerOverrides: environment(room + 1) },
    { containerOverrides: { command: ['echo', 'x'.repeat(8192)] } },
    { jobDefinition: 'word', parameters: { word: 'x'.repeat(8192) } },
    { containerOverrides: { command: Array.from({ length: 2800 }, () => 'x') } },
  ];
  for (const change of tooLong) assert.equal(await failure(change), overridesTooLong);
  // What the definition itself says, however long, is no override.
  const short = [
    {},
    { containerOverrides: environment(room) },
    { jobDefinition: 'word' },
    { jobDefinition: 'word', parameters: { unused: 'x'.repeat(9000) } },
  ];
  for (const change of short) assert.equal(await failure(change), undefined);
});

test('an image that ECS would refuse is taken at registration and submission, and the job fails', async () => {
  const bench = await benchWithFargate();
  const failure = async (image: string) => {
    await bench.call('RegisterJobDefinition', {
      ...definitionWith({ ...container, image }),
      jobDefinitionName: 'image',
    });
    return bench.yard.jobs.get(await submit(bench, { jobDefinition: 'image' }))?.failsAtOnce;
  };
  // broadinstitute/cromwell issue 2044; of a scheme nextflow-io/nextflow issue 1537.
  for (const image of ['a b', 'ü', 'a\0']) {
    assert.equal(await failure(image), 'Container.image contains invalid characters.');
  }
  for (const image of [`a@sha256:${'0'.repeat(64)}`, 'docker://quay.io/a/b']) {
    assert.equal(await failure(image), undefined);
  }
});

test('names of things that are looked for later, if ever, are kept as they are', async () => {
  const bench = await openBench();
  const computeResources = {
    ...smallEnvironment.computeResources,
    imageId: 'image',
    subnets: ['net 1'],
    securityGroupIds: ['group'],
    instanceRole: 'no/such role',
    ec2KeyPair: 'Schlüssel',
    placementGroup: 'a b',
    ec2Configuration: [{ imageType: 'ECS_AL2', imageIdOverride: 'resolve:ssm:/x' }],
  };
  await bench.call('CreateComputeEnvironment', { ...smallEnvironment, computeResources });
  const environments = { computeEnvironments: ['m'] };
  const { computeEnvironments } = await bench.call<{ computeEnvironments: { computeResources: object }[] }>(
    'DescribeComputeEnvironments',
    environments,
  );
  const shown = computeEnvironments[0]?.computeResources;
  assert.deepEqual({ ...shown, ...computeResources }, shown);
  const roles = { jobRoleArn: 'arn:aws:iam::123456789012:role/no such', executionRoleArn: 'arn:aws:iam::1:role/x y' };
  await bench.call('RegisterJobDefinition', definitionWith({ ...container, ...roles }));
});

test('of a definition a variable without value is not kept, and lists and the platform version are shown where none were given', async () => {
  const bench = await benchWithFargate();
  const shown = async (jobDefinitions: readonly string[]) => {
    const answer = await bench.call<{ jobDefinitions: JobDefinition[] }>('DescribeJobDefinitions', { jobDefinitions });
    return answer.jobDefinitions[0]?.containerProperties;
  };
  const environment = [{ name: 'A', value: '1' }, { name: 'B', value: '' }, { name: 'C' }];
  const logConfiguration = { logDriver: 'json-file' };
  await bench.call('RegisterJobDefinition', definitionWith({ ...container, environment, logConfiguration }));
  const found = await shown(['x:2']);
  // hashicorp/terraform-provider-aws pull requests 29820 and 16120.
  assert.deepEqual(found?.environment, [{ name: 'A', value: '1' }]);
  assert.deepEqual(found?.logConfiguration, { ...logConfiguration, secretOptions: [] });
  assert.equal(found?.fargatePlatformConfiguration, undefined);
  const [described] = await describe(bench, await submit(bench));
  assert.deepEqual(described?.container?.environment, [{ name: 'A', value: '1' }]);
  assert.deepEqual(described?.container?.logConfiguration, { ...logConfiguration, secretOptions: [] });
  // Where Terraform compares definitions it takes these for equal.
  const linuxParameters = { tmpfs: [{ containerPath: '/t', size: 1 }] };
  const retryStrategy = { attempts: 1 };
  const definition = {
    ...definitionWith({ ...container, linuxParameters }),
    jobDefinitionName: 'lists',
    retryStrategy,
  };
  await bench.call('RegisterJobDefinition', definition);
  const lists = { devices: [], tmpfs: [{ containerPath: '/t', size: 1, mountOptions: [] }] };
  assert.deepEqual((await shown(['lists:1']))?.linuxParameters, lists);
  const [withLists] = await describe(bench, await submit(bench, { jobDefinition: 'lists' }));
  assert.deepEqual(withLists?.container?.linuxParameters, lists);
  const { jobDefinitions } = await bench.call<{ jobDefinitions: JobDefinition[] }>('DescribeJobDefinitions', {
    jobDefinitionName: 'lists',
  });
  assert.deepEqual(jobDefinitions[0]?.retryStrategy, { attempts: 1, evaluateOnExit: [] });
  // Pull request 19207 there.
  assert.deepEqual((await shown(['f:1']))?.fargatePlatformConfiguration, { platformVersion: 'LATEST' });
});
