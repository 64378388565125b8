import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RegisterJobDefinitionCommand } from '@aws-sdk/client-batch';
import { CreateLogGroupCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateActivityCommand,
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  type CreateStateMachineCommandInput,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StateMachineDoesNotExist,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { until } from '../support/wait.ts';
import { account, openYard, region } from './yard.ts';

const { batch, states, logs } = await openYard();
const roleArn = `arn:aws:iam::${account}:role/StatesRole`;

async function create(name: string, definition: object, more: Partial<CreateStateMachineCommandInput> = {}) {
  const input = { name, definition: JSON.stringify(definition), roleArn, ...more };
  const { stateMachineArn } = await states.send(new CreateStateMachineCommand(input));
  return stateMachineArn ?? assert.fail('no ARN');
}

async function start(stateMachineArn: string, input: object = {}) {
  const command = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
  const { executionArn } = await states.send(command);
  return executionArn ?? assert.fail('no ARN');
}

const describe = (executionArn: string) => states.send(new DescribeExecutionCommand({ executionArn }));

const ended = (executionArn: string) =>
  until('the execution has ended', async () => {
    const described = await describe(executionArn);
    return described.status === 'RUNNING' ? undefined : described;
  });

test('a job is submitted, waited for, and its outcome handed on', async () => {
  const register = new RegisterJobDefinitionCommand({
    jobDefinitionName: 'states-job',
    type: 'container',
    containerProperties: {
      image: 'host',
      command: ['/bin/sh', '-c', 'test "$0" = fine', 'Ref::outcome'],
      resourceRequirements: [
        { type: 'VCPU', value: '1' },
        { type: 'MEMORY', value: '32' },
      ],
    },
  });
  const { jobDefinitionArn } = await batch.send(register);
  const stateMachineArn = await create('jobs', {
    StartAt: 'Submit Batch Job',
    TimeoutSeconds: 3600,
    States: {
      'Submit Batch Job': {
        Type: 'Task',
        Resource: 'arn:aws:states:::batch:submitJob.sync',
        Parameters: {
          JobName: 'StatesJob',
          JobQueue: 'default',
          JobDefinition: jobDefinitionArn,
          'Parameters.$': '$.batchjob.parameters',
        },
        ResultSelector: { 'status.$': '$.Status' },
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Notify Failure' }],
        End: true,
      },
      'Notify Failure': { Type: 'Pass', Result: 'failed', End: true },
    },
  });
  const good = await ended(await start(stateMachineArn, { batchjob: { parameters: { outcome: 'fine' } } }));
  assert.deepEqual([good.status, good.output], ['SUCCEEDED', '{"status":"SUCCEEDED"}']);
  const bad = await ended(await start(stateMachineArn, { batchjob: { parameters: { outcome: 'bad' } } }));
  assert.deepEqual([bad.status, bad.output], ['SUCCEEDED', '"failed"']);
});

test('a worker is given the task of an activity, and its answer ends the state', async () => {
  const { activityArn } = await states.send(new CreateActivityCommand({ name: 'work' }));
  const stateMachineArn = await create('working', {
    StartAt: 'Ask',
    States: { Ask: { Type: 'Task', Resource: activityArn, ResultPath: '$.answer', End: true } },
  });
  const polling = states.send(new GetActivityTaskCommand({ activityArn, workerName: 'w1' }));
  const executionArn = await start(stateMachineArn, { question: 1 });
  const { taskToken, input } = await polling;
  assert.equal(input, '{"question":1}');
  await states.send(new SendTaskSuccessCommand({ taskToken, output: '42' }));
  assert.equal((await ended(executionArn)).output, '{"question":1,"answer":42}');
  const { events = [] } = await states.send(new GetExecutionHistoryCommand({ executionArn }));
  const started = events.find(({ type }) => type === 'ActivityStarted');
  assert.equal(started?.activityStartedEventDetails?.workerName, 'w1');
});

test('an execution keeps the definition that it began with, and runs the version that its alias routes to', async () => {
  const says = (word: string) => ({ StartAt: 'A', States: { A: { Type: 'Pass', Result: word, End: true } } });
  const stateMachineArn = await create('routed', says('one'), { publish: true });
  const routingConfiguration = [{ stateMachineVersionArn: `${stateMachineArn}:1`, weight: 100 }];
  await states.send(new CreateStateMachineAliasCommand({ name: 'live', routingConfiguration }));
  await states.send(new UpdateStateMachineCommand({ stateMachineArn, definition: JSON.stringify(says('two')) }));
  assert.equal((await ended(await start(stateMachineArn))).output, '"two"');
  const routed = await ended(await start(`${stateMachineArn}:live`));
  assert.deepEqual(
    [routed.output, routed.stateMachineAliasArn, routed.stateMachineVersionArn],
    ['"one"', `${stateMachineArn}:live`, `${stateMachineArn}:1`],
  );
});

test('the executions of a deleted state machine are stopped, then it is gone', async () => {
  const waits = { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 99_999, End: true } } };
  const stateMachineArn = await create('doomed', waits);
  const executionArn = await start(stateMachineArn);
  await states.send(new DeleteStateMachineCommand({ stateMachineArn }));
  assert.equal((await ended(executionArn)).status, 'ABORTED');
  await until('the state machine is gone', async () => {
    const command = new DescribeStateMachineCommand({ stateMachineArn });
    const left = await states.send(command).catch((error: unknown) => error);
    return left instanceof StateMachineDoesNotExist || undefined;
  });
});

test('an Express execution answers with its output, and logs its history as its state machine says', async () => {
  const group = '/states/express';
  await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
  const logGroupArn = `arn:aws:logs:${region}:${account}:log-group:${group}:*`;
  const adds = {
    StartAt: 'A',
    States: { A: { Type: 'Pass', Parameters: { 'sum.$': 'States.MathAdd($.a, 1)' }, End: true } },
  };
  const stateMachineArn = await create('express', adds, {
    type: 'EXPRESS',
    loggingConfiguration: {
      level: 'ALL',
      includeExecutionData: true,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }],
    },
  });
  const command = new StartSyncExecutionCommand({ stateMachineArn, name: 'mine', input: '{"a":1}' });
  const { status, output, executionArn } = await states.send(command);
  assert.deepEqual([status, output], ['SUCCEEDED', '{"sum":2}']);
  const events = await until('the history is logged', async () => {
    const found = await logs.send(new FilterLogEventsCommand({ logGroupName: group }));
    const read = (found.events ?? []).map(({ message }) => JSON.parse(message ?? ''));
    return read.some(({ type }) => type === 'ExecutionSucceeded') ? read : undefined;
  });
  assert.deepEqual(
    events.map(({ type }) => type),
    ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'],
  );
  assert.equal(events[0].execution_arn, executionArn);
  assert.equal(events[3].details.output, '{"sum":2}');
});
