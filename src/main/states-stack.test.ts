import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { performEvaluation } from '../asl/evaluate/index.ts';
import type { Evaluation } from '../asl/index.ts';
import { ManualClock } from '../core/clock.ts';
import { ServiceError } from '../core/errors.ts';
import type { AccountId, Arn, Region } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import type { RequestContext } from '../core/operation.ts';
import { SystemRandom } from '../core/random.ts';
import { OperationRegistry } from '../gateway/index.ts';
import { rolePrincipal, rootPrincipal } from '../iam/index.ts';
import { statesRecords } from '../services/states/index.ts';
import { DueWork, Ledger, openMemoryStore, withLead } from '../store/index.ts';
import { ServiceCalls } from './service-calls.ts';
import { openStatesStack } from './states-stack.ts';

const account = '123456789012' as AccountId;
const region = 'us-east-1' as Region;
const prefix = `arn:aws:states:${region}:${account}`;
const roleArn = `arn:aws:iam::${account}:role/r` as Arn;

async function open() {
  const clock = new ManualClock();
  const random = new SystemRandom();
  const metrics = new Registry();
  const store = await withLead(openMemoryStore({ random }));
  const ledger = new Ledger({ store, types: statesRecords, onFailed: ({ error }) => assert.fail(String(error)) });
  const calls = new ServiceCalls();
  const due = new DueWork({ ledger, clock, logger: silentLogger });
  const onError = (error: unknown) => assert.fail(String(error));
  const evaluations = { evaluate: (evaluation: Evaluation) => performEvaluation(evaluation) };
  const parts = {
    ledger,
    facts: { append() {} },
    due,
    clock,
    random,
    logger: silentLogger,
    metrics,
    calls,
    evaluations,
  };
  const stack = openStatesStack({ ...parts, retention: 1, onError, mayUse: () => true });
  calls.open(new OperationRegistry([stack.definition]));
  const fill = async () => {
    const loaded = await store.load();
    await ledger.fill(loaded.records);
    await stack.open(loaded);
  };
  await fill();
  const context: RequestContext = {
    ...{ account, region, principal: rootPrincipal(account), requestId: 'r', now: clock.now() },
    source: { kind: 'network', address: '127.0.0.1' },
    signal: new AbortController().signal,
  };
  const call = async <Output>(
    operation: string,
    input: object,
    more: Partial<RequestContext> = {},
  ): Promise<Output> => {
    const answer = await calls.invoke<Output>('states', operation, input, { ...context, ...more } as RequestContext);
    await store.settled();
    return answer;
  };
  return { clock, metrics, stack, fill, call };
}

type Server = Awaited<ReturnType<typeof open>>;

/** Starts an execution that asks a worker, and answers its ARN. */
async function ask({ call }: Server): Promise<string> {
  const { activityArn } = await call<{ activityArn: string }>('CreateActivity', { name: 'work' });
  const states = { Ask: { Type: 'Task', Resource: activityArn, End: true } };
  const definition = JSON.stringify({ StartAt: 'Ask', States: states });
  const created = await call<{ stateMachineArn: string }>('CreateStateMachine', { name: 'm', definition, roleArn });
  return (await call<{ executionArn: string }>('StartExecution', created)).executionArn;
}

/** Lets everything under way go on until `look` finds something. */
async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (let turn = 0; turn < 1000; turn++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise(setImmediate);
  }
  return assert.fail('it does not happen');
}

function ended({ call }: Server, executionArn: string) {
  return until(async () => {
    const described = await call<{ status: string; output?: string }>('DescribeExecution', { executionArn });
    return described.status === 'RUNNING' ? undefined : described;
  });
}

interface Event {
  readonly type: string;
  readonly activityStartedEventDetails?: object;
}

async function eventsOf({ call }: Server, executionArn: string, type: string): Promise<readonly Event[]> {
  const { events } = await call<{ events: Event[] }>('GetExecutionHistory', { executionArn });
  return events.filter((event) => event.type === type);
}

/** Resolves once the task waits for a worker. */
function scheduled(server: Server, executionArn: string) {
  return until(async () => (await eventsOf(server, executionArn, 'ActivityScheduled'))[0]);
}

