import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand,
  TestStateCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import type { ManualClock } from '../../src/core/clock.ts';
import { clientsOf } from '../support/sdk.ts';
import { type InProcessServer, startInProcess } from '../support/server-in-process.ts';
import { type Greedy, greedy, text, timeAlone, timeout } from './greedy-expressions.ts';

const roleArn = 'arn:aws:iam::123456789012:role/r';
const deadline = 5_000;

async function open(context: TestContext) {
  const server = await startInProcess(context);
  const clients = clientsOf(server);
  context.after(() => clients.close());
  return { server, states: clients.states, begun: watchDeadlines(server.clock) };
}

/** Answers a function that resolves when the next evaluation has a thread, and so a deadline. */
function watchDeadlines(clock: ManualClock): () => Promise<void> {
  const after = clock.after.bind(clock);
  let resolve: () => void = () => undefined;
  clock.after = (delay, task) => {
    if (delay === deadline) resolve();
    return after(delay, task);
  };
  return () => {
    const next = Promise.withResolvers<void>();
    resolve = next.resolve;
    return next.promise;
  };
}

async function healthy({ url }: InProcessServer): Promise<void> {
  const answer = await fetch(`${url}/healthz`);
  assert.equal(answer.status, 200, await answer.text());
}

function machineOf({ state }: Greedy): string {
  const succeed = 'Choices' in state ? { S: { Type: 'Succeed' } } : {};
  return JSON.stringify({ StartAt: 'Greedy', States: { Greedy: state, ...succeed } });
}

type Opened = Awaited<ReturnType<typeof open>>;

async function create({ states }: Opened, name: string, definition: string): Promise<string | undefined> {
  const { stateMachineArn } = await states.send(new CreateStateMachineCommand({ name, definition, roleArn }));
  return stateMachineArn;
}

async function end({ states }: Opened, executionArn: string | undefined) {
  for (;;) {
    const described = await states.send(new DescribeExecutionCommand({ executionArn }));
    if (described.status !== 'RUNNING') return described;
  }
}

test('whatever an expression takes, it ends with its error, and others have been answered before', async (context) => {
  const opened = await open(context);
  const { server, states, begun } = opened;
  for (const [at, each] of greedy.entries()) {
    const stateMachineArn = await create(opened, `greedy-${at}`, machineOf(each));
    const hasThread = begun();
    const input = JSON.stringify(each.input);
    const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn, input }));
    await hasThread;
    await healthy(server);
    if (each.untilDeadline) {
      const { status } = await states.send(new DescribeExecutionCommand({ executionArn }));
      assert.equal(status, 'RUNNING', `${each.name} goes on until its deadline`);
      server.clock.advance(deadline);
    }
    const { status, error, cause } = await end(opened, executionArn);
    assert.deepEqual([status, error], ['FAILED', each.error], `${each.name}: ${cause}`);
    assert.match(cause ?? '', each.cause, each.name);
  }
});

test('an execution whose expression goes on for ever holds up no other of its state machine', async (context) => {
  const opened = await open(context);
  const { server, states, begun } = opened;
  const output = `{% $states.input.greedy ? ${timeAlone('$states.input.t')} : $sum([1, 2]) %}`;
  const state = { Type: 'Pass', QueryLanguage: 'JSONata', Output: output, End: true };
  const stateMachineArn = await create(opened, 'both', JSON.stringify({ StartAt: 'P', States: { P: state } }));
  const start = async (input: object) => {
    const command = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
    return (await states.send(command)).executionArn;
  };
  const hasThread = begun();
  const long = await start({ greedy: true, t: text });
  await hasThread;
  for (let other = 0; other < 5; other += 1) {
    assert.deepEqual((await end(opened, await start({ greedy: false }))).output, '3');
  }
  assert.equal((await states.send(new DescribeExecutionCommand({ executionArn: long }))).status, 'RUNNING');
  server.clock.advance(deadline);
  const { error, cause } = await end(opened, long);
  assert.equal(error, 'States.QueryEvaluationError');
  assert.match(cause ?? '', timeout);
});

test('a state under test that goes on for ever ends too, and others have been answered before', async (context) => {
  const { server, states, begun } = await open(context);
  const [first] = greedy;
  assert.ok(first);
  const isChecked = begun();
  const tested = states.send(
    new TestStateCommand({ definition: JSON.stringify(first.state), input: JSON.stringify(first.input), roleArn }),
  );
  await isChecked;
  await begun();
  await healthy(server);
  server.clock.advance(deadline);
  const { status, error, cause } = await tested;
  assert.deepEqual([status, error], ['FAILED', 'States.QueryEvaluationError']);
  assert.match(cause ?? '', first.cause);
});

test('a definition with a regular expression that cannot end is refused, and one of 20,000 expressions is checked', async (context) => {
  const { states } = await open(context);
  const validate = (output: unknown) => {
    const state = { Type: 'Pass', QueryLanguage: 'JSONata', Output: output, End: true };
    const definition = JSON.stringify({ StartAt: 'P', States: { P: state } });
    return states.send(new ValidateStateMachineDefinitionCommand({ definition }));
  };
  const { result, diagnostics } = await validate("{% $contains('a', /((?:){99999999}){99999999}/) %}");
  assert.equal(result, 'FAIL');
  assert.match(diagnostics?.[0]?.message ?? '', /invalid repeat count/);
  const many = Array.from({ length: 20_000 }, (_, at) => `{% $uppercase('${at}') %}`);
  const checked = await validate([...many, '{% ( %}']);
  assert.deepEqual(
    checked.diagnostics?.map(({ location }) => location),
    ['/States/P/Output[20000]'],
  );
});
