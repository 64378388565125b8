import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBench, roleArn } from '../../states.fixture.ts';
import { map, publish, request, retrying, run } from './test-state.fixture.ts';

test('a tested Task calls as the role of its Credentials', async () => {
  const bench = await openBench();
  const definition = JSON.stringify({ ...publish, Credentials: { 'RoleArn.$': '$.role' } });
  const input = JSON.stringify({ text: 'hello', role: 'arn:aws:iam::123456789012:role/other' });
  const answer = bench.call('TestState', { definition, roleArn, input });
  const { call, report } = await bench.integrations.next();
  assert.deepEqual(call.credentials, { RoleArn: 'arn:aws:iam::123456789012:role/other' });
  report({ type: 'taskSucceeded', output: {} });
  await answer;
});

test('a state of a whole state machine is found by its name, nested ones too', async () => {
  const inner = { StartAt: 'In', States: { In: { Type: 'Pass', Result: 1, End: true } } };
  const machine = { StartAt: 'Each', States: { Each: { ...map, ItemProcessor: inner } } };
  assert.deepEqual(await run(machine, { stateName: 'In' }), { status: 'SUCCEEDED', output: '1' });
});

test('a Task is really called, and the test waits for its report', async () => {
  const bench = await openBench();
  const answer = bench.call('TestState', request(publish, { roleArn, inspectionLevel: 'DEBUG' }));
  const { call, report } = await bench.integrations.next();
  assert.deepEqual(call.arguments, { TopicArn: 'arn:aws:sns:us-east-1:123456789012:t', Message: 'hello' });
  assert.equal(call.roleArn, roleArn);
  report({ type: 'taskStarted' });
  report({ type: 'taskSucceeded', output: { MessageId: 'm' } });
  const { status, output, nextState, inspectionData } = await answer;
  assert.deepEqual({ status, nextState }, { status: 'SUCCEEDED', nextState: 'After' });
  assert.equal(output, '{"text":"hello","sent":{"MessageId":"m"}}');
  assert.equal((inspectionData as { result: string }).result, '{"MessageId":"m"}');
  assert.equal(bench.clock.pending, 0);
});

test('the failure of a real call is retried or caught on paper', async () => {
  for (const [error, status] of [
    ['Busy', 'RETRIABLE'],
    ['Gone', 'CAUGHT_ERROR'],
  ] as const) {
    const bench = await openBench();
    const answer = bench.call('TestState', request(retrying, { roleArn }));
    (await bench.integrations.next()).report({ type: 'taskFailed', error, cause: 'why' });
    const got = await answer;
    assert.deepEqual([got.status, got.error, got.cause], [status, error, 'why']);
  }
});

test('a test takes five minutes at most', async () => {
  const bench = await openBench();
  const answer = bench.call('TestState', request(publish, { roleArn }));
  const { call } = await bench.integrations.next();
  bench.clock.advance(5 * 60_000);
  assert.deepEqual([(await answer).status, (await answer).error], ['FAILED', 'States.Timeout']);
  assert.deepEqual(bench.integrations.cancelled, [call.key]);
});

test('a caller who goes away ends the call', async () => {
  const bench = await openBench();
  const gone = new AbortController();
  const answer = bench.call('TestState', request(publish, { roleArn }), { signal: gone.signal });
  const { call } = await bench.integrations.next();
  gone.abort();
  assert.equal((await answer).status, 'FAILED');
  assert.deepEqual(bench.integrations.cancelled, [call.key]);
  assert.equal(bench.clock.pending, 0);
});

test('arguments that what a Task calls does not take fail the state, mocked or not', async () => {
  const bench = await openBench();
  bench.integrations.problems = ["The value for the field 'Message' must be a STRING"];
  const cause =
    "An error occurred while executing the state 'StateName' (entered at the event id #1). The Parameters " +
    '\'{"TopicArn":"arn:aws:sns:us-east-1:123456789012:t","Message":"hello"}\' could not be used to start the Task: ' +
    "[The value for the field 'Message' must be a STRING]";
  for (const more of [{ roleArn }, { mock: { result: '{"MessageId":"m"}' } }]) {
    assert.deepEqual(await bench.call('TestState', request(publish, more)), {
      status: 'FAILED',
      error: 'States.Runtime',
      cause,
    });
  }
  assert.deepEqual(bench.integrations.calls, []);
});

test('testing asks for TestState, for secrets if they shall be revealed, and for the role', async () => {
  const { access } = await openBench();
  assert.deepEqual(await access('TestState', request(publish, { roleArn, revealSecrets: true })), [
    { action: 'states:TestState', resource: '*' },
    { action: 'states:RevealSecrets', resource: '*' },
    { action: 'iam:PassRole', resource: roleArn, conditions: { 'iam:PassedToService': 'states.amazonaws.com' } },
  ]);
});

test('the context object is that of an Express execution of a state machine that is new each time', async () => {
  const state = { Type: 'Pass', Parameters: { 'context.$': '$$' }, End: true };
  const machine = { StartAt: 'A', States: { A: { ...state, Next: 'B', End: undefined }, B: { Type: 'Succeed' } } };
  const machines = new Set<string>();
  for (const [definition, more] of [
    [state, {}],
    [machine, { stateName: 'A', roleArn }],
  ] as const) {
    const { output } = await run(definition, more);
    const { context } = JSON.parse(output as string);
    const { Name, Id, RoleArn } = context.Execution;
    machines.add(context.StateMachine.Name);
    assert.equal(context.State.Name, 'StateName');
    assert.equal(
      context.StateMachine.Id,
      `arn:aws:states:us-east-1:123456789012:stateMachine:${context.StateMachine.Name}`,
    );
    assert.equal(Id, `arn:aws:states:us-east-1:123456789012:express:${context.StateMachine.Name}:${Name}`);
    assert.equal(RoleArn, 'roleArn' in more ? roleArn : null);
    assert.ok(!('RedriveCount' in context.Execution));
  }
  assert.equal(machines.size, 2);
});

test('a callback is tested with the token of its context object, and ends with any JSON', async () => {
  const state = {
    ...{ Type: 'Task', QueryLanguage: 'JSONata', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' },
    Arguments: { FunctionName: 'f', Payload: { token: '{% $states.context.Task.Token %}' } },
    Output: "{% $merge([$states.input, {'answer': $states.result}]) %}",
    End: true,
  };
  const more = { mock: { result: '[true]' }, context: '{"Task":{"Token":"t"}}', inspectionLevel: 'DEBUG' };
  const { output, inspectionData } = await run(state, more);
  assert.equal(output, '{"text":"hello","answer":[true]}');
  const { afterArguments } = inspectionData as Record<string, string>;
  assert.equal(afterArguments, '{"FunctionName":"f","Payload":{"token":"t"}}');
});

test('a mocked test may be given a context object', async () => {
  const state = { ...publish, Parameters: { 'Message.$': '$$.Execution.Name', 'Subject.$': '$$.State.Name' } };
  const context = '{"Execution":{"Name":"mine"},"Task":{"Token":"t"},"State":{"Name":"A","RetryCount":1}}';
  const more = { mock: { result: '{"MessageId":"m"}' }, context, inspectionLevel: 'DEBUG' };
  const { inspectionData } = await run(state, more);
  const shown = inspectionData as { afterParameters: string };
  assert.equal(shown.afterParameters, '{"Message":"mine","Subject":"A"}');
});