test('a task that waits for a worker is given out once after memory was rebuilt, and its start is recorded', async () => {
  const server = await open();
  const { stack, call, fill, metrics } = server;
  const executionArn = await ask(server);
  for (let time = 0; time < 3; time++) {
    await scheduled(server, executionArn);
    stack.pause();
    await fill();
  }
  const activityArn = `${prefix}:activity:work`;
  const { taskToken } = await call<{ taskToken: string }>('GetActivityTask', { activityArn, workerName: 'w' });
  const none = call('GetActivityTask', { activityArn });
  await call('SendTaskSuccess', { taskToken, output: '1' });
  assert.deepEqual((await ended(server, executionArn)).output, '1');
  const starts = await eventsOf(server, executionArn, 'ActivityStarted');
  assert.deepEqual(
    starts.map((event) => event.activityStartedEventDetails),
    [{ workerName: 'w' }],
  );
  stack.dismissWorkers();
  assert.deepEqual(await none, {});
  assert.match(await metrics.metrics(), /batchyard_executions_total\{event="succeeded",type="STANDARD"\} 1/);
  await stack.close();
});

test('a worker that waits while memory is rebuilt gets the task that is offered then', async () => {
  const server = await open();
  const { stack, call, fill } = server;
  await call('CreateActivity', { name: 'work' });
  const waiting = call<{ taskToken: string }>('GetActivityTask', { activityArn: `${prefix}:activity:work` });
  stack.pause();
  await fill();
  const executionArn = await ask(server);
  const { taskToken } = await waiting;
  await call('SendTaskSuccess', { taskToken, output: '2' });
  assert.equal((await ended(server, executionArn)).output, '2');
  await stack.close();
});

test('a deletion that a rebuild of memory interrupted is finished', async () => {
  const server = await open();
  const { stack, call, fill } = server;
  const executionArn = await ask(server);
  const stateMachineArn = `${prefix}:stateMachine:m`;
  await call('DeleteStateMachine', { stateMachineArn });
  stack.pause();
  await fill();
  assert.equal((await ended(server, executionArn)).status, 'ABORTED');
  await until(async () => {
    const { stateMachines } = await call<{ stateMachines: unknown[] }>('ListStateMachines', {});
    return stateMachines.length === 0 ? true : undefined;
  });
  await stack.close();
});

/** Runs a machine of one task, and answers how its task failed, or that it did not. */
async function outcomeOf(server: Server, resource: string, input: object): Promise<{ error?: string; cause?: string }> {
  const states = {
    Do: { Type: 'Task', Resource: `arn:aws:states:::aws-sdk:${resource}`, Arguments: input, End: true },
  };
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Do', States: states });
  const created = await server.call<{ stateMachineArn: string }>('CreateStateMachine', {
    name: 'n',
    definition,
    roleArn,
  });
  const { executionArn } = await server.call<{ executionArn: string }>('StartExecution', created);
  return (await ended(server, executionArn)) as { error?: string; cause?: string };
}

test('a definition reaches what it names', async () => {
  const server = await open();
  assert.equal((await outcomeOf(server, 'sfn:createActivity', { Name: 'made' })).error, undefined);
  const { activities } = await server.call<{ activities: object[] }>('ListActivities', {});
  assert.equal(activities.length, 1);
  await server.stack.close();
});

test('a definition cannot hand a role to a state machine that its input brings', async () => {
  const server = await open();
  const Definition = JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } });
  const { error, cause } = await outcomeOf(server, 'sfn:createStateMachine', {
    Name: 'x',
    Definition,
    RoleArn: roleArn,
  });
  assert.equal(error, 'Sfn.SfnException');
  assert.match(
    cause ?? '',
    /^User: arn:aws:sts::123456789012:assumed-role\/r\/[A-Za-z]{32} is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role\/r because no identity-based policy allows the iam:PassRole action \(Service: Sfn, Status Code: 400, Request ID: [-0-9a-f]+\) \(SDK Attempt Count: 1\)$/,
  );
  const { stateMachines } = await server.call<{ stateMachines: { name: string }[] }>('ListStateMachines', {});
  assert.deepEqual(
    stateMachines.map(({ name }) => name),
    ['n'],
  );
  await server.stack.close();
});

test('the session of a task is refused every operation that the definition does not name', async () => {
  const server = await open();
  const { definition } = server.stack;
  const built = Object.entries(definition.operations).filter(([, { kind }]) => kind === 'operation');
  const use = { kind: 'state-machine', actions: ['states:ListActivities'] } as const;
  const principal = rolePrincipal({ account, roleArn, sessionName: 's', use });
  for (const [operation] of built) {
    const call = server.call(operation, {}, { principal });
    if (operation === 'ListActivities') await call;
    else await assert.rejects(call, (error) => error instanceof ServiceError && error.code === 'AccessDeniedException');
  }
  await server.stack.close();
});

test('a stack that is closed leaves no timer behind', async () => {
  const server = await open();
  await ask(server);
  await server.stack.close();
  assert.equal(server.clock.pending, 0);
});
