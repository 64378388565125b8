import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Datapoint, GetMetricDataOutput, ListMetricsOutput, Metric } from '@aws-sdk/client-cloudwatch';
import { callOperation, rootContext } from '../../core/operation.fixture.ts';
import type { Operation } from '../../core/operation.ts';
import { CloudWatchBench, scope } from './cloudwatch.fixture.ts';

const minute = 60_000;

/** A minute that has begun, some minutes ago. */
function minuteOf(bench: CloudWatchBench, ago: number): Date {
  return new Date(Math.floor(bench.clock.now() / minute) * minute - ago * minute);
}

async function put(bench: CloudWatchBench, MetricName: string, values: readonly (number | undefined)[]): Promise<void> {
  const MetricData = values.flatMap((Value, index) =>
    Value === undefined ? [] : [{ MetricName, Value, Timestamp: minuteOf(bench, values.length - index) }],
  );
  await bench.call('PutMetricData', { Namespace: 'Lab', MetricData });
}

function query(Id: string, MetricName: string, Stat = 'Sum') {
  return { Id, MetricStat: { Metric: { Namespace: 'Lab', MetricName }, Period: 60, Stat }, ReturnData: false };
}

async function data(
  bench: CloudWatchBench,
  queries: readonly object[],
  more: object = {},
): Promise<GetMetricDataOutput> {
  const input = { StartTime: minuteOf(bench, 10), EndTime: minuteOf(bench, 0), ScanBy: 'TimestampAscending' };
  return bench.call('GetMetricData', { ...input, MetricDataQueries: queries, ...more });
}

async function valuesOf(bench: CloudWatchBench, Expression: string): Promise<readonly number[] | undefined> {
  const queries = [query('a', 'A'), query('b', 'B'), { Id: 'e', Expression }];
  return (await data(bench, queries)).MetricDataResults?.[0]?.Values;
}

const expressions: readonly (readonly [string, readonly number[]])[] = [
  ['a + b', [11, 44]],
  ['a - 1', [0, 1, 3]],
  ['2 * (a + 1) ^ 2', [8, 18, 50]],
  ['-a', [-1, -2, -4]],
  ['b / a', [10, 10]],
  ['a / 0', []],
  ['a > 1 AND a < 4', [0, 1, 0]],
  ['a / SUM(a)', [1 / 7, 2 / 7, 4 / 7]],
  ['a * MAX(a)', [4, 8, 16]],
  ['SUM(METRICS())', [11, 2, 44]],
  ['AVG([a, b])', [5.5, 2, 22]],
  ['SUM(METRICS("b"))', [10, 40]],
  ['FILL(b, 0) + a', [11, 2, 44]],
  ['SUM(FILL(METRICS(), 0))', [0, 0, 0, 0, 0, 0, 0, 11, 2, 44]],
  ['a + FILL(b, REPEAT)', [11, 12, 44]],
  ['a + FILL(b, LINEAR)', [11, 27, 44]],
  ['RATE(a) * 60', [1, 2]],
  ['DIFF(a)', [1, 2]],
  ['IF(a > 1, a, 0)', [0, 2, 4]],
  ['IF(a > 1, a)', [2, 4]],
  ['RUNNING_SUM(a)', [1, 3, 7]],
  ['a + TIME_SERIES(1)', [2, 3, 5]],
];

test('expressions are computed over metrics, at times that all of them have', async () => {
  await using bench = await CloudWatchBench.open();
  await put(bench, 'A', [1, 2, 4]);
  await put(bench, 'B', [10, undefined, 40]);
  for (const [text, expected] of expressions) {
    const found = await valuesOf(bench, text);
    assert.deepEqual(
      found?.map((value) => Number(value.toFixed(9))),
      expected.map((value) => Number(value.toFixed(9))),
      text,
    );
  }
});

const refusals: readonly (readonly [string, RegExp])[] = [
  ['SUM(a)', /must come to a time series/],
  ['a +', /unexpected 'the end'/],
  ['c + 1', /'c' is no id/],
  ['e + 1', /refers to itself/],
  ['ANOMALY_DETECTION_BAND(a)', /ANOMALY_DETECTION_BAND is not supported/],
  ["SEARCH('x', 'Sum')", /SEARCH is not supported/],
  [`${'('.repeat(200)}a`, /at most 50 levels/],
  ['[a, b] + [a, b]', /two lists/],
];

