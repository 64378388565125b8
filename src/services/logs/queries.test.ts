import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { awsError, LogsFixture, scope } from './logs-fixture.ts';

const hour = 3_600;

function isOver(status: string | undefined): boolean {
  return status !== 'Scheduled' && status !== 'Running';
}

/** The time about now, as StartQuery takes it. */
function aboutNow(logs: LogsFixture) {
  const now = Math.floor(logs.clock.now() / 1000);
  return { startTime: now - hour, endTime: now + hour };
}

async function start(logs: LogsFixture, queryString: string, logGroupName = 'group'): Promise<string> {
  const { queryId = '' } = await logs.call('StartQuery', { logGroupName, queryString, ...aboutNow(logs) });
  return queryId;
}

/** Asks until the query is over. */
async function end(logs: LogsFixture, queryId: string) {
  for (;;) {
    const results = await logs.call('GetQueryResults', { queryId });
    if (isOver(results.status)) return results;
    await pause(5);
  }
}

async function run(logs: LogsFixture, queryString: string) {
  const { status, results = [], statistics } = await end(logs, await start(logs, queryString));
  assert.equal(status, 'Complete');
  const rows = results.map((row) => Object.fromEntries(row.map(({ field = '', value = '' }) => [field, value])));
  return { rows, statistics };
}

test('a query reads what was put and what tasks write, of all streams of its group, and says how much it was', async () => {
  await using logs = await LogsFixture.open();
  await logs.put(await logs.stream(), ['{"level":"ERROR","ms":3}', 'plain']);
  const { writer } = await logs.task('group', 'of-a-task');
  writer.append(logs.clock.now(), Buffer.from('{"level":"ERROR","ms":5}'));
  writer.flush();
  const { rows, statistics } = await run(logs, 'filter level = "ERROR" | stats count(*) as n, sum(ms) as ms');
  assert.deepEqual(rows, [{ n: '2', ms: '8' }]);
  const { recordsMatched, recordsScanned, bytesScanned, logGroupsScanned } = statistics ?? {};
  assert.deepEqual([recordsMatched, recordsScanned, bytesScanned, logGroupsScanned], [2, 3, 53, 1]);
});

test('a row has a pointer, by which GetLogRecord finds its event with all fields; forged ones find nothing', async () => {
  await using logs = await LogsFixture.open();
  await logs.put(await logs.stream(), ['first', '{"a":{"b":[true,"x"]}}']);
  const { rows } = await run(logs, 'fields @logStream, @log | sort @timestamp desc | limit 1');
  const pointer = rows[0]?.['@ptr'] ?? '';
  assert.deepEqual(rows, [{ '@logStream': 'stream', '@log': `${scope.account}:group`, '@ptr': pointer }]);
  const { logRecord = {} } = await logs.call('GetLogRecord', { logRecordPointer: pointer });
  assert.deepEqual(
    [logRecord['a.b.0'], logRecord['a.b.1'], logRecord['@message']],
    ['1', 'x', '{"a":{"b":[true,"x"]}}'],
  );
  const token = JSON.parse(Buffer.from(pointer, 'base64url').toString());
  const forged = Buffer.from(JSON.stringify({ ...token, key: { ...token.key, offset: 9 } })).toString('base64url');
  const missing = awsError('ResourceNotFoundException', 'The specified log record does not exist.');
  await assert.rejects(logs.call('GetLogRecord', { logRecordPointer: forged }), missing);
  const invalid = awsError('InvalidParameterException', 'The specified logRecordPointer is invalid.');
  await assert.rejects(logs.call('GetLogRecord', { logRecordPointer: 'none' }), invalid);
});

test('events outside of the time, and those that have expired, are not seen', async () => {
  await using logs = await LogsFixture.open();
  await logs.put(await logs.stream(), ['old']);
  logs.clock.advance(2 * 86_400_000);
  await logs.put({ logGroupName: 'group', logStreamName: 'stream' }, ['new']);
  const count = async (startTime: number) => {
    const { queryId = '' } = await logs.call('StartQuery', {
      logGroupNames: ['group'],
      queryString: 'fields @message',
      startTime,
      endTime: logs.clock.now(),
    });
    return (await end(logs, queryId)).results?.length;
  };
  assert.equal(await count(0), 2);
  assert.equal(await count(Math.floor(logs.clock.now() / 1000) - hour), 1);
  await logs.call('PutRetentionPolicy', { logGroupName: 'group', retentionInDays: 1 });
  assert.equal(await count(0), 1);
});

test('a malformed query is refused with the place of what is wrong', async () => {
  await using logs = await LogsFixture.open();
  await logs.stream();
  await assert.rejects(
    start(logs, 'fields @message | pattern @message'),
    (error: { code?: string; members?: object }) => {
      assert.equal(error.code, 'MalformedQueryException');
      assert.deepEqual(error.members, {
        queryCompileError: {
          location: { startCharOffset: 18, endCharOffset: 25 },
          message: 'the command pattern is not supported by this version of Batchyard',
        },
      });
      return true;
    },
  );
  await assert.rejects(
    start(logs, 'fields @message', 'other'),
    awsError('ResourceNotFoundException', /does not exist/),
  );
});

