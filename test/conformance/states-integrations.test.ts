import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  InvalidDefinition,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { until } from '../support/wait.ts';
import { account, openYard } from './yard.ts';

const { states } = await openYard();
const roleArn = `arn:aws:iam::${account}:role/StatesRole`;

async function run(name: string, definition: object) {
  const create = new CreateStateMachineCommand({ name, definition: JSON.stringify(definition), roleArn });
  const { stateMachineArn } = await states.send(create);
  const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn }));
  return until('the execution has ended', async () => {
    const described = await states.send(new DescribeExecutionCommand({ executionArn }));
    return described.status === 'RUNNING' ? undefined : described;
  });
}

/** A machine of one task, or of several one after the other, each with the output of the last below `$`. */
function chain(...tasks: readonly (readonly [resource: string, parameters: object])[]) {
  const states = tasks.map(([resource, parameters], index) => {
    const next = index + 1 < tasks.length ? { Next: `${index + 1}` } : { End: true };
    const task = { Type: 'Task', Resource: `arn:aws:states:::${resource}`, Parameters: parameters, ...next };
    return [`${index}`, { ...task, ResultPath: `$.r${index}` }] as const;
  });
  return { StartAt: '0', States: Object.fromEntries(states) };
}

test('a machine calls every service that there is, and passes answers on', async () => {
  const end = await run(
    'calls',
    chain(
      [
        'aws-sdk:sns:createTopic',
        { Name: 'calls', Attributes: { DisplayName: 'd' }, Tags: [{ Key: 'k', Value: 'v' }] },
      ],
      ['sns:publish', { 'TopicArn.$': '$.r0.TopicArn', Message: { any: 'JSON' } }],
      ['aws-sdk:sns:getTopicAttributes', { 'TopicArn.$': '$.r0.TopicArn' }],
      ['aws-sdk:batch:describeJobQueues', { JobQueues: ['default'] }],
      ['aws-sdk:cloudwatchlogs:createLogGroup', { LogGroupName: 'calls', Tags: { userKey: 'v' } }],
      ['aws-sdk:cloudwatchlogs:listTagsLogGroup', { LogGroupName: 'calls' }],
      ['aws-sdk:sfn:listStateMachines', {}],
      ['aws-sdk:sts:getCallerIdentity', {}],
      ['aws-sdk:eventbridge:listRules', {}],
      [
        'aws-sdk:cloudwatch:putMetricData',
        { Namespace: 'Calls', MetricData: [{ MetricName: 'm', Value: 1, Timestamp: new Date().toISOString() }] },
      ],
      ['aws-sdk:cloudwatch:listMetrics', { Namespace: 'Calls' }],
    ),
  );
  assert.equal(end.status, 'SUCCEEDED', end.cause ?? '');
  const { r0, r1, r2, r3, r5, r6, r7, r8, r10 } = JSON.parse(end.output ?? '');
  assert.match(r0.TopicArn, /:calls$/);
  assert.ok(r1.MessageId && r1.SdkResponseMetadata.RequestId);
  assert.equal(r2.Attributes.DisplayName, 'd');
  assert.equal(r3.JobQueues[0].JobQueueName, 'default');
  assert.deepEqual(r5, { Tags: { userKey: 'v' } });
  const [machine] = r6.StateMachines;
  assert.equal(machine.Name, 'calls');
  assert.match(machine.CreationDate, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.equal(r7.Account, account);
  assert.ok(Array.isArray(r8.Rules));
  assert.equal(r10.Metrics[0].MetricName, 'm');
});

test('errors have the names that AWS gives them', async () => {
  const topic = `arn:aws:sns:us-east-1:${account}:nowhere`;
  const machine = `arn:aws:states:us-east-1:${account}:stateMachine:nowhere`;
  const rows = [
    ['sns:publish', { TopicArn: topic, Message: 'm' }, 'SNS.NotFoundException'],
    ['aws-sdk:sns:publish', { TopicArn: topic, Message: 'm' }, 'Sns.NotFoundException'],
    ['states:startExecution', { StateMachineArn: machine }, 'StepFunctions.StateMachineDoesNotExistException'],
    ['aws-sdk:sfn:startExecution', { StateMachineArn: machine }, 'Sfn.StateMachineDoesNotExistException'],
    ['aws-sdk:cloudwatchlogs:listTagsLogGroup', { LogGroupName: 'no' }, 'CloudWatchLogs.ResourceNotFoundException'],
    ['aws-sdk:batch:submitJob', { JobName: 'j', JobQueue: 'no', JobDefinition: 'no' }, 'Batch.ClientException'],
    ['batch:submitJob', { JobName: 'j', JobQueue: 'no', JobDefinition: 'no' }, 'Batch.ClientException'],
    ['sns:publish', { TopicArn: topic, Message: 'm', 'topicArn.$': '$' }, 'States.Runtime'],
    ['lambda:invoke', { FunctionName: 'f', Payload: {} }, 'Lambda.ResourceNotFoundException'],
    ['glue:startJobRun.sync', { JobName: 'g' }, 'Glue.SdkClientException'],
    ['aws-sdk:s3:listBuckets', {}, 'S3.SdkClientException'],
  ] as const;
  for (const [index, [resource, parameters, error]] of rows.entries()) {
    const end = await run(`error-${index}`, chain([resource, parameters]));
    assert.equal(end.error, error, `${resource}: ${end.cause}`);
  }
});

test('a child runs to its end, and what it found comes back as JSON', async () => {
  const pass = { StartAt: 'P', States: { P: { Type: 'Pass', Parameters: { 'got.$': '$' }, End: true } } };
  const create = new CreateStateMachineCommand({ name: 'child', definition: JSON.stringify(pass), roleArn });
  const { stateMachineArn } = await states.send(create);
  const given = { StateMachineArn: stateMachineArn, Input: { a: 1 } };
  const end = await run(
    'parent',
    chain(['states:startExecution.sync:2', given], ['states:startExecution.sync', given]),
  );
  assert.equal(end.status, 'SUCCEEDED', end.cause ?? '');
  const { r0, r1 } = JSON.parse(end.output ?? '');
  assert.deepEqual(r0.Output, { got: { a: 1 } });
  assert.equal(r1.Output, '{"got":{"a":1}}');
});

test('what AWS would refuse when the machine is made is refused in its words, served here or not', async () => {
  const refused = (...[resource, parameters, problem]: readonly [string, object, string]) =>
    assert.rejects(
      states.send(
        new CreateStateMachineCommand({
          name: 'refused',
          definition: JSON.stringify(chain([resource, parameters])),
          roleArn,
        }),
      ),
      (error) => {
        assert.ok(error instanceof InvalidDefinition);
        assert.equal(error.message, `Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ${problem}'`);
        return true;
      },
    );
  const at = ' at /States/0/Parameters';
  const query = 'arn:aws:states:::dynamodb:query';
  await refused(
    'dynamodb:query',
    {},
    `The resource provided ${query} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region. at /States/0/Resource`,
  );
  await refused(
    'sns:publish',
    { Message: 'm', topicArn: 't' },
    `The field "topicArn" is not supported by Step Functions${at}`,
  );
  await refused('lambda:invoke', {}, `The field 'FunctionName' is required but was missing${at}`);
  const job = { JobName: 'j', JobQueue: 'q', JobDefinition: 'd', PropagateTags: 'yes' };
  await refused('batch:submitJob.sync', job, `The value for the field 'PropagateTags' must be a BOOLEAN${at}`);
});

test('a function that is named by its ARN and is not there fails as one that lambda:invoke names', async () => {
  const Resource = `arn:aws:lambda:us-east-1:${account}:function:f`;
  const end = await run('function', { StartAt: 'F', States: { F: { Type: 'Task', Resource, End: true } } });
  assert.equal(end.error, 'Lambda.ResourceNotFoundException');
  assert.match(end.cause ?? '', /^Function not found: arn:aws:lambda:us-east-1:\d{12}:function:f /);
  const { events } = await states.send(new GetExecutionHistoryCommand({ executionArn: end.executionArn }));
  const called = ['LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionFailed'];
  const types = ['ExecutionStarted', 'TaskStateEntered', ...called, 'ExecutionFailed'];
  assert.deepEqual(
    events?.map(({ type }) => type),
    types,
  );
});

test('a wrong type that only shows at run time fails the execution before anything is called', async () => {
  const overrides = { ResourceRequirements: [{ Type: 'VCPU', 'Value.$': '$.cpus' }] };
  const given = { JobName: 'j', JobQueue: 'default', JobDefinition: 'd', ContainerOverrides: overrides };
  const task = { Type: 'Task', Resource: 'arn:aws:states:::batch:submitJob.sync', Parameters: given, End: true };
  const caught = { ...task, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'A' }] };
  const start = { Type: 'Pass', Result: { cpus: 4 }, Next: 'B' };
  const end = await run('wrong-type', { StartAt: 'A', States: { A: start, B: caught } });
  assert.deepEqual([end.status, end.error], ['FAILED', 'States.Runtime']);
  const sent = { ...given, ContainerOverrides: { ResourceRequirements: [{ Type: 'VCPU', Value: 4 }] } };
  assert.equal(
    end.cause,
    `An error occurred while executing the state 'B' (entered at the event id #4). The Parameters '${JSON.stringify(sent)}' ` +
      "could not be used to start the Task: [The value for the field 'Value' must be a STRING]",
  );
  const { events } = await states.send(new GetExecutionHistoryCommand({ executionArn: end.executionArn }));
  const types = ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'TaskStateEntered', 'ExecutionFailed'];
  assert.deepEqual(
    events?.map(({ type }) => type),
    types,
  );
});
