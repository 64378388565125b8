import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../../../core/errors.ts';
import { awsError, LogsFixture, scope } from '../logs-fixture.ts';
import { filterCursorRecords } from './filter-records.ts';

const group = 'group';

async function opened(): Promise<LogsFixture> {
  const logs = await LogsFixture.open();
  await logs.call('CreateLogGroup', { logGroupName: group });
  await logs.service.filters.begin();
  return logs;
}

interface Given {
  readonly name?: string;
  readonly pattern?: string;
  readonly value?: string;
  readonly defaultValue?: number;
  readonly dimensions?: Record<string, string>;
  readonly unit?: 'Count';
  readonly metric?: string;
}

function put(logs: LogsFixture, { name = 'f', pattern = 'ERROR', value = '1', metric = 'm', ...rest }: Given = {}) {
  const metricTransformations = [{ metricName: metric, metricNamespace: 'ns', metricValue: value, ...rest }];
  return logs.call('PutMetricFilter', {
    ...{ logGroupName: group, filterName: name, filterPattern: pattern, metricTransformations },
  });
}

test('events that match are counted in their minutes, and those from before the filter are not', async () => {
  await using logs = await opened();
  const names = await logs.stream();
  await logs.put(names, ['ERROR of before']);
  logs.clock.advance(10);
  await put(logs);
  await logs.put(names, ['ERROR one', 'fine', 'ERROR two']);
  const minute = Math.floor(logs.clock.now() / 60_000);
  await logs.filtered();
  assert.deepEqual(logs.points.values, [`ns/m{} ${minute} 1`, `ns/m{} ${minute} 1`]);
  assert.deepEqual(logs.ledger.all(filterCursorRecords), [], 'a stream with nothing more has no cursor');
  await logs.put(names, ['ERROR three']);
  await logs.filtered();
  assert.equal(logs.points.values.length, 3);
});

test('what a task writes is counted as it goes on, though the filter came later, and to its last line', async () => {
  await using logs = await opened();
  const { writer } = await logs.task(group, 'job/default/1');
  writer.append(logs.clock.now(), Buffer.from('ERROR of before'));
  writer.flush();
  logs.clock.advance(10);
  await put(logs);
  writer.append(logs.clock.now(), Buffer.from('ERROR one'));
  writer.flush();
  await logs.filtered();
  assert.equal(logs.points.values.length, 1);
  const other = await logs.task(group, 'job/default/2');
  other.writer.append(logs.clock.now(), Buffer.from('ERROR two'));
  writer.append(logs.clock.now(), Buffer.from('ERROR three'));
  for (const each of [writer, other.writer]) each.close();
  await logs.filtered();
  assert.equal(logs.points.values.length, 3);
  for (const name of ['job/default/1', 'job/default/2']) await logs.service.streams.finish(scope, group, name);
  await logs.filtered();
  await logs.filtered();
  assert.equal(logs.points.values.length, 3);
  assert.equal(logs.clock.pending, 0, 'nobody writes: no timer runs');
});

test('values, dimensions and units are of what the pattern names; an event without them is no point', async () => {
  await using logs = await opened();
  const names = await logs.stream();
  const pattern = '{ $.latency = * && $.host = * }';
  await put(logs, { pattern, value: '$.latency', dimensions: { Host: '$.host' }, unit: 'Count' });
  await logs.put(names, ['{"latency":12.5,"host":"a"}', '{"latency":"slow","host":"a"}', '{"latency":3,"host":""}']);
  const minute = Math.floor(logs.clock.now() / 60_000);
  await logs.filtered();
  assert.deepEqual(logs.points.values, [`ns/m{Host=a}Count ${minute} 12.5`]);
});

test('a minute with events none of which matches has the default value, once it is over; one without events has none', async () => {
  await using logs = await opened();
  const names = await logs.stream();
  await put(logs, { defaultValue: 0 });
  await logs.put(names, ['fine']);
  const minute = Math.floor(logs.clock.now() / 60_000);
  await logs.filtered();
  assert.deepEqual(logs.points.values, []);
  logs.clock.advance(70_000);
  await logs.service.filters.idle();
  await logs.filtered();
  assert.deepEqual(logs.points.values, [`ns/m{} ${minute} 0`]);
  await logs.put(names, ['fine', 'ERROR']);
  await logs.filtered();
  for (const _ of [1, 2, 3]) {
    logs.clock.advance(70_000);
    await logs.service.filters.idle();
  }
  assert.deepEqual(logs.points.numbers, [0, 1], 'a match, and silence');
});

test('after a restart filters go on where they were: nothing is counted twice, and nothing is left out', async () => {
  await using logs = await opened();
  const names = await logs.stream();
  await put(logs);
  await logs.put(names, ['ERROR one']);
  await logs.filtered();
  await logs.put(names, ['ERROR two']); // nobody has been asked about it
  await logs.restart();
  await logs.service.filters.begin();
  await logs.filtered();
  assert.equal(logs.points.values.length, 2);
  await logs.restart();
  await logs.service.filters.begin();
  await logs.filtered();
  assert.equal(logs.points.values.length, 2);
});

test('what is put while filters read is counted, once, whichever comes first', async () => {
  await using logs = await opened();
  const names = await logs.stream();
  await put(logs);
  const count = 100;
  for (let index = 0; index < count; index += 1) {
    const putting = logs.put(names, ['ERROR']);
    for (let turn = 0; turn < index % 7; turn += 1) await Promise.resolve();
    await Promise.all([logs.filtered(), putting]);
  }
  await logs.filtered();
  await logs.filtered();
  assert.equal(logs.points.values.length, count);
  assert.deepEqual(logs.ledger.all(filterCursorRecords), []);
});

