import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeJobDefinitionsResponse, DescribeJobsResponse, SubmitJobResponse } from '@aws-sdk/client-batch';
import { openBench, smallDefinition } from '../batch.fixture.ts';

const small = smallDefinition.containerProperties;
const executionRoleArn = 'arn:aws:iam::123456789012:role/execution';
const secret = { name: 'A', valueFrom: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:s-AbCdEf:key::' };
const environment = [{ name: 'PLAIN', value: 'v' }];
const credentials = { credentialsParameter: 'registry' };
const needs = [
  { type: 'VCPU', value: '1' },
  { type: 'MEMORY', value: '4' },
];

/** The definition in both forms. */
function forms(container: object): readonly object[] {
  const { executionRoleArn: role, ...own } = { executionRoleArn, ...container } as { executionRoleArn?: string };
  const { containerProperties: _, ...around } = smallDefinition;
  const task = { executionRoleArn: role, containers: [{ name: 'c', image: 'i', resourceRequirements: needs, ...own }] };
  return [
    { ...smallDefinition, containerProperties: { ...small, executionRoleArn, ...container } },
    { ...around, ecsProperties: { taskProperties: [task] } },
  ];
}

const clash = (name: string) =>
  `The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '${name}'.`;

const refused: readonly (readonly [string, object, string])[] = [
  [
    'secrets without an execution role',
    { secrets: [secret], executionRoleArn: undefined },
    'executionRoleArn cannot be empty when using secrets or secretOptions',
  ],
  [
    'secretOptions without an execution role',
    {
      logConfiguration: { logDriver: 'splunk', secretOptions: [{ ...secret, name: 'splunk-token' }] },
      executionRoleArn: undefined,
    },
    'executionRoleArn cannot be empty when using secrets or secretOptions',
  ],
  ['a secret with the name of a variable', { environment, secrets: [{ ...secret, name: 'PLAIN' }] }, clash('PLAIN')],
  ['two secrets of one name', { secrets: [secret, secret] }, clash('A')],
  [
    'a secret that begins with AWS_BATCH',
    { secrets: [{ ...secret, name: 'AWS_BATCH_X' }] },
    'Environment variable name AWS_BATCH_X cannot start with AWS_BATCH: it is reserved.',
  ],
  ['a secret without name', { secrets: [{ ...secret, name: '' }] }, 'Environment variable name is required.'],
  ['a secret of nothing', { secrets: [{ ...secret, valueFrom: '' }] }, 'name and valueFrom of a secret are required.'],
  [
    'a registry login without an execution role',
    { repositoryCredentials: credentials, executionRoleArn: undefined },
    'executionRoleArn cannot be empty when using repositoryCredentials',
  ],
  [
    'a registry login of nothing',
    { repositoryCredentials: { credentialsParameter: '' } },
    'credentialsParameter of repositoryCredentials is required.',
  ],
  [
    'a registry login for ECR',
    { repositoryCredentials: credentials, image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/i:1' },
    'Private repository credentials are not a supported authentication method for ECR repositories.',
  ],
];

for (const [what, container, words] of refused) {
  test(`${what} is refused, in a definition of one container and of several`, async () => {
    const { refusal } = await openBench();
    for (const definition of forms(container)) {
      const told = await refusal('RegisterJobDefinition', definition);
      assert.ok(told === words || told.includes(`Exception : ${words}`), told);
    }
  });
}

test('a secret with the name of a submitted variable is refused, and an overridden variable beside secrets is not', async () => {
  const bench = await openBench();
  const [single = assert.fail(), several = assert.fail()] = forms({ environment, secrets: [secret] });
  await bench.call('RegisterJobDefinition', { ...single, jobDefinitionName: 'single' });
  await bench.call('RegisterJobDefinition', { ...several, jobDefinitionName: 'several' });
  const job = { jobName: 'j', jobQueue: 'default' };
  const asSingle = (containerOverrides: object) => ({ ...job, jobDefinition: 'single', containerOverrides });
  const asSeveral = (own: object) => {
    const taskProperties = [{ containers: [{ name: 'c', ...own }] }];
    return { ...job, jobDefinition: 'several', ecsPropertiesOverride: { taskProperties } };
  };
  for (const input of [asSingle, asSeveral]) {
    assert.equal(await bench.refusal('SubmitJob', input({ environment: [{ name: 'A', value: '1' }] })), clash('A'));
    const accepted = input({ environment: [{ name: 'PLAIN', value: '2' }] });
    const { jobId = '' } = await bench.call<SubmitJobResponse>('SubmitJob', accepted);
    const { jobs } = await bench.call<DescribeJobsResponse>('DescribeJobs', { jobs: [jobId] });
    const shown = jobs?.[0]?.container ?? jobs?.[0]?.ecsProperties?.taskProperties?.[0]?.containers?.[0];
    assert.deepEqual(shown?.secrets, [secret]);
    assert.deepEqual(shown?.environment, [{ name: 'PLAIN', value: '2' }]);
  }
});

test('secrets of every form, options and logins are described as they were given', async () => {
  const bench = await openBench();
  const arn = secret.valueFrom.slice(0, -':key::'.length);
  const own = {
    secrets: [arn, `${arn}:k:AWSPREVIOUS:`, 'arn:aws:ssm:eu-west-1:123456789012:parameter/p', '/p', 'plain'].map(
      (valueFrom, index) => ({ name: `S${index}`, valueFrom }),
    ),
    logConfiguration: { logDriver: 'splunk', options: {}, secretOptions: [{ name: 'splunk-token', valueFrom: arn }] },
    repositoryCredentials: credentials,
  };
  for (const definition of forms(own)) {
    await bench.call('RegisterJobDefinition', definition);
    const { jobDefinitions = [] } = await bench.call<DescribeJobDefinitionsResponse>('DescribeJobDefinitions', {});
    const last = jobDefinitions.toSorted((a, b) => (b.revision ?? 0) - (a.revision ?? 0))[0];
    const shown = last?.containerProperties ?? last?.ecsProperties?.taskProperties?.[0]?.containers?.[0];
    const { secrets, logConfiguration, repositoryCredentials } = shown ?? {};
    assert.deepEqual({ secrets, logConfiguration, repositoryCredentials }, own);
  }
});