test('what cannot be computed is refused in words', async () => {
  await using bench = await CloudWatchBench.open();
  await put(bench, 'A', [1, 2]);
  for (const [text, words] of refusals) await assert.rejects(valuesOf(bench, text), words, text);
});

test('a request that would read too many points is refused before it reads any', async () => {
  await using bench = await CloudWatchBench.open();
  const queries = Array.from({ length: 100 }, (_, index) => query(`q${index}`, 'A'));
  const StartTime = minuteOf(bench, 15 * 1_440 - 1);
  await assert.rejects(data(bench, queries, { StartTime }), /at most 2000000 are read at once/);
});

test('pages of GetMetricData together have every point once, and what goes on says so', async () => {
  await using bench = await CloudWatchBench.open();
  await put(bench, 'A', [1, 2, 4]);
  await put(bench, 'B', [10, 20, 40]);
  const queries = ['A', 'B'].map((name) => ({ ...query(name.toLowerCase(), name), ReturnData: true }));
  const seen: string[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await data(bench, queries, { MaxDatapoints: 2, ...(NextToken && { NextToken }) });
    for (const { Id, Values, StatusCode } of answer.MetricDataResults ?? []) seen.push(`${Id} ${Values} ${StatusCode}`);
    NextToken = answer.NextToken;
  } while (NextToken);
  assert.deepEqual(seen, ['a 1,2 PartialData', 'a 4 Complete', 'b 10 PartialData', 'b 20,40 Complete']);
});

test('every statistic is that of the values that were put', async () => {
  await using bench = await CloudWatchBench.open();
  const Timestamp = minuteOf(bench, 1);
  const Values = Array.from({ length: 100 }, (_, index) => index + 1);
  await bench.call('PutMetricData', { Namespace: 'Lab', MetricData: [{ MetricName: 'A', Timestamp, Values }] });
  const ExtendedStatistics = ['p50', 'p99.9', 'tm90', 'TM(10%:90%)', 'TC(:10)', 'TS(98:)', 'PR(:25)', 'IQM', 'wm90'];
  const { Datapoints = [] } = await bench.call<{ Datapoints?: Datapoint[] }>('GetMetricStatistics', {
    ...{ Namespace: 'Lab', MetricName: 'A', Period: 60, StartTime: minuteOf(bench, 5), EndTime: minuteOf(bench, 0) },
    Statistics: ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'],
    ExtendedStatistics,
  });
  const [{ Timestamp: at, Unit, ExtendedStatistics: extended, ...simple } = {}] = Datapoints;
  assert.deepEqual([Datapoints.length, at, Unit], [1, Timestamp, 'None']);
  assert.deepEqual(simple, { SampleCount: 100, Sum: 5050, Average: 50.5, Minimum: 1, Maximum: 100 });
  assert.deepEqual(extended, {
    ...{ p50: 50, 'p99.9': 100, tm90: 45.5, 'TM(10%:90%)': 50.5, 'TC(:10)': 10, 'TS(98:)': 199, 'PR(:25)': 25 },
    ...{ IQM: 50.5, wm90: (4095 + 900) / 100 },
  });
});

test('a statistic set adds up with values, and hides percentiles', async () => {
  await using bench = await CloudWatchBench.open();
  const common = { MetricName: 'A', Timestamp: minuteOf(bench, 1) };
  const StatisticValues = { SampleCount: 2, Sum: 10, Minimum: 3, Maximum: 7 };
  await bench.call('PutMetricData', {
    Namespace: 'Lab',
    MetricData: [
      { ...common, StatisticValues },
      { ...common, Value: 1 },
    ],
  });
  const queries = ['Sum', 'Minimum', 'p50'].map((stat, index) => ({
    ...query(`q${index}`, 'A', stat),
    ReturnData: true,
  }));
  const { MetricDataResults = [] } = await data(bench, queries);
  assert.deepEqual(
    MetricDataResults.map(({ Values }) => Values),
    [[11], [1], []],
  );
});

