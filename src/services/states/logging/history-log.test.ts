import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEvent } from '../../../asl/index.ts';
import { ManualClock } from '../../../core/clock.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { Logger } from '../../../core/logger.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { SystemRandom } from '../../../core/random.ts';
import { Authority } from '../../../iam/index.ts';
import type { StateMachineRevisionRecord } from '../records.ts';
import { arn, openBench, scope } from '../states.fixture.ts';
import { HistoryLog } from './history-log.ts';

interface Call {
  readonly operation: string;
  readonly context: RequestContext;
  readonly input: { readonly logStreamName: string; readonly logEvents?: readonly { readonly message: string }[] };
}

const execution = { ...scope, arn: `${arn}:execution:m:e` };

async function open(level: string, includeExecutionData = false) {
  const bench = await openBench();
  await bench.create('m', {
    loggingConfiguration: {
      level,
      includeExecutionData,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: 'arn:aws:logs:us-east-1:123456789012:log-group:g:*' } }],
    },
  });
  const { revision } = bench.catalog.resolve(scope, `${arn}:stateMachine:m`);
  const calls: Call[] = [];
  const warnings: string[] = [];
  const failures = new Map<string, Error>();
  const log = new HistoryLog({
    invoke: async <Output>(_service: string, operation: string, input: unknown, context: RequestContext) => {
      calls.push({ operation, input: input as Call['input'], context });
      const failure = failures.get(operation);
      if (failure) throw failure;
      return {} as Output;
    },
    clock: new ManualClock(),
    random: new SystemRandom(),
    logger: { ...silent, warn: (_details, message) => warnings.push(message) },
  });
  return { revision, calls, warnings, failures, log };
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const timestamp = Date.UTC(2026, 1, 3, 4, 5, 6, 7);

function event(id: number, type: HistoryEvent['type'], details: object = {}): HistoryEvent {
  return { id, previousEventId: id - 1, type, timestamp, ...details };
}

const started = event(1, 'ExecutionStarted', {
  executionStartedEventDetails: { input: '{"a":1}', inputDetails: { truncated: false }, roleArn: 'r' },
});
const all = [
  started,
  event(2, 'TaskStateEntered', { stateEnteredEventDetails: { name: 'T', input: '{}' } }),
  event(3, 'TaskFailed', { taskFailedEventDetails: { resourceType: 'batch', resource: 'submitJob', error: 'E' } }),
  event(4, 'FailStateEntered', { stateEnteredEventDetails: { name: 'F' } }),
  event(5, 'ExecutionFailed', { executionFailedEventDetails: { error: 'E', cause: 'c' } }),
];

async function logged(level: string): Promise<unknown[]> {
  const { revision, calls, log } = await open(level);
  log.append(revision, execution, all);
  await log.close();
  const lines = calls.flatMap(({ input }) => input.logEvents ?? []);
  return lines.map(({ message }) => JSON.parse(message).type);
}

test('an event is logged as AWS writes it, to the stream of its hour', async () => {
  const { revision, calls, log } = await open('ALL', true);
  log.append(revision, { ...execution, redriveCount: 2 }, [started]);
  await log.close();
  assert.deepEqual(
    calls.map(({ operation, input }) => [operation, input.logStreamName]),
    [
      ['CreateLogStream', 'states/m/2026-02-03-04/00000000'],
      ['PutLogEvents', 'states/m/2026-02-03-04/00000000'],
    ],
  );
  assert.deepEqual(JSON.parse(calls[1]?.input.logEvents?.[0]?.message ?? ''), {
    id: '1',
    type: 'ExecutionStarted',
    details: { input: '{"a":1}', inputDetails: { truncated: false }, roleArn: 'r' },
    previous_event_id: '0',
    event_timestamp: String(timestamp),
    execution_arn: execution.arn,
    redrive_count: '2',
  });
});

test('without execution data, input and output are left out', async () => {
  const { revision, calls, log } = await open('ALL');
  log.append(revision, execution, [started]);
  await log.close();
  assert.deepEqual(JSON.parse(calls[1]?.input.logEvents?.[0]?.message ?? '').details, { roleArn: 'r' });
});

