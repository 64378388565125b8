import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarmInput, type TypedAlarm } from './alarm-input.ts';

const typed: TypedAlarm = {
  ...{ name: 'n', namespace: 's', metric: 'm', dimensions: 'A=b=c\n\n B = d ', statistic: 'Sum' },
  ...{
    comparison: 'GreaterThanThreshold',
    threshold: '-1.5',
    period: '60',
    periods: '2',
    missing: 'ignore',
    action: '',
  },
};

test('what was typed becomes the input of PutMetricAlarm', () => {
  assert.deepEqual(alarmInput(typed), {
    ...{ AlarmName: 'n', Namespace: 's', MetricName: 'm', Statistic: 'Sum' },
    Dimensions: [
      { Name: 'A', Value: 'b=c' },
      { Name: 'B', Value: 'd' },
    ],
    ...{ Period: 60, EvaluationPeriods: 2, Threshold: -1.5, ComparisonOperator: 'GreaterThanThreshold' },
    TreatMissingData: 'ignore',
  });
});

test('a percentile is an extended statistic, and an action is one of ALARM', () => {
  const input = alarmInput({ ...typed, statistic: 'p99.9', action: 'arn:x' }) as Record<string, unknown>;
  assert.equal(input.ExtendedStatistic, 'p99.9');
  assert.equal(input.Statistic, undefined);
  assert.deepEqual(input.AlarmActions, ['arn:x']);
});

test('nothing is sent while a number is none, or a name is absent', () => {
  for (const change of [{ threshold: '' }, { threshold: 'many' }, { period: ' ' }, { name: '' }, { metric: ' ' }])
    assert.equal(alarmInput({ ...typed, ...change }), undefined, JSON.stringify(change));
});
