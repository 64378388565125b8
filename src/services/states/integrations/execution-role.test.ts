import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench, childMachineArn, parentArn } from './integrations.fixture.ts';

const publish = 'arn:aws:states:::sns:publish';

/** Whom the first call was made as. */
function callerOf(bench: Bench) {
  const { principal, source } = bench.invocations[0]?.context ?? assert.fail('nothing was called');
  assert.deepEqual(source, { kind: 'service', service: 'states.amazonaws.com' });
  return principal.kind === 'role-session' ? principal : assert.fail(`called as ${principal.kind}`);
}

function actionsOfCall(bench: Bench): readonly string[] {
  const { use } = callerOf(bench);
  return use.kind === 'state-machine' ? use.actions : assert.fail(use.kind);
}

test("a task calls as a session of the execution's role, one for each execution", async () => {
  const bench = await Bench.open();
  bench.answers['sns.Publish'] = () => ({ MessageId: 'm' });
  await bench.run(publish, { Message: 'm' });
  const first = callerOf(bench);
  assert.match(first.arn, /^arn:aws:sts::123456789012:assumed-role\/r\/[A-Za-z]{32}$/);
  assert.equal(first.roleArn, 'arn:aws:iam::123456789012:role/r');
  const sessionOf = async (executionArn: string) => {
    bench.invocations.length = 0;
    await bench.run(publish, { Message: 'm' }, { key: executionArn, executionArn });
    return callerOf(bench).sessionName;
  };
  assert.equal(await sessionOf(parentArn), first.sessionName);
  assert.notEqual(await sessionOf(`${parentArn}2`), first.sessionName);
});

