import assert from 'node:assert/strict';
import { test } from 'node:test';
import { awsError, LogsFixture } from '../logs-fixture.ts';

test('a search takes the whole language of filter patterns, over pages that meet no match', async () => {
  await using logs = await LogsFixture.open();
  const names = await logs.stream();
  await logs.put(names, [
    '{"level":"ERROR","ms":12}',
    '{"level":"\\u0045RROR","ms":120}',
    '10.0.0.1 - "GET /a" 500',
    '10.0.0.2 - "GET /b" 200',
  ]);
  const find = async (filterPattern: string) =>
    (await logs.call('FilterLogEvents', { logGroupName: 'group', filterPattern })).events?.length;
  assert.equal(await find('{ $.level = "ERROR" }'), 2);
  assert.equal(await find('{ $.level = "ERROR" && $.ms > 100 }'), 1);
  assert.equal(await find('[ip, ..., request, status = 5*]'), 1);
  assert.equal(await find('%GET /[ab]%'), 2);
  await logs.put(names, ['ab'.repeat(100_000)]);
  await assert.rejects(find('%[a-z]{1,1000}$%'), awsError('InvalidParameterException', /takes too long/));
});

test('a pattern can be tried on messages: which match, and what it names in them', async () => {
  await using logs = await LogsFixture.open();
  const tried = (filterPattern: string, logEventMessages: string[]) =>
    logs.call('TestMetricFilter', { filterPattern, logEventMessages });
  const columns = await tried('[ip, ..., status = 4*, bytes]', ['a 200 1', 'b - - 404 2']);
  assert.deepEqual(columns.matches, [
    {
      eventNumber: 1,
      eventMessage: 'b - - 404 2',
      extractedValues: { $ip: 'b', $2: '-', $3: '-', $status: '404', $bytes: '2' },
    },
  ]);
  const json = await tried('{ $.a.b > 1 }', ['{"a":{"b":2}}', 'no JSON']);
  assert.deepEqual(json.matches?.[0]?.extractedValues, { '$.a.b': '2' });
  await assert.rejects(tried('', []), awsError('InvalidParameterException', /'logEventMessages'/));
  await assert.rejects(tried('{', ['a']), awsError('InvalidParameterException', /Invalid filter pattern/));
});
