import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Json, parseResource } from '../../../asl/index.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { TaskReport } from '../contract.ts';
import { Bench, childMachineArn, parentArn } from './integrations.fixture.ts';

const publish = 'arn:aws:states:::sns:publish';
const activityArn = 'arn:aws:states:us-east-1:123456789012:activity:a';

function only(reports: readonly TaskReport[]): TaskReport {
  assert.equal(reports.length, 1, JSON.stringify(reports));
  return reports[0] ?? assert.fail();
}

function withoutMetadata(output: unknown): unknown {
  const { SdkHttpMetadata, SdkResponseMetadata, ...rest } = output as Record<string, unknown>;
  assert.ok(SdkHttpMetadata && SdkResponseMetadata, 'the optimised integrations tell of the call');
  return rest;
}

test('sns:publish sends any JSON as text, and names what SNS refuses as AWS does', async () => {
  const bench = await Bench.open();
  bench.answers = { 'sns.Publish': () => ({ MessageId: 'm' }) };
  const attributes = { colour: { DataType: 'String', StringValue: 'red' } };
  const given = {
    TopicArn: 't',
    Message: { default: 'a', n: 1 },
    MessageStructure: 'json',
    MessageAttributes: attributes,
  };
  const report = only(await bench.run(publish, given));
  assert.ok(report.type === 'taskSucceeded');
  assert.deepEqual(withoutMetadata(report.output), { MessageId: 'm' });
  assert.deepEqual(bench.invocations[0]?.input, { ...given, Message: '{"default":"a","n":1}' });

  bench.reports.length = 0;
  bench.answers['sns.Publish'] = () => {
    throw new ServiceError('NotFound', 'Topic does not exist', { status: 404 });
  };
  const failed = only(await bench.run(publish, given));
  assert.ok(failed.type === 'taskFailed');
  assert.equal(failed.error, 'SNS.NotFoundException');
  assert.match(
    failed.cause ?? '',
    /^Topic does not exist \(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: [-0-9a-f]{36}; Proxy: null\)$/,
  );
  assert.equal(failed.stage, 'run');
});

test('a code that every AWS service answers has the general type of its service', async () => {
  const bench = await Bench.open();
  bench.answers['sns.Publish'] = () => {
    throw new ServiceError('AccessDenied', 'no', { status: 403 });
  };
  const failed = only(await bench.run(publish, { Message: 'm' }));
  assert.equal(failed.type === 'taskFailed' && failed.error, 'SNS.AmazonSNSException');
});

test('unknown, missing and wrong arguments are told, each with the words of AWS', async () => {
  const { integrations } = await Bench.open();
  const problems = (name: string, given: Json) =>
    integrations.checkArguments(parseResource(`arn:aws:states:::${name}`) ?? assert.fail(name), given);
  assert.deepEqual(await problems('sns:publish', { topicArn: 't' }), [
    'The field "topicArn" is not supported by Step Functions',
    "The field 'Message' is required but was missing",
  ]);
  assert.deepEqual(await problems('sns:publish', { Message: { any: 'JSON' } }), []);
  const requirement = { ResourceRequirements: [{ Type: 'VCPU', Value: 4 }] };
  const job = { JobName: 'j', JobQueue: 'q', JobDefinition: 'd', PropagateTags: true, ContainerOverrides: requirement };
  assert.deepEqual(await problems('batch:submitJob.sync', job), ["The value for the field 'Value' must be a STRING"]);
  assert.deepEqual(await problems('aws-sdk:sfn:startExecution', { StateMachineArn: 'm', Input: {} }), []);
  assert.deepEqual(await problems('sns:publish', [1]), ['The parameters must be a JSON object']);
});

test('a callback task is submitted once, and goes on without a call after a restart', async () => {
  const bench = await Bench.open();
  bench.answers['sns.Publish'] = () => ({ MessageId: 'm' });
  const token = { taskToken: 'token' };
  const report = only(await bench.run(`${publish}.waitForTaskToken`, { Message: 'm' }, token));
  assert.equal(report.type, 'taskSubmitted');
  bench.open();
  await bench.run(`${publish}.waitForTaskToken`, { Message: 'm' }, { ...token, stage: 'submitted' });
  assert.equal(bench.invocations.length, 1);
});