test('each level logs what AWS logs at it', async () => {
  assert.deepEqual(
    await logged('ALL'),
    all.map(({ type }) => type),
  );
  assert.deepEqual(await logged('ERROR'), ['TaskFailed', 'FailStateEntered', 'ExecutionFailed']);
  assert.deepEqual(await logged('FATAL'), ['ExecutionFailed']);
  assert.deepEqual(await logged('OFF'), []);
});

test('data that is too large for a log event is left out, and that is said', async () => {
  const { revision, calls, log } = await open('ALL', true);
  const input = 'x'.repeat(262_144);
  log.append(revision, execution, [
    event(1, 'ExecutionStarted', { executionStartedEventDetails: { input, roleArn: 'r' } }),
  ]);
  await log.close();
  assert.deepEqual(JSON.parse(calls[1]?.input.logEvents?.[0]?.message ?? '').details, {
    roleArn: 'r',
    inputDetails: { truncated: true },
  });
});

test('events are written in batches that PutLogEvents takes, and none is lost', async () => {
  const { revision, calls, log } = await open('ALL', true);
  const output = 'x'.repeat(200_000);
  const many = Array.from({ length: 12 }, (_, index) =>
    event(index + 1, 'PassStateExited', { stateExitedEventDetails: { name: 'P', output } }),
  );
  log.append(revision, execution, many);
  await log.close();
  const batches = calls.flatMap(({ input }) => (input.logEvents ? [input.logEvents] : []));
  for (const batch of batches) {
    const bytes = batch.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
    assert.ok(bytes <= 1024 * 1024, `${bytes}`);
  }
  const ids = batches.flat().map(({ message }) => Number(JSON.parse(message).id));
  assert.deepEqual(
    ids,
    many.map(({ id }) => id),
  );
});

test('a stream that is there is used; a group that is not is told to the log of the server, and nobody fails', async () => {
  const { revision, calls, warnings, failures, log } = await open('ALL');
  failures.set('CreateLogStream', new ServiceError('ResourceAlreadyExistsException', 'exists'));
  log.append(revision, execution, [started]);
  await new Promise(setImmediate);
  assert.deepEqual(warnings, []);
  failures.set('PutLogEvents', new ServiceError('ResourceNotFoundException', 'no group'));
  log.append(revision, execution, [started]);
  await log.close();
  assert.deepEqual(warnings, ['the history of executions could not be logged']);
  assert.deepEqual(
    calls.map(({ operation }) => operation),
    ['CreateLogStream', 'PutLogEvents', 'PutLogEvents'],
  );
});

test('a machine without a logging configuration logs nothing', async () => {
  const { revision, calls, log } = await open('ALL');
  const { loggingConfiguration: _, ...silentOne } = revision;
  log.append(silentOne satisfies StateMachineRevisionRecord, execution, all);
  await log.close();
  assert.deepEqual(calls, []);
});

test('what waits for a slow log is bounded in memory, whatever the size of the events; the rest is dropped in words', async () => {
  const { revision, calls, warnings, log } = await open('ALL', true);
  const large = event(1, 'PassStateExited', { stateExitedEventDetails: { name: 'P', output: 'x'.repeat(200_000) } });
  const given = 400;
  for (let count = 0; count < given; count += 1) log.append(revision, execution, [large]);
  await log.close();
  const written = calls.flatMap(({ input }) => input.logEvents ?? []).length;
  assert.ok(written > 0 && written * 200_000 < 48 * 1024 * 1024, `${written} of ${given}`);
  assert.ok(warnings.length > 0);
});

test('logs are delivered in the name of the service that does so on AWS, which may do just that', async () => {
  const { revision, calls, log } = await open('ALL');
  log.append(revision, execution, [started]);
  await log.close();
  for (const { operation, context } of calls) {
    assert.equal(context.principal.arn, 'delivery.logs.amazonaws.com');
    assert.deepEqual(context.source, { kind: 'service', service: 'delivery.logs.amazonaws.com' });
    const asked = (action: string) => new Authority().decide(context, [{ action, resource: '*' }]).kind;
    assert.deepEqual([asked(`logs:${operation}`), asked('logs:DeleteLogGroup')], ['allow', 'deny']);
  }
  assert.equal(calls.length, 2);
});
