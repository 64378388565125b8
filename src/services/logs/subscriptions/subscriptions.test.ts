import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../../core/errors.ts';
import { awsError, LogsFixture, scope } from '../logs-fixture.ts';

const group = 'group';
const destinationArn = `arn:aws:lambda:${scope.region}:${scope.account}:function:told`;

async function opened(): Promise<LogsFixture> {
  const logs = await LogsFixture.open();
  await logs.service.filters.begin();
  logs.due.open();
  return logs;
}

function put(
  logs: LogsFixture,
  given: { readonly filterName?: string; readonly destinationArn?: string; readonly logGroupName?: string } = {},
) {
  const input = { logGroupName: group, filterName: 'sub', filterPattern: 'ERROR', destinationArn, ...given };
  return logs.call('PutSubscriptionFilter', input);
}

test('a function is sent a control message when it is subscribed, and then what matches, packed as on AWS', async () => {
  await using logs = await opened();
  const names = await logs.stream();
  await put(logs);
  assert.equal(logs.functions.taken[0]?.messageType, 'CONTROL_MESSAGE');
  await logs.put(names, ['ERROR one', 'fine', 'ERROR two']);
  await logs.filtered();
  await logs.until(() => logs.functions.data.length === 1);
  const { events = [] } = await logs.call('FilterLogEvents', { logGroupName: group, filterPattern: 'ERROR' });
  assert.deepEqual(logs.functions.data, [
    {
      ...{ messageType: 'DATA_MESSAGE', owner: scope.account, logGroup: group, logStream: 'stream' },
      ...{ subscriptionFilters: ['sub'], functionArn: destinationArn },
      logEvents: events.map(({ eventId: id, timestamp, message }) => ({ id, timestamp, message })),
    },
  ]);
  const arn = `arn:aws:logs:${scope.region}:${scope.account}:log-group:${group}:*`;
  assert.deepEqual(logs.functions.contexts.at(-1)?.source, { kind: 'service', service: 'logs.amazonaws.com', arn });
});

test('a function that cannot take it is tried again; one that refuses is left alone for ten minutes, with words', async () => {
  await using logs = await opened();
  const names = await logs.stream();
  await put(logs);
  logs.functions.failure = new ServiceError('TooManyRequestsException', 'Rate Exceeded.', { status: 429 });
  await logs.put(names, ['ERROR one']);
  await logs.filtered();
  await logs.until(() => logs.functions.tries === 2);
  logs.functions.failure = undefined;
  await logs.until(() => {
    logs.clock.advance(500_000);
    return logs.functions.data.length === 1;
  });
  logs.functions.failure = new ServiceError('AccessDeniedException', 'no', { status: 403 });
  await logs.put(names, ['ERROR two']);
  await logs.filtered();
  await logs.until(() => logs.logged.some(({ message }) => /sends nothing for 10 minutes/.test(message)));
  logs.functions.failure = undefined;
  const { tries } = logs.functions;
  await logs.put(names, ['ERROR three']);
  await logs.filtered();
  assert.equal(logs.functions.tries, tries);
  logs.clock.advance(600_000);
  await logs.put(names, ['ERROR four']);
  await logs.filtered();
  await logs.until(() => logs.functions.data.length === 2);
  assert.deepEqual(
    logs.functions.data.at(-1)?.logEvents.map(({ message }) => message),
    ['ERROR four'],
  );
});

test('many events are several messages, none larger than a function takes', async () => {
  await using logs = await opened();
  const names = await logs.stream();
  await put(logs);
  for (let index = 0; index < 3; index += 1) await logs.put(names, [`ERROR ${'x'.repeat(300_000)}`]);
  await logs.filtered();
  await logs.until(() => logs.functions.data.length === 3);
});

test('lines of a function come to whom they are sent no faster than every ten seconds: a circle goes round slowly', async () => {
  await using logs = await opened();
  const logGroupName = '/aws/lambda/told';
  const first = await logs.stream(logGroupName, 'a');
  const second = await logs.stream(logGroupName, 'b');
  await put(logs, { logGroupName });
  for (const names of [first, second]) await logs.put(names, ['ERROR']);
  await logs.filtered();
  await logs.until(() => logs.functions.data.length === 1);
  await logs.filtered();
  assert.equal(logs.functions.data.length, 1);
  await logs.until(() => {
    logs.clock.advance(10_000);
    return logs.functions.data.length === 2;
  });
});

test('what has been let through is sent by the next server', async () => {
  await using logs = await opened();
  const names = await logs.stream();
  await put(logs);
  logs.due.pause();
  await logs.put(names, ['ERROR one']);
  await logs.filtered();
  await logs.restart();
  await logs.service.filters.begin();
  assert.equal(logs.functions.data.length, 0);
  logs.due.open();
  await logs.until(() => logs.functions.data.length === 1);
});

test('what cannot be subscribed is refused in words', async () => {
  await using logs = await opened();
  await logs.stream();
  const refused = (given: Parameters<typeof put>[1], words: RegExp) =>
    assert.rejects(put(logs, given), awsError('InvalidParameterException', words));
  const other = (service: string, resource: string) =>
    `arn:aws:${service}:${scope.region}:${scope.account}:${resource}`;
  await refused({ destinationArn: other('kinesis', 'stream/s') }, /A Kinesis stream as a destination is not supported/);
  await refused({ destinationArn: other('firehose', 'deliverystream/s') }, /Firehose/);
  await refused({ destinationArn: other('sqs', 'queue') }, /none that a subscription filter can have/);
  await refused({ destinationArn: 'arn:aws:lambda:eu-west-1:123456789012:function:f' }, /account and region/);
  logs.functions.failure = new ServiceError('AccessDeniedException', 'no', { status: 403 });
  await refused({}, /Could not execute the lambda function/);
  logs.functions.failure = undefined;
  await put(logs, { filterName: 'one' });
  await put(logs, { filterName: 'two' });
  await assert.rejects(put(logs, { filterName: 'three' }), awsError('LimitExceededException', /limit exceeded/));
  const shown = await logs.call('DescribeSubscriptionFilters', { logGroupName: group });
  assert.deepEqual(
    shown.subscriptionFilters?.map(({ filterName }) => filterName),
    ['one', 'two'],
  );
  await logs.call('DeleteSubscriptionFilter', { logGroupName: group, filterName: 'one' });
  await put(logs, { filterName: 'three' });
});
