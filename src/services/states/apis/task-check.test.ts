import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Json, type JsonObject, parseResource, type TaskFault } from '../../../asl/index.ts';
import { taskFaults } from './task-check.ts';

const job = { JobName: 'j', JobQueue: 'q', JobDefinition: 'd' };

async function faults(name: string, given: Json | undefined, queryLanguage: 'JSONPath' | 'JSONata' = 'JSONPath') {
  const resource = parseResource(name.startsWith('arn:') ? name : `arn:aws:states:::${name}`) ?? assert.fail(name);
  return taskFaults({ resource, queryLanguage, given });
}

const inParameters = (...messages: string[]): TaskFault[] =>
  messages.map((message) => ({ field: 'Parameters', message }));
const mustBe = (field: string, type: string) => inParameters(`The value for the field '${field}' must be ${type}`);
const override = (requirement: JsonObject) => ({ ...job, ContainerOverrides: { ResourceRequirements: [requirement] } });

const batch: readonly (readonly [title: string, given: Json, faults: readonly TaskFault[]])[] = [
  ['what it needs', job, []],
  ['PropagateTags', { ...job, PropagateTags: true }, []],
  ['a text for PropagateTags', { ...job, PropagateTags: 'true' }, mustBe('PropagateTags', 'a BOOLEAN')],
  ['a number for a text', override({ Type: 'VCPU', Value: 4 }), mustBe('Value', 'a STRING')],
  ['a path for a text', override({ Type: 'VCPU', 'Value.$': '$.n' }), []],
  [
    'a text for a number',
    { ...job, Timeout: { AttemptDurationSeconds: '60' } },
    mustBe('AttemptDurationSeconds', 'a NUMBER'),
  ],
  ['a text for a list', { ...job, DependsOn: 'x' }, mustBe('DependsOn', 'an ARRAY')],
  ['a text for a structure', { ...job, Timeout: 'x' }, mustBe('Timeout', 'an OBJECT')],
  ['a list for a map', { ...job, Tags: ['x'] }, mustBe('Tags', 'an OBJECT')],
  ['a number in a map', { ...job, Tags: { a: 1 } }, mustBe('Tags', 'a STRING')],
  ['a path in a map', { ...job, Tags: { 'a.$': '$.n' } }, []],
  ['null', { ...job, Tags: null }, []],
  ['camelCase', { ...job, tags: {} }, inParameters('The field "tags" is not supported by Step Functions')],
  [
    'an unknown field inside',
    override({ Type: 'VCPU', Value: '4', Foo: 1 }),
    inParameters('The field "Foo" is not supported by Step Functions'),
  ],
  ['an unknown field whose value is a path, which is seen at run time', { ...job, 'Foo.$': '$.x' }, []],
  ['a path for what it needs', { 'JobName.$': '$.n', JobQueue: 'q', JobDefinition: 'd' }, []],
  [
    'nothing that it needs',
    {},
    inParameters(
      "The field 'JobName' is required but was missing",
      "The field 'JobQueue' is required but was missing",
      "The field 'JobDefinition' is required but was missing",
    ),
  ],
  [
    'null for what it needs',
    { ...job, JobName: null },
    inParameters("The field 'JobName' is required but was missing"),
  ],
  ['no object', 'x', inParameters("The value for the field 'Parameters' must be an OBJECT")],
];
for (const [title, given, expected] of batch) {
  test(`batch:submitJob is checked when a definition gives it ${title}`, async () => {
    assert.deepEqual(await faults('batch:submitJob.sync', given), expected);
  });
}

test('expressions may be anything, text beside them may not', async () => {
  const given = {
    ...job,
    Tags: '{% $t %}',
    PropagateTags: '{% $p %}',
    Timeout: { AttemptDurationSeconds: ' {% $n %} ' },
  };
  const message = "The value for the field 'AttemptDurationSeconds' must be a NUMBER";
  assert.deepEqual(await faults('batch:submitJob', given, 'JSONata'), [{ field: 'Arguments', message }]);
  assert.deepEqual(await faults('batch:submitJob', '{% $all %}', 'JSONata'), []);
  const unknown = { field: 'Arguments', message: 'The field "x.$" is not supported by Step Functions' };
  assert.deepEqual(await faults('batch:submitJob', { ...job, 'x.$': '$.x' }, 'JSONata'), [unknown]);
});

test('a service integration needs its Parameters, or its Arguments', async () => {
  const arn = 'arn:aws:states:::sns:publish.waitForTaskToken';
  const message = `field is required for resource ARN: ${arn}`;
  assert.deepEqual(await faults(arn, undefined), [{ message: `Parameters ${message}` }]);
  assert.deepEqual(await faults(arn, undefined, 'JSONata'), [{ message: `Arguments ${message}` }]);
  assert.deepEqual(await faults('arn:aws:states:us-east-1:123456789012:activity:a', undefined), []);
  assert.deepEqual(await faults('arn:aws:lambda:us-east-1:123456789012:function:f', undefined), []);
});

