import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmHistoryItem, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../../core/errors.ts';
import { CloudWatchBench, topicArn } from './cloudwatch.fixture.ts';

const alarm = {
  AlarmName: 'hot',
  Namespace: 'Lab',
  MetricName: 'Heat',
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
  AlarmActions: [topicArn],
  OKActions: [topicArn],
};

async function heat(bench: CloudWatchBench, Value: number): Promise<void> {
  await bench.call('PutMetricData', { Namespace: 'Lab', MetricData: [{ MetricName: 'Heat', Value }] });
}

async function state(bench: CloudWatchBench): Promise<MetricAlarm> {
  const { MetricAlarms: [found] = [] } = await bench.call<{ MetricAlarms?: MetricAlarm[] }>('DescribeAlarms', {});
  return found ?? assert.fail('there is an alarm');
}

test('an alarm begins without data, goes off, tells its topic and the bus, and ends', async () => {
  await using bench = await CloudWatchBench.open();
  await bench.call('PutMetricAlarm', alarm);
  assert.equal((await state(bench)).StateValue, 'INSUFFICIENT_DATA');
  await heat(bench, 20);
  await bench.advance(120);
  const found = await state(bench);
  assert.equal(found.StateValue, 'ALARM');
  assert.match(
    found.StateReason ?? '',
    /^Threshold Crossed: 1 datapoint \[20\.0 \(.*\)\] was greater than the threshold \(10\.0\)\.$/,
  );
  const [call] = bench.calls;
  assert.deepEqual([call?.service, call?.operation, call?.input.TopicArn], ['sns', 'Publish', topicArn]);
  assert.equal(call?.input.Subject, 'ALARM: "hot" in us-east-1');
  const message = JSON.parse(call?.input.Message ?? '');
  assert.deepEqual(
    [message.NewStateValue, message.OldStateValue, message.Trigger.Statistic],
    ['ALARM', 'INSUFFICIENT_DATA', 'AVERAGE'],
  );
  const [fact] = bench.facts;
  assert.ok(fact?.kind === 'busEvent' && fact.source === 'aws.cloudwatch');
  assert.equal(JSON.parse(fact.detail).state.value, 'ALARM');
  await heat(bench, 1);
  await bench.advance(120);
  assert.equal((await state(bench)).StateValue, 'OK');
  assert.equal(bench.calls.length, 2);
});

test('what a restart interrupts is told after it, and a state that stays is told once', async () => {
  await using bench = await CloudWatchBench.open();
  await bench.call('PutMetricAlarm', { ...alarm, TreatMissingData: 'ignore' });
  bench.answer = () => {
    throw new ServiceError('InternalError', 'not now', { status: 500 });
  };
  await heat(bench, 20);
  await bench.advance(120);
  const before = bench.calls.length;
  assert.ok(before > 0);
  bench.answer = () => ({});
  await bench.restart();
  await bench.advance(180);
  assert.equal(bench.calls.length, before + 1);
  assert.equal(new Set(bench.calls.map(({ context }) => context.idempotencyKey)).size, 1);
  assert.equal((await state(bench)).StateValue, 'ALARM');
});

test('actions that are disabled are not taken, and a state that was set lasts until the alarm is looked at', async () => {
  await using bench = await CloudWatchBench.open();
  await bench.call('PutMetricAlarm', alarm);
  await bench.call('DisableAlarmActions', { AlarmNames: ['hot'] });
  await bench.call('SetAlarmState', { AlarmName: 'hot', StateValue: 'ALARM', StateReason: 'a drill' });
  assert.deepEqual([(await state(bench)).StateValue, bench.calls.length], ['ALARM', 0]);
  await bench.call('EnableAlarmActions', { AlarmNames: ['hot'] });
  await bench.call('SetAlarmState', { AlarmName: 'hot', StateValue: 'OK', StateReason: 'over' });
  assert.equal(bench.calls.length, 1);
  await bench.advance(120);
  assert.equal((await state(bench)).StateValue, 'INSUFFICIENT_DATA');
  const { AlarmHistoryItems = [] } = await bench.call<{ AlarmHistoryItems?: AlarmHistoryItem[] }>(
    'DescribeAlarmHistory',
    { AlarmName: 'hot', ScanBy: 'TimestampAscending' },
  );
  assert.deepEqual(
    AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary),
    [
      'Alarm "hot" created',
      'Alarm updated from INSUFFICIENT_DATA to ALARM',
      'Alarm updated from ALARM to OK',
      'Alarm updated from OK to INSUFFICIENT_DATA',
    ],
  );
});