test('aws-sdk calls any operation of any service by its SDK name, with ISO times and errors named after the SDK', async () => {
  const bench = await Bench.open();
  bench.answers = {
    'states.ListStateMachines': () => ({ stateMachines: [{ name: 'a', creationDate: new Date(1_500) }] }),
    'logs.GetLogEvents': () => {
      throw new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.');
    },
    'states.DescribeExecution': () => {
      throw new ServiceError('ExecutionDoesNotExist', 'Execution Does Not Exist');
    },
  };
  const listed = only(await bench.run('arn:aws:states:::aws-sdk:sfn:listStateMachines', { MaxResults: 1 }));
  assert.deepEqual(listed, {
    type: 'taskSucceeded',
    output: { StateMachines: [{ Name: 'a', CreationDate: '1970-01-01T00:00:01.500Z' }] },
  });
  assert.deepEqual(bench.invocations[0]?.input, { maxResults: 1 });

  bench.reports.length = 0;
  const names = { LogGroupName: 'g', LogStreamName: 's' };
  const missing = only(await bench.run('arn:aws:states:::aws-sdk:cloudwatchlogs:getLogEvents', names));
  assert.ok(missing.type === 'taskFailed');
  assert.equal(missing.error, 'CloudWatchLogs.ResourceNotFoundException');
  assert.match(
    missing.cause ?? '',
    /^The specified log stream does not exist\. \(Service: CloudWatchLogs, Status Code: 400, Request ID: [-0-9a-f]{36}\) \(SDK Attempt Count: 1\)$/,
  );

  bench.reports.length = 0;
  const gone = only(await bench.run('arn:aws:states:::aws-sdk:sfn:describeExecution', { ExecutionArn: 'x' }));
  assert.equal(gone.type === 'taskFailed' && gone.error, 'Sfn.ExecutionDoesNotExistException');
});

test('an unforeseen error of an operation is logged and told as an internal one', async () => {
  const bench = await Bench.open();
  bench.answers['sns.Publish'] = () => {
    throw new TypeError('a bug');
  };
  const failed = only(await bench.run(publish, { Message: 'm' }));
  assert.ok(failed.type === 'taskFailed');
  assert.equal(failed.error, 'SNS.InternalServerException');
  assert.doesNotMatch(failed.cause ?? '', /a bug/);
  assert.equal(bench.errors.length, 1);
});

test('a service or operation that is not here fails its task with an error that names it', async () => {
  const cases = [
    ['lambda:invoke', { FunctionName: 'f' }, 'Lambda.SdkClientException', /^AWS Lambda is not served by this/, 'run'],
    ['glue:startJobRun.sync', { JobName: 'g' }, 'Glue.SdkClientException', /^AWS Glue is not served by this/, 'submit'],
    ['sqs:sendMessage.waitForTaskToken', {}, 'SQS.SdkClientException', /^Amazon Simple Queue Service is not/, 'submit'],
    ['aws-sdk:ec2:describeInstances', {}, 'Ec2.SdkClientException', /^Amazon Elastic Compute Cloud is not/, 'run'],
    [
      'aws-sdk:batch:createSchedulingPolicy',
      {},
      'Batch.SdkClientException',
      /no CreateSchedulingPolicy in its AWS Batch/,
      'run',
    ],
    ['http:invoke', {}, 'States.Http.Socket', /^HTTP Task is not served by this/, 'run'],
    [
      'batch:describeJobs',
      {},
      'States.Runtime',
      /AWS has no integration arn:aws:states:::batch:describeJobs/,
      'schedule',
    ],
  ] as const;
  for (const [name, given, error, cause, stage] of cases) {
    const bench = await Bench.open();
    const failed = only(await bench.run(`arn:aws:states:::${name}`, given));
    assert.ok(failed.type === 'taskFailed');
    assert.deepEqual([failed.error, failed.stage], [error, stage]);
    assert.match(failed.cause ?? '', cause);
    assert.match(failed.cause ?? '', new RegExp(name));
  }
  const bench = await Bench.open();
  const failed = only(await bench.run('arn:aws:lambda:us-east-1:123456789012:function:f', {}));
  assert.equal(failed.type === 'taskFailed' && failed.error, 'Lambda.SdkClientException');
  assert.deepEqual(bench.invocations, []);
});

