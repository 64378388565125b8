import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteQueryDefinitionCommand,
  DescribeQueriesCommand,
  DescribeQueryDefinitionsCommand,
  GetLogGroupFieldsCommand,
  GetLogRecordCommand,
  GetQueryResultsCommand,
  MalformedQueryException,
  PutLogEventsCommand,
  PutQueryDefinitionCommand,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { until } from '../support/wait.ts';
import { awsCli, batchyard, runCommand } from './command.ts';
import { openYard } from './yard.ts';

const { logs, server } = await openYard();

/** A group with some events in it. */
async function group(logGroupName: string, messages: readonly string[]) {
  const names = { logGroupName, logStreamName: 'stream' };
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await logs.send(new CreateLogStreamCommand(names));
  const logEvents = messages.map((message) => ({ timestamp: Date.now(), message }));
  await logs.send(new PutLogEventsCommand({ ...names, logEvents }));
}

function aboutNow() {
  const now = Math.floor(Date.now() / 1000);
  return { startTime: now - 3_600, endTime: now + 60 };
}

async function start(logGroupName: string, queryString: string): Promise<string> {
  const { queryId = '' } = await logs.send(new StartQueryCommand({ logGroupName, queryString, ...aboutNow() }));
  return queryId;
}

function end(queryId: string) {
  return until('the end of a query', async () => {
    const answer = await logs.send(new GetQueryResultsCommand({ queryId }));
    return answer.status !== 'Scheduled' && answer.status !== 'Running' && answer;
  });
}

test('the JavaScript SDK runs a query, reads its rows and statistics, and a record by its pointer', async () => {
  await group('queried', ['{"level":"ERROR","ms":12}', '{"level":"INFO","ms":3}', 'plain']);
  const { status, results = [], statistics } = await end(await start('queried', 'filter level = "ERROR" | display ms'));
  assert.equal(status, 'Complete');
  assert.deepEqual(results[0]?.[0], { field: 'ms', value: '12' });
  assert.deepEqual([statistics?.recordsMatched, statistics?.recordsScanned], [1, 3]);
  const logRecordPointer = results[0]?.find(({ field }) => field === '@ptr')?.value;
  const { logRecord } = await logs.send(new GetLogRecordCommand({ logRecordPointer }));
  assert.equal(logRecord?.level, 'ERROR');
  const { logGroupFields = [] } = await logs.send(new GetLogGroupFieldsCommand({ logGroupName: 'queried' }));
  assert.equal(logGroupFields.find(({ name }) => name === 'level')?.percent, 67);
  const { queries = [] } = await logs.send(new DescribeQueriesCommand({ logGroupName: 'queried' }));
  assert.deepEqual(
    queries.map((each) => [each.status, each.queryString]),
    [['Complete', 'filter level = "ERROR" | display ms']],
  );
});

test('a malformed query is an exception of the SDK, with the place of what is wrong', async () => {
  await group('malformed', ['x']);
  await assert.rejects(start('malformed', 'fields a | nonsense'), (error) => {
    assert.ok(error instanceof MalformedQueryException);
    assert.deepEqual(error.queryCompileError?.location, { startCharOffset: 11, endCharOffset: 19 });
    return true;
  });
});

test('query definitions are put, described and deleted', async () => {
  const put = new PutQueryDefinitionCommand({ name: 'errors', queryString: 'filter level = "ERROR"' });
  const { queryDefinitionId } = await logs.send(put);
  const { queryDefinitions = [] } = await logs.send(new DescribeQueryDefinitionsCommand({}));
  assert.deepEqual(
    queryDefinitions.map((each) => each.queryDefinitionId),
    [queryDefinitionId],
  );
  assert.equal((await logs.send(new DeleteQueryDefinitionCommand({ queryDefinitionId }))).success, true);
});

test('while a hostile expression is looked for the server answers, and the query can be stopped', async () => {
  await group(
    'hostile',
    Array.from({ length: 10 }, () => 'a'.repeat(90_000)),
  );
  const queryId = await start('hostile', 'filter @message like /(a?){500}b$/ or @message like /[a-z]{1,500}$/');
  await until('the query to run', async () => {
    const { status } = await logs.send(new GetQueryResultsCommand({ queryId }));
    return status !== 'Scheduled';
  });
  for (let count = 0; count < 20; count += 1) assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
  const { status } = await logs.send(new GetQueryResultsCommand({ queryId }));
  if (status === 'Running') await logs.send(new StopQueryCommand({ queryId })).catch(() => {});
  const ended = await end(queryId);
  assert.ok(['Cancelled', 'Failed', 'Complete'].includes(ended.status ?? ''), `${ended.status}`);
});

test('the aws CLI starts a query and gets its results', awsCli.needed, async () => {
  await group('by-cli', ['took 5 ms', 'took 7 ms']);
  const words = ['env', '--data', server.dataDirectory, '--port', new URL(server.url).port];
  const { stdout: exports } = await runCommand(batchyard, words);
  const env = { EXPORTS: exports, AWS_PAGER: '' };
  const aws = async (...args: readonly string[]) => {
    const script = `eval "$EXPORTS" && exec "$0" "$@"`;
    const { exit, stdout, stderr } = await runCommand('/bin/sh', ['-c', script, awsCli.file, 'logs', ...args], { env });
    assert.equal(exit, 0, stderr);
    return JSON.parse(stdout);
  };
  const { startTime, endTime } = aboutNow();
  const times = ['--start-time', `${startTime}`, '--end-time', `${endTime}`];
  const query = 'parse "took * ms" as ms | stats sum(ms) as total';
  const { queryId } = await aws('start-query', '--log-group-name', 'by-cli', ...times, '--query-string', query);
  const { results } = await until('the end of a query', async () => {
    const answer = await aws('get-query-results', '--query-id', queryId);
    return answer.status === 'Complete' && answer;
  });
  assert.deepEqual(results, [[{ field: 'total', value: '12' }]]);
});