test('metrics are listed by namespace, name and dimensions, once for all their units', async () => {
  await using bench = await CloudWatchBench.open();
  const Dimensions = [
    { Name: 'b', Value: '2' },
    { Name: 'a', Value: '1' },
  ];
  const MetricData = [
    { MetricName: 'A', Value: 1, Dimensions },
    { MetricName: 'A', Value: 1, Dimensions: Dimensions.toReversed(), Unit: 'Count' },
    { MetricName: 'A', Value: 1 },
    { MetricName: 'C', Value: 1 },
  ];
  await bench.call('PutMetricData', { Namespace: 'Lab', MetricData });
  const names = async (input: object) => {
    const { Metrics = [] } = await bench.call<ListMetricsOutput>('ListMetrics', input);
    return Metrics.map((each) => `${each.MetricName} ${each.Dimensions?.map(({ Name }) => Name)}`);
  };
  assert.deepEqual(await names({}), ['A a,b', 'A ', 'C ']);
  assert.deepEqual(await names({ Namespace: 'Lab', Dimensions: [{ Name: 'b' }] }), ['A a,b']);
  assert.deepEqual(await names({ Namespace: 'Other' }), []);
  bench.clock.advance(4 * 3_600_000);
  assert.deepEqual(await names({ RecentlyActive: 'PT3H' }), []);
  assert.equal((await names({})).length, 3);
});

const wrong: readonly (readonly [string, object, RegExp])[] = [
  ['no value', {}, /Value is required/],
  ['two kinds of values', { Value: 1, Values: [1] }, /mutually exclusive/],
  ['a time too long ago', { Value: 1, Timestamp: new Date(0) }, /two weeks/],
  ['a resolution of its own', { Value: 1, StorageResolution: 7 }, /1 or 60/],
  ['counts of another number', { Values: [1, 2], Counts: [1] }, /same size/],
  ['a number that is none', { Value: 1e200 }, /invalid/],
];

for (const [what, datum, words] of wrong) {
  test(`a datum with ${what} is refused, and nothing of its request is kept`, async () => {
    await using bench = await CloudWatchBench.open();
    const MetricData = [
      { MetricName: 'A', Value: 1 },
      { MetricName: 'B', ...datum },
    ];
    await assert.rejects(bench.call('PutMetricData', { Namespace: 'Lab', MetricData }), words);
    assert.deepEqual((await bench.call<ListMetricsOutput>('ListMetrics', {})).Metrics, []);
  });
}

test('what is older than it is kept for goes, and the oldest of the finest goes where there is too much', async () => {
  await using bench = await CloudWatchBench.open();
  await put(bench, 'A', [1, 2, 4]);
  await bench.service.metrics.flush();
  const { reads } = bench.store;
  assert.notEqual(await reads.oldestMetricChunk(60), undefined);
  bench.clock.advance(16 * 86_400_000);
  await bench.service.metrics.flush();
  assert.equal(await reads.oldestMetricChunk(60), undefined);
  assert.notEqual(await reads.oldestMetricChunk(300), undefined);
  bench.mostBytes = 1;
  await bench.restart();
  await bench.service.metrics.flush();
  assert.equal(await reads.metricBytes(), 0);
});

test('metrics are listed in the order in which they came, page by page, and other work is let in while they are looked for', async () => {
  await using bench = await CloudWatchBench.open();
  const put = (Namespace: string, from: number, count: number) =>
    bench.call('PutMetricData', {
      Namespace,
      MetricData: Array.from({ length: count }, (_, index) => ({ MetricName: `m${from + index}`, Value: 1 })),
    });
  for (let from = 0; from < 6_000; from += 1_000) await put('Many', from, 1_000);
  await put('Few', 0, 2);
  const namesOf = async (input: object) => {
    const names: string[] = [];
    for (let NextToken: string | undefined; ; ) {
      const page: { Metrics?: Metric[]; NextToken?: string } = await bench.call('ListMetrics', {
        ...input,
        ...(NextToken !== undefined && { NextToken }),
      });
      names.push(...(page.Metrics ?? []).map(({ MetricName }) => `${MetricName}`));
      NextToken = page.NextToken;
      if (NextToken === undefined) return names;
    }
  };
  assert.deepEqual(await namesOf({ Namespace: 'Few' }), ['m0', 'm1']);
  assert.deepEqual(await namesOf({}), [...Array.from({ length: 6_000 }, (_, index) => `m${index}`), 'm0', 'm1']);
  let turns = 0;
  let isLooking = true;
  const count = () => {
    turns += 1;
    if (isLooking) setImmediate(count);
  };
  setImmediate(count);
  const { definition } = bench.service;
  const operation = definition.operations.ListMetrics as Operation<unknown, { readonly Metrics: readonly Metric[] }>;
  const found = await callOperation(
    operation,
    { MetricName: 'none' },
    rootContext(scope, bench.clock.now()),
    async () => {},
  );
  isLooking = false;
  assert.deepEqual(found.Metrics, []);
  assert.ok(turns >= 3, `${turns} turns`);
});