test('an object where an API of the SDK takes text is sent as its text', async () => {
  const bench = await Bench.open();
  bench.answers['states.StartExecution'] = () => ({ executionArn: childArn, startDate: new Date(1_000) });
  const given = { StateMachineArn: childMachineArn, Input: { a: [1] } };
  await bench.run('arn:aws:states:::aws-sdk:sfn:startExecution', given);
  assert.deepEqual(bench.invocations[0]?.input, { stateMachineArn: childMachineArn, input: '{"a":[1]}' });
});

test('an activity task waits for a worker until it is cancelled, and is not offered again once one has it', async () => {
  const bench = await Bench.open();
  bench.createActivity('a');
  const call = bench.start(activityArn, { a: 1 }, { taskToken: 'token', argumentsText: '{"a": 1}' });
  await bench.settle();
  const { input, inputText } = bench.offered.get('key-1') ?? {};
  assert.deepEqual([input, inputText], [{ a: 1 }, '{"a": 1}']);
  bench.cancel(call, 'stopped');
  await bench.settle();
  assert.equal(bench.offered.size, 0);

  bench.start(activityArn, {}, { taskToken: 'token' });
  await bench.settle();
  bench.offered.get('key-1')?.started('worker');
  assert.deepEqual(bench.reports, [{ type: 'taskStarted', workerName: 'worker' }]);
  bench.offered.clear();
  bench.start(activityArn, {}, { taskToken: 'token', stage: 'started' });
  await bench.settle();
  assert.equal(bench.offered.size, 0);
});

test('an activity that is not there fails its task at once, wherever it would be', async () => {
  const bench = await Bench.open();
  bench.createActivity('a');
  const others = [activityArn.replace(/a$/, 'other'), activityArn.replace('us-east-1', 'eu-west-1')];
  for (const arn of others) {
    bench.reports.length = 0;
    bench.start(arn, {}, { taskToken: 'token' });
    await bench.settle();
    const cause = 'The activity ARN does not exist.';
    assert.deepEqual(bench.reports, [{ type: 'taskFailed', error: 'States.Runtime', cause, stage: 'schedule' }]);
  }
  assert.equal(bench.offered.size, 0);
});

test('nothing is reported within start, nor after a cancel or a reset', async () => {
  const bench = await Bench.open();
  bench.answers['sns.Publish'] = () => ({ MessageId: 'm' });
  bench.start(publish, { wrong: true });
  assert.deepEqual(bench.reports, []);
  bench.integrations.reset();
  const call = bench.start(publish, { Message: 'm' });
  await Promise.resolve();
  bench.cancel(call, 'stopped');
  await bench.settle();
  assert.deepEqual(bench.reports, []);
  assert.equal(await bench.notedStops(), 0, 'a request is not stopped, as AWS does not');
});

const childArn = 'arn:aws:states:us-east-1:123456789012:execution:child:n';
const ended = {
  executionArn: childArn,
  stateMachineArn: childMachineArn,
  name: 'n',
  startDate: new Date(1_000),
  stopDate: new Date(2_000),
  input: '{}',
};

test('startExecution.sync gives the output of the child as text, .sync:2 as JSON', async () => {
  for (const [pattern, output] of [
    ['sync', '{"a":1}'],
    ['sync:2', { a: 1 }],
  ] as const) {
    const bench = await Bench.open();
    bench.answers['states.StartExecution'] = () => ({ executionArn: childArn, startDate: new Date(1_000) });
    const given = {
      StateMachineArn: childMachineArn,
      Name: 'n',
      Input: { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'p' },
    };
    const [submitted] = await bench.run(`arn:aws:states:::states:startExecution.${pattern}`, given);
    assert.ok(submitted?.type === 'taskSubmitted');
    assert.deepEqual(withoutMetadata(submitted.output), { ExecutionArn: childArn, StartDate: 1_000 });
    assert.deepEqual(bench.invocations[0]?.input, {
      stateMachineArn: childMachineArn,
      name: 'n',
      input: '{"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID":"p"}',
    });
    bench.listeners.get(childArn)?.({ ...ended, status: 'SUCCEEDED', output: '{"a":1}' });
    assert.deepEqual(bench.reports[1], {
      type: 'taskSucceeded',
      output: {
        ExecutionArn: childArn,
        StateMachineArn: childMachineArn,
        Name: 'n',
        StartDate: 1_000,
        StopDate: 2_000,
        Input: '{}',
        InputDetails: { Included: true },
        Status: 'SUCCEEDED',
        Output: output,
        OutputDetails: { Included: true },
      },
    });
  }
});

