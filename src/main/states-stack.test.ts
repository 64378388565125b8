import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { ManualClock } from '../core/clock.ts';
import type { AccountId, Region } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import type { RequestContext } from '../core/operation.ts';
import { SystemRandom } from '../core/random.ts';
import { OperationRegistry } from '../gateway/index.ts';
import { rootPrincipal } from '../iam/index.ts';
import { statesRecords } from '../services/states/index.ts';
import { DueWork, Ledger, openMemoryStore } from '../store/index.ts';
import { ServiceCalls } from './service-calls.ts';
import { openStatesStack } from './states-stack.ts';

const account = '123456789012' as AccountId;
const region = 'us-east-1' as Region;
const prefix = `arn:aws:states:${region}:${account}`;
const roleArn = `arn:aws:iam::${account}:role/r`;

async function open() {
  const clock = new ManualClock();
  const random = new SystemRandom();
  const metrics = new Registry();
  const store = await openMemoryStore({ random });
  const ledger = new Ledger({ store, types: statesRecords, onFailed: ({ error }) => assert.fail(String(error)) });
  const calls = new ServiceCalls();
  const due = new DueWork({ ledger, clock, logger: silentLogger });
  const onError = (error: unknown) => assert.fail(String(error));
  const stack = openStatesStack({
    ledger,
    due,
    clock,
    random,
    logger: silentLogger,
    metrics,
    calls,
    retention: 1,
    onError,
  });
  calls.open(new OperationRegistry([stack.definition]));
  const fill = async () => {
    const loaded = await store.load();
    ledger.rebuild(loaded.records);
    await stack.open(loaded);
  };
  await fill();
  const context: RequestContext = {
    ...{ account, region, principal: rootPrincipal(account), requestId: 'r', now: clock.now() },
    signal: new AbortController().signal,
  };
  const call = async <Output>(operation: string, input: object): Promise<Output> => {
    const answer = await calls.invoke<Output>('states', operation, input, context);
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

test('a stack that is closed leaves no timer behind', async () => {
  const server = await open();
  await ask(server);
  await server.stack.close();
  assert.equal(server.clock.pending, 0);
});
