import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Datapoint } from '@aws-sdk/client-cloudwatch';
import { CloudWatchBench, scope } from './cloudwatch.fixture.ts';

const minute = 60_000;
const dimensions = { Service: 'Batch', Resource: 'SubmitJob' };
const calls = { ...scope, namespace: 'AWS/Usage', name: 'CallCount', dimensions, value: 1 };
const jobs = {
  ...scope,
  namespace: 'ECS/ContainerInsights',
  name: 'JobCount',
  dimensions: {},
  unit: 'Count',
  value: 7,
};

async function sums(bench: CloudWatchBench, Namespace: string, MetricName: string, given: Record<string, string>) {
  const { Datapoints = [] } = await bench.call<{ Datapoints?: Datapoint[] }>('GetMetricStatistics', {
    ...{ Namespace, MetricName, Period: 60, Statistics: ['Sum'] },
    Dimensions: Object.entries(given).map(([Name, Value]) => ({ Name, Value })),
    StartTime: new Date(bench.clock.now() - 30 * minute),
    EndTime: new Date(bench.clock.now() + minute),
  });
  return Datapoints.toSorted((one, other) => Number(one.Timestamp) - Number(other.Timestamp)).map(
    ({ Timestamp, Sum }) => [Math.round((Number(Timestamp) - bench.clock.now()) / minute), Sum],
  );
}

test('what was counted in a minute, and what sources say at its end, are points of it', async () => {
  await using bench = await CloudWatchBench.open();
  const { own } = bench.service;
  bench.clock.advance(minute - (bench.clock.now() % minute));
  own.addSource(() => [jobs]);
  own.addSource(() => {
    throw new Error('it cannot tell');
  });
  own.open();
  for (let call = 0; call < 3; call += 1) own.count(calls);
  bench.clock.advance(minute);
  await own.idle();
  own.count(calls);
  bench.clock.advance(minute);
  await own.idle();
  assert.deepEqual(await sums(bench, 'AWS/Usage', 'CallCount', dimensions), [
    [-2, 3],
    [-1, 1],
  ]);
  assert.deepEqual(await sums(bench, 'ECS/ContainerInsights', 'JobCount', {}), [
    [-2, 7],
    [-1, 7],
  ]);
  await own.close();
});