test('the failure of a child is that of the task, told in full', async () => {
  const bench = await Bench.open();
  bench.answers['states.StartExecution'] = () => ({ executionArn: childArn, startDate: new Date(1_000) });
  await bench.run('arn:aws:states:::states:startExecution.sync:2', { StateMachineArn: childMachineArn });
  bench.listeners.get(childArn)?.({ ...ended, status: 'FAILED', error: 'E', cause: 'c' });
  const failed = bench.reports[1];
  assert.ok(failed?.type === 'taskFailed');
  assert.equal(failed.error, 'States.TaskFailed');
  const { Status, Error: error, Cause } = JSON.parse(failed.cause ?? '');
  assert.deepEqual({ Status, error, Cause }, { Status: 'FAILED', error: 'E', Cause: 'c' });
});

test('a child without a name is named after the try, and found again after a crash', async () => {
  const bench = await Bench.open();
  const started: string[] = [];
  bench.answers = {
    'states.StartExecution': ({ name }: { name: string }) => {
      const arn = `arn:aws:states:us-east-1:123456789012:execution:child:${name}`;
      if (started.includes(arn)) throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
      started.push(arn);
      return { executionArn: arn, startDate: new Date(1_000) };
    },
    'states.DescribeExecution': ({ executionArn }: { executionArn: string }) => ({
      executionArn,
      startDate: new Date(1_000),
    }),
  };
  const resource = 'arn:aws:states:::states:startExecution';
  const given = { StateMachineArn: `${childMachineArn}:live` };
  const [first] = await bench.run(resource, given);
  bench.open();
  const second = (await bench.run(resource, given))[1];
  assert.equal(started.length, 1);
  assert.ok(first?.type === 'taskSucceeded' && second?.type === 'taskSucceeded');
  assert.deepEqual(withoutMetadata(second.output), withoutMetadata(first.output));
  // The submitted child is waited for without another call.
  bench.open();
  const calls = bench.invocations.length;
  bench.start(`${resource}.sync`, given, { stage: 'submitted' });
  await bench.settle();
  assert.equal(bench.invocations.length, calls);
  assert.deepEqual([...bench.listeners.keys()], started);
});

test('a name that the user gave and that is taken fails the task', async () => {
  const bench = await Bench.open();
  bench.answers['states.StartExecution'] = () => {
    throw new ServiceError('ExecutionAlreadyExists', 'Execution Already Exists');
  };
  const given = { StateMachineArn: childMachineArn, Name: 'n' };
  const failed = only(await bench.run('arn:aws:states:::states:startExecution.sync', given));
  assert.ok(failed.type === 'taskFailed');
  assert.equal(failed.error, 'StepFunctions.ExecutionAlreadyExistsException');
  assert.equal(failed.stage, 'submit');
});

test('the child is stopped with its parent, also when the server dies in between', async () => {
  for (const dies of [false, true]) {
    const bench = await Bench.open();
    bench.answers['states.StartExecution'] = () => ({ executionArn: childArn, startDate: new Date(1_000) });
    const call = bench.start('arn:aws:states:::states:startExecution.sync', { StateMachineArn: childMachineArn });
    await bench.settle();
    if (dies) {
      bench.ledger.transact((transaction) => bench.integrations.noteCancel(transaction, call, 'over'));
      bench.open();
    } else bench.cancel(call, 'over');
    await bench.settle();
    const cause = `Stopped by the Step Functions execution ${parentArn}: over`;
    assert.deepEqual(bench.stopped, [{ arn: childArn, cause }]);
    assert.equal(await bench.notedStops(), 0);
  }
});