test('an alarm watches an expression of metrics', async () => {
  await using bench = await CloudWatchBench.open();
  const { AlarmName, EvaluationPeriods, Threshold, ComparisonOperator } = alarm;
  const stat = { Metric: { Namespace: 'Lab', MetricName: 'Heat' }, Period: 60, Stat: 'Sum' };
  const Metrics = [
    { Id: 'm1', MetricStat: stat, ReturnData: false },
    { Id: 'e1', Expression: 'm1 * 2', ReturnData: true },
  ];
  await bench.call('PutMetricAlarm', { AlarmName, EvaluationPeriods, Threshold, ComparisonOperator, Metrics });
  await heat(bench, 6);
  await bench.advance(120);
  assert.equal((await state(bench)).StateValue, 'ALARM');
});

const refused: readonly (readonly [string, object, RegExp])[] = [
  ['no period', { Period: undefined }, /Period/],
  ['a period that is none', { Period: 7 }, /Period/],
  ['two statistics', { ExtendedStatistic: 'p90' }, /Exactly one/],
  ['more points than periods', { DatapointsToAlarm: 2 }, /less than or equal/],
  ['too long a range', { EvaluationPeriods: 2_000 }, /a day/],
  ['an unknown treatment', { TreatMissingData: 'never' }, /TreatMissingData/],
  ['an action of EC2', { AlarmActions: ['arn:aws:automate:us-east-1:ec2:stop'] }, /not supported/],
  ['no ARN', { AlarmActions: ['topic'] }, /ARN/],
];

for (const [what, change, words] of refused) {
  test(`an alarm with ${what} is refused`, async () => {
    await using bench = await CloudWatchBench.open();
    await assert.rejects(bench.call('PutMetricAlarm', { ...alarm, ...change }), words);
  });
}

test('alarms are found by their names or by what these begin with, in the order of the names, page by page', async () => {
  await using bench = await CloudWatchBench.open();
  for (const AlarmName of ['b', 'ba', 'bab', 'a', 'c', 'bb'])
    await bench.call('PutMetricAlarm', { ...alarm, AlarmName });
  const pagesOf = async (input: object) => {
    const pages: string[] = [];
    for (let NextToken: string | undefined; ; ) {
      const page: { MetricAlarms?: MetricAlarm[]; NextToken?: string } = await bench.call('DescribeAlarms', {
        ...input,
        MaxRecords: 2,
        ...(NextToken !== undefined && { NextToken }),
      });
      pages.push((page.MetricAlarms ?? []).map(({ AlarmName }) => AlarmName).join(' '));
      NextToken = page.NextToken;
      if (NextToken === undefined) return pages;
    }
  };
  assert.deepEqual(await pagesOf({ AlarmNamePrefix: 'b' }), ['b ba', 'bab bb']);
  assert.deepEqual(await pagesOf({ AlarmNamePrefix: 'x' }), ['']);
  assert.deepEqual(await pagesOf({ AlarmNames: ['c', 'none', 'a', 'bb', 'a'] }), ['a bb', 'c']);
  assert.deepEqual(await pagesOf({}), ['a b', 'ba bab', 'bb c']);
});

test('of many alarms a description by name, and a second in which nothing is due, look at none of the others', async (t) => {
  await using bench = await CloudWatchBench.open();
  for (let index = 0; index < 300; index += 1) {
    await bench.call('PutMetricAlarm', { ...alarm, AlarmName: `many-${index}`, ActionsEnabled: false });
  }
  const looked = t.mock.method(bench.ledger, 'by');
  const all = t.mock.method(bench.ledger, 'all');
  await bench.call('DescribeAlarms', { AlarmNames: ['many-7'] });
  await bench.advance(10);
  assert.deepEqual([looked.mock.callCount(), all.mock.callCount()], [0, 0]);
});
