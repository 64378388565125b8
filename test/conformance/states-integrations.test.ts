import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
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
    ),
  );
  assert.equal(end.status, 'SUCCEEDED', end.cause ?? '');
  const { r0, r1, r2, r3, r5, r6, r7 } = JSON.parse(end.output ?? '');
  assert.match(r0.TopicArn, /:calls$/);
  assert.ok(r1.MessageId && r1.SdkResponseMetadata.RequestId);
  assert.equal(r2.Attributes.DisplayName, 'd');
  assert.equal(r3.JobQueues[0].JobQueueName, 'default');
  assert.deepEqual(r5, { Tags: { userKey: 'v' } });
  const [machine] = r6.StateMachines;
  assert.equal(machine.Name, 'calls');
  assert.match(machine.CreationDate, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.equal(r7.Account, account);
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
    ['sns:publish', { topicArn: topic }, 'States.Runtime'],
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

test('a resource that there is not is refused when the machine is made', async () => {
  const definition = JSON.stringify(chain(['dynamodb:getItem', {}]));
  await assert.rejects(
    states.send(new CreateStateMachineCommand({ name: 'refused', definition, roleArn })),
    (error) =>
      error instanceof InvalidDefinition && /arn:aws:states:::dynamodb:getItem is not recognized/.test(error.message),
  );
});