test('a query over a bound fails in words, without rows', async () => {
  await using logs = await LogsFixture.open();
  await logs.put(await logs.stream(), ['a'.repeat(50_000)]);
  const id = await start(logs, 'fields replace(@message, "a", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb") as long');
  const { status, results, failure } = (await end(logs, id)) as { failure?: string } & Awaited<ReturnType<typeof end>>;
  assert.deepEqual([status, results], ['Failed', []]);
  assert.match(failure ?? '', /makes a text of more than/);
  assert.match(logs.logged.map(({ message }) => message).join(), /has failed/);
});

test('four queries run at once and others wait; one that is stopped makes room, and what is over cannot be stopped', async () => {
  await using logs = await LogsFixture.open();
  await logs.stream();
  const ids: string[] = [];
  for (let count = 0; count < 6; count += 1) ids.push(await start(logs, 'fields @message'));
  const statuses = async (status: 'Running' | 'Scheduled') =>
    (await logs.call('DescribeQueries', { status })).queries?.map(({ queryId }) => queryId);
  // No turn of theirs has come yet: that they all run is said by their starts.
  assert.deepEqual(await statuses('Scheduled'), [ids[5], ids[4]]);
  assert.deepEqual(await logs.call('StopQuery', { queryId: ids[5] ?? '' }), { success: true });
  assert.deepEqual(await logs.call('StopQuery', { queryId: ids[0] ?? '' }), { success: true });
  assert.equal((await end(logs, ids[4] ?? '')).status, 'Complete');
  assert.equal((await end(logs, ids[0] ?? '')).status, 'Cancelled');
  const over = awsError('InvalidParameterException', 'The specified query is not running.');
  await assert.rejects(logs.call('StopQuery', { queryId: ids[0] ?? '' }), over);
});

test('results are kept for an hour, page by page', async () => {
  await using logs = await LogsFixture.open();
  await logs.put(await logs.stream(), ['1', '2', '3']);
  const queryId = await start(logs, 'fields @message | sort @message');
  await end(logs, queryId);
  const first = await logs.call('GetQueryResults', { queryId, maxItems: 2 });
  const second = await logs.call('GetQueryResults', { queryId, nextToken: first.nextToken });
  const messages = [first, second].map(({ results = [] }) => results.map((row) => row[0]?.value));
  assert.deepEqual([messages, second.nextToken], [[['1', '2'], ['3']], undefined]);
  assert.deepEqual((await logs.call('ListLogGroupsForQuery', { queryId })).logGroupIdentifiers, ['group']);
  logs.clock.advance(hour * 1000);
  const missing = awsError('ResourceNotFoundException', 'The specified query does not exist.');
  await assert.rejects(logs.call('GetQueryResults', { queryId }), missing);
});

test('a query that takes too long is ended', async () => {
  await using logs = await LogsFixture.open();
  await logs.put(await logs.stream(), ['x'.repeat(1_000)]);
  const queryId = await start(logs, 'fields @message');
  logs.clock.advance(15 * 60_000);
  assert.equal((await logs.call('GetQueryResults', { queryId })).status, 'Timeout');
});

test('the fields of a group are those of its events, with their share', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  await logs.put(names, ['{"a":1,"b":{"c":2}}', '{"a":null}', 'plain', '{"a":"x"}']);
  logs.clock.advance(1_000);
  const { logGroupFields = [] } = await logs.call('GetLogGroupFields', { logGroupName: 'group' });
  const shares = Object.fromEntries(logGroupFields.map(({ name, percent }) => [name, percent]));
  assert.deepEqual([shares['@message'], shares.a, shares['b.c']], [100, 50, 25]);
});

test('query definitions are kept, found by the beginning of their names, changed by id and deleted', async () => {
  await using logs = await LogsFixture.open();
  const put = (name: string, rest: { queryDefinitionId?: string; clientToken?: string } = {}) =>
    logs.call('PutQueryDefinition', { name, queryString: `fields ${name}`, logGroupNames: ['group'], ...rest });
  const clientToken = 'x'.repeat(36);
  const { queryDefinitionId = '' } = await put('errors/a', { clientToken });
  assert.equal((await put('errors/a', { clientToken })).queryDefinitionId, queryDefinitionId);
  await put('slow');
  await put('errors/b', { queryDefinitionId });
  await logs.restart();
  const found = await logs.call('DescribeQueryDefinitions', { queryDefinitionNamePrefix: 'errors/' });
  assert.deepEqual(
    found.queryDefinitions?.map(({ name, queryString, logGroupNames }) => [name, queryString, logGroupNames]),
    [['errors/b', 'fields errors/b', ['group']]],
  );
  assert.deepEqual(await logs.call('DeleteQueryDefinition', { queryDefinitionId }), { success: true });
  const missing = awsError('ResourceNotFoundException', 'The specified query definition does not exist.');
  await assert.rejects(logs.call('DeleteQueryDefinition', { queryDefinitionId }), missing);
  await assert.rejects(put('x', { queryDefinitionId }), missing);
});
