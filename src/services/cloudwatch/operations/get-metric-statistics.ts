import type {
  Datapoint,
  GetMetricStatisticsCommandInput,
  GetMetricStatisticsCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { anyResource } from '../access.ts';
import { isPeriod } from '../metric-query.ts';
import { cloudWatchOperation } from '../operation.ts';
import type { Bucket } from '../points/bucket.ts';
import { startGrain } from '../points/reader.ts';
import { readStatistic, statisticOf } from '../points/statistic.ts';
import { demand, invalidCombination, invalidValue, missing } from '../refusals.ts';
import { dimensions, list, metricName, namespace, readDimensions, statistic, time, unit, whole } from '../shapes.ts';

const mostPoints = 1_440;

const schema = z.object({
  Namespace: namespace,
  MetricName: metricName,
  Dimensions: dimensions.optional(),
  StartTime: time,
  EndTime: time,
  Period: whole,
  Statistics: list(statistic, 5).optional(),
  ExtendedStatistics: list(z.string().max(100), 10).optional(),
  Unit: unit.optional(),
});

/** The statistics of one metric, by periods that are counted from the start. */
export const getMetricStatistics = cloudWatchOperation<
  GetMetricStatisticsCommandInput,
  GetMetricStatisticsCommandOutput
>()<z.infer<typeof schema>>({
  schema,
  readOnly: true,
  audit: 'data',
  access: anyResource('GetMetricStatistics'),
  handler: async ({ queries, clock }, input, context) => {
    const { Namespace, MetricName, Dimensions, Period: period, Unit, Statistics = [], ExtendedStatistics = [] } = input;
    if (Statistics.length === 0 && ExtendedStatistics.length === 0) throw missing('Statistics');
    demand(isPeriod(period), `The parameter Period must be 1, 5, 10, 30 or a multiple of 60.`);
    const window = windowOf(input, clock.now() / 1000);
    const metric = { namespace: Namespace, name: MetricName, dimensions: readDimensions(Dimensions) };
    const points = await queries.points(context, { metric, unit: Unit, period }, window);
    const shown = [...points].sort(([one], [other]) => one - other);
    return {
      Label: MetricName,
      Datapoints: shown.map(([at, bucket]) => datapoint(at, bucket, { Statistics, ExtendedStatistics, Unit })),
    };
  },
});

function windowOf({ StartTime, EndTime, Period }: z.infer<typeof schema>, now: number) {
  const [start, to] = [StartTime.getTime() / 1000, EndTime.getTime() / 1000];
  if (start >= to) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  const grain = Period < 60 ? Period : startGrain(now, start);
  const from = Math.floor(start / grain) * grain;
  const points = Math.ceil((to - from) / Period);
  if (points > mostPoints) {
    throw invalidCombination(
      `You have requested up to ${points} datapoints, which exceeds the limit of ${mostPoints}. You may reduce the ` +
        'datapoints requested by increasing Period, or decreasing the time range.',
    );
  }
  return { from, to, origin: from };
}

interface Asked {
  readonly Statistics: readonly z.infer<typeof statistic>[];
  readonly ExtendedStatistics: readonly string[];
  readonly Unit: z.infer<typeof unit> | undefined;
}

function datapoint(at: number, bucket: Bucket, { Statistics, ExtendedStatistics, Unit }: Asked): Datapoint {
  const named = (name: string): readonly [string, number][] => {
    const read = readStatistic(name);
    if (!read) throw invalidValue(`The value ${name} for parameter ExtendedStatistics.member.1 is invalid.`);
    const value = statisticOf(bucket, read);
    return value === undefined ? [] : [[name, value]];
  };
  return {
    Timestamp: new Date(at * 1000),
    ...Object.fromEntries(Statistics.flatMap(named)),
    ...(ExtendedStatistics.length > 0 && { ExtendedStatistics: Object.fromEntries(ExtendedStatistics.flatMap(named)) }),
    Unit: Unit ?? 'None',
  };
}