const accepted: readonly (readonly [resource: string, given: Json])[] = [
  ['apigateway:invoke.waitForTaskToken', { ApiEndpoint: 'e', Method: 'GET', RequestBody: { a: 1 } }],
  ['athena:startQueryExecution.sync', { QueryString: 'SELECT 1', WorkGroup: 'w' }],
  ['bedrock:invokeModel', { ModelId: 'm', Body: { a: 1 }, Input: { S3Uri: 's3://b/k' } }],
  ['codebuild:startBuild.sync', { ProjectName: 'p' }],
  ['databrew:startJobRun.sync', { Name: 'j' }],
  ['dynamodb:putItem', { TableName: 't', Item: { id: { S: '1' } } }],
  [
    'ecs:runTask.waitForTaskToken',
    { TaskDefinition: 'd', NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['s'] } } },
  ],
  ['eks:call', { ClusterName: 'c', CertificateAuthority: 'a', Endpoint: 'e', Method: 'GET', Path: '/' }],
  ['eks:runJob.sync', { ClusterName: 'c', CertificateAuthority: 'a', Endpoint: 'e', Job: {} }],
  ['elasticmapreduce:addStep.sync', { ClusterId: 'c', Step: { Name: 's' } }],
  ['elasticmapreduce:createCluster.sync', { Name: 'c', Instances: { KeepJobFlowAliveWhenNoSteps: true } }],
  ['emr-containers:createVirtualCluster', { Name: 'n', ContainerProvider: { Id: 'i', Type: 'EKS' } }],
  ['emr-serverless:startJobRun.sync', { ApplicationId: 'a', ExecutionRoleArn: 'r' }],
  ['events:putEvents', { Entries: [{ Detail: { a: 1 }, DetailType: 't', Source: 's' }] }],
  ['glue:startJobRun.sync', { JobName: 'g', Arguments: { '--a': '1' } }],
  ['http:invoke', { ApiEndpoint: 'https://e', Method: 'GET', Authentication: { ConnectionArn: 'c' } }],
  ['lambda:invoke.waitForTaskToken', { FunctionName: 'f', Payload: { 'token.$': '$$.Task.Token' } }],
  ['mediaconvert:createJob.sync', { Role: 'r', Settings: {} }],
  [
    'sagemaker:createTransformJob.sync',
    {
      TransformJobName: 'j',
      'ModelName.$': '$.m',
      TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's' } } },
      TransformOutput: { S3OutputPath: 'p' },
      TransformResources: { InstanceType: 't', InstanceCount: 1 },
    },
  ],
  ['sqs:sendMessage', { QueueUrl: 'u', MessageBody: { 'a.$': '$.x' } }],
  ['states:startExecution.sync:2', { StateMachineArn: 'm', Input: { a: 1 } }],
  ['aws-sdk:s3:putObject', { Bucket: 'b', Key: 'k', Body: { a: 1 }, Acl: 'private' }],
  ['aws-sdk:ec2:describeSnapshots', { Filters: [{ Name: 'n', Values: ['v'] }] }],
  ['aws-sdk:rds:stopDBInstance.waitForTaskToken', { DbInstanceIdentifier: 'd' }],
];
for (const [resource, given] of accepted) {
  test(`${resource} is accepted whether it is served here or not`, async () => {
    assert.deepEqual(await faults(resource, given), []);
  });
}

test('the parameters of every service are checked', async () => {
  const cases = [
    [
      'ecs:runTask',
      { TaskDefinition: 'd', NetworkConfiguration: { AwsVpcConfiguration: {} } },
      'The field "AwsVpcConfiguration" is not supported by Step Functions',
    ],
    ['lambda:invoke', {}, "The field 'FunctionName' is required but was missing"],
    ['dynamodb:getItem', { TableName: 't' }, "The field 'Key' is required but was missing"],
    ['sqs:sendMessage', { QueueUrl: 'u' }, "The field 'MessageBody' is required but was missing"],
    ['apigateway:invoke', { ApiEndpoint: 1, Method: 'GET' }, "The value for the field 'ApiEndpoint' must be a STRING"],
    ['aws-sdk:ec2:describeSnapshots', { Filter: [] }, 'The field "Filter" is not supported by Step Functions'],
    [
      'aws-sdk:emrserverless:startJobRun',
      { ApplicationId: 'a', ExecutionRoleArn: 'r' },
      "The field 'ClientToken' is required but was missing",
    ],
    [
      'aws-sdk:rds:stopDBInstance',
      { DbInstanceIdentifier: 1 },
      "The value for the field 'DbInstanceIdentifier' must be a STRING",
    ],
  ] as const;
  for (const [resource, given, message] of cases)
    assert.deepEqual(await faults(resource, given), inParameters(message), resource);
});

test('a resource that AWS has not, or not in this pattern, is not recognised', async () => {
  const unrecognised = [
    'batch:submitJob.waitForTaskToken',
    'batch:submitJob.sync:2',
    'batch:SubmitJob',
    'batch:describeJobs',
    'sns:publish.sync',
    'dynamodb:query',
    'lambda:invoke.sync',
    'nosuch:thing',
    'constructor:thing',
    'batch:constructor',
    'aws-sdk:batch:submitJob.sync',
    'aws-sdk:batch:constructor',
    'aws-sdk:batch:SubmitJob',
    'aws-sdk:states:describeExecution',
    'aws-sdk:logs:getLogEvents',
    'aws-sdk:ec2:nosuch',
  ];
  for (const name of unrecognised) {
    const message =
      `The resource provided arn:aws:states:::${name} is not recognized. ` +
      'The value is not a valid resource ARN, or the resource is not available in this region.';
    assert.deepEqual(await faults(name, {}), [{ field: 'Resource', message }], name);
  }
});