test('points that CloudWatch does not take are given up with words, and what comes later is counted', async () => {
  await using logs = await opened();
  const names = await logs.stream();
  await put(logs);
  logs.points.refusal = new ServiceError('LimitExceededFault', 'too many metrics');
  await logs.put(names, ['ERROR one']);
  await logs.filtered();
  assert.match(logs.logged.at(-1)?.message ?? '', /points of metric filters are lost/);
  logs.points.refusal = undefined;
  await logs.put(names, ['ERROR two']);
  await logs.filtered();
  assert.equal(logs.points.values.length, 1);
});

test('a filter makes a thousand values of its dimensions in an hour, and says so', async () => {
  await using logs = await opened();
  const names = await logs.stream();
  await put(logs, { pattern: '{ $.id = * }', dimensions: { Id: '$.id' } });
  const messages = Array.from({ length: 1_005 }, (_, index) => JSON.stringify({ id: `i${index}` }));
  await logs.put(names, messages);
  await logs.filtered();
  assert.equal(logs.points.values.length, 1_000);
  assert.match(logs.logged.at(-1)?.message ?? '', /1000 values of its dimensions/);
  logs.clock.advance(3_600_000);
  await logs.put(names, ['{"id":"late"}']);
  await logs.filtered();
  assert.equal(logs.points.values.length, 1_001);
});

test('an event that a filter would take too long for counts as no match, with words', async () => {
  await using logs = await opened();
  const names = await logs.stream();
  await put(logs, { pattern: '%[a-z]{1,1000}$%' });
  await logs.put(names, ['ab'.repeat(100_000), 'short']);
  await logs.filtered();
  assert.equal(logs.points.values.length, 1);
  assert.ok(logs.logged.some(({ message }) => /takes too long for count as no match/.test(message)));
});

test('filters are shown by name, those of a group or of a metric, a page at a time; and counted with their group', async () => {
  await using logs = await opened();
  for (const name of ['b', 'a', 'c']) await put(logs, { name, metric: name === 'c' ? 'other' : 'm', unit: 'Count' });
  const { metricFilters, nextToken } = await logs.call('DescribeMetricFilters', { logGroupName: group, limit: 2 });
  assert.deepEqual(
    metricFilters?.map(({ filterName }) => filterName),
    ['a', 'b'],
  );
  const rest = await logs.call('DescribeMetricFilters', { logGroupName: group, limit: 2, nextToken });
  assert.deepEqual(rest.metricFilters, [
    {
      ...{ filterName: 'c', filterPattern: 'ERROR', logGroupName: group, applyOnTransformedLogs: false },
      creationTime: logs.clock.now(),
      metricTransformations: [{ metricName: 'other', metricNamespace: 'ns', metricValue: '1', unit: 'Count' }],
    },
  ]);
  const ofMetric = await logs.call('DescribeMetricFilters', { metricName: 'm', metricNamespace: 'ns' });
  assert.deepEqual(
    ofMetric.metricFilters?.map(({ filterName }) => filterName),
    ['a', 'b'],
  );
  const counted = async () => (await logs.call('DescribeLogGroups', {})).logGroups?.[0]?.metricFilterCount;
  assert.equal(await counted(), 3);
  await logs.call('DeleteMetricFilter', { logGroupName: group, filterName: 'a' });
  assert.equal(await counted(), 2);
  await logs.call('DeleteLogGroup', { logGroupName: group });
  assert.deepEqual((await logs.call('DescribeMetricFilters', {})).metricFilters, []);
});

test('a group has a hundred filters, and five with regular expressions; a filter that is put again is no other', async () => {
  await using logs = await opened();
  const limit = awsError('LimitExceededException', 'Resource limit exceeded.');
  for (let index = 0; index < 5; index += 1) await put(logs, { name: `r${index}`, pattern: '%x%' });
  await put(logs, { name: 'r0', pattern: '%y%' });
  await assert.rejects(put(logs, { name: 'r5', pattern: '%x%' }), limit);
  for (let index = 5; index < 100; index += 1) await put(logs, { name: `f${index}` });
  await assert.rejects(put(logs, { name: 'more' }), limit);
});

test('what a filter cannot be is refused', async () => {
  await using logs = await opened();
  const refused = (given: Given, words: RegExp) =>
    assert.rejects(put(logs, given), awsError('InvalidParameterException', words));
  await refused({ name: 'a:b' }, /regular expression pattern/);
  await refused({ pattern: '{' }, /Invalid filter pattern/);
  await refused({ value: 'much' }, /the value much is no number/);
  await refused({ metric: 'a$b' }, /regular expression pattern/);
  await refused({ defaultValue: 0, dimensions: { a: '$.a' } }, /dimensions and default value are mutually exclusive/);
  await refused({ dimensions: { a: '$.a', b: '$.b', c: '$.c', d: '$.d' } }, /more than 3 dimensions/);
  await refused({ dimensions: { a: 'constant' } }, /names no field/);
  const missing = awsError('ResourceNotFoundException', /does not exist/);
  await assert.rejects(logs.call('DeleteMetricFilter', { logGroupName: group, filterName: 'none' }), missing);
  await assert.rejects(logs.call('DescribeMetricFilters', { logGroupName: 'none' }), missing);
});