test('the role that a state names in its Credentials is the one that it calls as', async () => {
  const bench = await Bench.open();
  bench.answers['sns.Publish'] = () => ({ MessageId: 'm' });
  const RoleArn = 'arn:aws:iam::123456789012:role/team/other';
  await bench.run(publish, { Message: 'm' }, { credentials: { RoleArn } });
  assert.match(callerOf(bench).arn, /assumed-role\/other\//);
});

const foreign = 'arn:aws:iam::999999999999:role/theirs';
for (const [RoleArn, words, status] of [
  [foreign, `is not authorized to perform: sts:AssumeRole on resource: ${foreign}`, 403],
  ['theirs', 'theirs is invalid', 400],
  ['arn:aws:iam::123456789012:user/u', 'arn:aws:iam::123456789012:user/u is invalid', 400],
  [7, '7 is invalid', 400],
] as const) {
  test(`a role that cannot be assumed fails the task as STS would, and nothing is called: ${RoleArn}`, async () => {
    for (const resource of [publish, 'arn:aws:states:::batch:submitJob.sync']) {
      const bench = await Bench.open();
      const [report, ...more] = await bench.run(resource, { Message: 'm' }, { credentials: { RoleArn } });
      assert.ok(report?.type === 'taskFailed' && more.length === 0);
      assert.deepEqual([report.error, report.stage], ['Sts.StsException', resource === publish ? 'run' : 'submit']);
      assert.ok(
        report.cause?.includes(`${words} (Service: Sts, Status Code: ${status}, Request ID: `),
        report.cause ?? '',
      );
      if (status === 403) assert.match(report.cause ?? '', /^User: arn:aws:sts::123456789012:assumed-role\/r\//);
      assert.deepEqual(bench.invocations, []);
    }
  });
}

const submit = { JobName: 'n', JobQueue: 'q', JobDefinition: 'd' };
const allowed: readonly [resource: string, input: object, answers: readonly string[], actions: readonly string[]][] = [
  ['sns:publish', { Message: 'm' }, ['sns.Publish'], ['sns:Publish']],
  ['batch:submitJob', submit, ['batch.SubmitJob'], ['batch:SubmitJob', 'batch:TagResource']],
  [
    'batch:submitJob.sync',
    submit,
    ['batch.SubmitJob', 'batch.DescribeJobs'],
    ['batch:SubmitJob', 'batch:TagResource', 'batch:DescribeJobs', 'batch:TerminateJob'],
  ],
  [
    'states:startExecution.sync:2',
    { StateMachineArn: childMachineArn },
    ['states.StartExecution'],
    ['states:StartExecution', 'states:DescribeExecution', 'states:StopExecution'],
  ],
  ['aws-sdk:sfn:listStateMachines', {}, ['states.ListStateMachines'], ['states:ListStateMachines']],
];

for (const [resource, input, answers, actions] of allowed) {
  test(`the session of a task of ${resource} may do what that is, and no more`, async () => {
    const bench = await Bench.open();
    bench.answers = Object.fromEntries(answers.map((name) => [name, () => ({ jobId: 'j', executionArn: 'e' })]));
    await bench.run(`arn:aws:states:::${resource}`, input as never);
    assert.deepEqual(actionsOfCall(bench), actions);
  });
}

test('a job that is stopped after its try is terminated by the role of the execution', async () => {
  const bench = await Bench.open();
  bench.answers = {
    'batch.SubmitJob': () => ({ jobId: 'j' }),
    'batch.DescribeJobs': () => ({ jobs: [{ jobId: 'j', status: 'RUNNING' }] }),
    'batch.TerminateJob': () => ({}),
  };
  const call = bench.start('arn:aws:states:::batch:submitJob.sync', submit);
  await bench.settle();
  bench.cancel(call, 'stopped');
  await bench.settle();
  bench.invocations.splice(
    0,
    bench.invocations.findIndex(({ operation }) => operation === 'batch.TerminateJob'),
  );
  assert.match(callerOf(bench).arn, /assumed-role\/r\//);
  assert.deepEqual(actionsOfCall(bench), ['batch:TerminateJob']);
});

test('jobs of executions with different roles that end together are described by each role', async () => {
  const bench = await Bench.open();
  let submitted = 0;
  const statuses = { status: 'RUNNING' };
  bench.answers = {
    'batch.SubmitJob': () => ({ jobId: `j${submitted++}` }),
    'batch.DescribeJobs': ({ jobs }: { jobs: string[] }) => ({ jobs: jobs.map((jobId) => ({ jobId, ...statuses })) }),
  };
  const roles = ['a', 'b', 'a'].map((name) => `arn:aws:iam::123456789012:role/${name}`);
  for (const [index, roleArn] of roles.entries()) {
    bench.start('arn:aws:states:::batch:submitJob.sync', submit, { key: `${index}`, roleArn });
  }
  await bench.settle();
  bench.invocations.length = 0;
  statuses.status = 'SUCCEEDED';
  bench.transition(['j0', 'j1', 'j2'], 'SUCCEEDED');
  await bench.settle();
  const described = bench.called('batch.DescribeJobs').map(({ input, context: { principal } }) => {
    return [principal.arn.split('/')[1], (input as { jobs: string[] }).jobs];
  });
  assert.deepEqual(described, [
    ['a', ['j0', 'j2']],
    ['b', ['j1']],
  ]);
  assert.equal(bench.reports.filter(({ type }) => type === 'taskSucceeded').length, 3);
});

test("a role of a state's Credentials is asked whether it trusts the execution's, and is then used without Step Functions being named", async () => {
  const bench = await Bench.open();
  bench.answers['sns.Publish'] = () => ({ MessageId: 'm' });
  const RoleArn = 'arn:aws:iam::123456789012:role/other';
  const asked: string[] = [];
  bench.mayUse = ({ principal }, roleArn) => {
    asked.push(`${principal.kind === 'role-session' && principal.roleArn} ${roleArn}`);
    return asked.length > 1;
  };
  const [report] = await bench.run(publish, { Message: 'm' }, { credentials: { RoleArn } });
  assert.ok(report?.type === 'taskFailed');
  assert.match(
    report.cause ?? '',
    /is not authorized to perform: sts:AssumeRole on resource: .*role\/other \(Service: Sts/,
  );
  assert.deepEqual([asked, bench.invocations], [[`arn:aws:iam::123456789012:role/r ${RoleArn}`], []]);
  await bench.run(publish, { Message: 'm' }, { key: 'second', credentials: { RoleArn } });
  assert.deepEqual(callerOf(bench).borrower, { kind: 'role' });
});

test('a call says which state machine it is for', async () => {
  const bench = await Bench.open();
  bench.answers['sns.Publish'] = () => ({ MessageId: 'm' });
  await bench.run(publish, { Message: 'm' });
  const { machine } = /:execution:(?<machine>[^:]+):/.exec(parentArn)?.groups ?? {};
  const arn = `arn:aws:states:us-east-1:123456789012:stateMachine:${machine}`;
  assert.deepEqual(callerOf(bench).borrower, { kind: 'service', service: 'states.amazonaws.com', arn });
});