test('an Express child cannot be waited for', async () => {
  const bench = await Bench.open();
  const executionArn = 'arn:aws:states:us-east-1:123456789012:express:child:n:1';
  bench.answers['states.StartExecution'] = () => ({ executionArn, startDate: new Date(1_000) });
  await bench.run('arn:aws:states:::states:startExecution.sync', { StateMachineArn: childMachineArn });
  const failed = bench.reports[1];
  assert.ok(failed?.type === 'taskFailed');
  assert.match(failed.cause ?? '', /Express execution .* cannot be waited for/);
});

test('a job whose description meets an internal error is described again, one that is refused fails the task', async () => {
  const bench = await Bench.open();
  const refusal = new ServiceError('AccessDeniedException', 'no', { status: 403 });
  const rest: unknown[] = [new TypeError('a bug'), { jobs: [{ jobId: 'j', status: 'RUNNING' }] }, refusal];
  bench.answers = {
    'batch.SubmitJob': () => ({ jobId: 'j', jobName: 'n', jobArn: 'a' }),
    'batch.DescribeJobs': () => {
      const next = rest.shift();
      if (next instanceof Error) throw next;
      return next;
    },
  };
  const given = { JobName: 'n', JobQueue: 'q', JobDefinition: 'd' };
  await bench.run('arn:aws:states:::batch:submitJob.sync', given);
  bench.clock.advance(1_000);
  await bench.settle();
  assert.equal(bench.called('batch.DescribeJobs').length, 2);
  bench.transition('j', 'FAILED');
  await bench.settle();
  const failed = bench.reports[1];
  assert.ok(failed?.type === 'taskFailed');
  assert.equal(failed.error, 'Batch.AWSBatchException');
  bench.transition('j', 'FAILED');
  await bench.settle();
  assert.equal(bench.called('batch.DescribeJobs').length, 3, 'nobody waits any more');
});

test('a termination that meets an internal error is tried again until it is done', async () => {
  const bench = await Bench.open();
  let broken = true;
  bench.answers = {
    'batch.SubmitJob': () => ({ jobId: 'j', jobName: 'n', jobArn: 'a' }),
    'batch.DescribeJobs': () => ({ jobs: [{ jobId: 'j', status: 'RUNNING' }] }),
    'batch.TerminateJob': () => {
      if (broken) throw new TypeError('a bug');
      return {};
    },
  };
  const given = { JobName: 'n', JobQueue: 'q', JobDefinition: 'd' };
  const call = bench.start('arn:aws:states:::batch:submitJob.sync', given);
  await bench.settle();
  bench.cancel(call, 'stopped');
  await bench.settle();
  assert.equal(await bench.notedStops(), 1);
  broken = false;
  bench.clock.advance(1_000);
  await bench.settle();
  assert.equal(bench.called('batch.TerminateJob').length, 2);
  assert.equal(await bench.notedStops(), 0);
});

test('the answer of an optimised integration tells of the call: the headers that AWS was recorded to have', async () => {
  const bench = await Bench.open();
  const answer = { executionArn: 'arn:é', startDate: new Date(1_500) };
  bench.answers['states.StartExecution'] = () => answer;
  const report = only(await bench.run('arn:aws:states:::states:startExecution', { StateMachineArn: 'm' }));
  assert.ok(report.type === 'taskSucceeded');
  const { SdkHttpMetadata: http, SdkResponseMetadata: response } = report.output as unknown as SdkMetadata;
  const { Date: date, ...headers } = http.HttpHeaders;
  assert.match(date ?? '', / GMT$/);
  assert.deepEqual(headers, {
    connection: 'keep-alive',
    'x-amzn-RequestId': response.RequestId,
    'Content-Length': String(Buffer.byteLength('{"executionArn":"arn:é","startDate":1.5}')),
    'Content-Type': 'application/x-amz-json-1.0',
  });
  assert.deepEqual(http.AllHttpHeaders['Content-Type'], ['application/x-amz-json-1.0']);
});

interface SdkMetadata {
  readonly SdkHttpMetadata: {
    readonly HttpHeaders: Readonly<Record<string, string>>;
    readonly AllHttpHeaders: Readonly<Record<string, readonly string[]>>;
  };
  readonly SdkResponseMetadata: { readonly RequestId: string };
}
