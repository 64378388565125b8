import type { PutMetricDataCommandInput, PutMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { textOf } from '../../../core/unvalidated.ts';
import { cloudWatchOperation } from '../operation.ts';
import { addTo, type Bucket, bucketOf, bucketOfSet } from '../points/bucket.ts';
import type { Datum } from '../points/metric-house.ts';
import { demand, invalidCombination, invalidValue, missing, notBuilt } from '../refusals.ts';
import { dimensions, flag, list, metricName, namespace, number, readDimensions, time, unit, whole } from '../shapes.ts';

const mostData = 1_000;
const mostValues = 150;
const largest = 2 ** 360;
const day = 86_400_000;
/** How far from now a time may be. */
const allowed = { before: 14 * day, ahead: 2 * 3_600_000 };

const datum = z.object({
  MetricName: metricName,
  Dimensions: dimensions.optional(),
  Timestamp: time.optional(),
  Value: number.optional(),
  StatisticValues: z.object({ SampleCount: number, Sum: number, Minimum: number, Maximum: number }).optional(),
  Values: list(number, mostValues).optional(),
  Counts: list(number, mostValues).optional(),
  Unit: unit.optional(),
  StorageResolution: whole.optional(),
});
type Given = z.infer<typeof datum>;

const schema = z.object({
  Namespace: namespace,
  MetricData: list(datum, mostData).optional(),
  EntityMetricData: list(z.unknown(), mostData).optional(),
  StrictEntityValidation: flag.optional(),
});

/** Answers once the points are durable. */
export const putMetricData = cloudWatchOperation<PutMetricDataCommandInput, PutMetricDataCommandOutput>()<
  Omit<z.infer<typeof schema>, 'EntityMetricData'>
>({
  schema,
  readOnly: false,
  audit: { kind: 'data', hide: ['MetricData'] },
  access: ({ Namespace }) => {
    const given = textOf(Namespace);
    const conditions = given === undefined ? {} : { conditions: { 'cloudwatch:namespace': given } };
    return [{ action: 'cloudwatch:PutMetricData', resource: '*', ...conditions }];
  },
  handler: ({ metrics, clock }, input, context) => {
    const { Namespace, MetricData = [] } = input;
    if ('EntityMetricData' in input && input.EntityMetricData !== undefined) throw notBuilt('EntityMetricData');
    if (/^AWS\//i.test(Namespace)) throw invalidValue('The value AWS/ for parameter Namespace is invalid.');
    if (MetricData.length === 0) throw missing('MetricData');
    const now = clock.now();
    metrics.put(
      context,
      MetricData.map((each, index) => readDatum(Namespace, each, { now, path: `MetricData.member.${index + 1}` })),
    );
    return {};
  },
});

interface Place {
  readonly now: number;
  /** What messages call it. */
  readonly path: string;
}

function readDatum(namespace_: string, given: Given, place: Place): Datum {
  const { MetricName: name, Dimensions, Unit, StorageResolution = 60, Timestamp } = given;
  const { path } = place;
  demand(
    StorageResolution === 1 || StorageResolution === 60,
    `The parameter ${path}.StorageResolution must be 1 or 60.`,
  );
  const names = readDimensions(Dimensions);
  const repeated = names.find((each, index) => each.name === names[index + 1]?.name);
  demand(repeated === undefined, `The parameter ${path}.Dimensions has the name ${repeated?.name} more than once.`);
  return {
    ...{ namespace: namespace_, name, dimensions: names, resolution: StorageResolution },
    ...(Unit && Unit !== 'None' && { unit: Unit }),
    time: Math.floor(readTime(Timestamp, place) / 1000),
    bucket: readBucket(given, path),
  };
}

function readTime(given: Date | undefined, { now, path }: Place): number {
  const at = given?.getTime() ?? now;
  const isAllowed = at >= now - allowed.before && at <= now + allowed.ahead;
  demand(
    isAllowed,
    `The parameter ${path}.Timestamp must specify a time no more than two hours in the future and no more than two weeks in the past.`,
  );
  return at;
}

function readBucket({ Value, StatisticValues, Values, Counts }: Given, path: string): Bucket {
  const given = [Value, StatisticValues, Values].filter((each) => each !== undefined).length;
  if (given === 0) throw missing(`${path}.Value`);
  if (given > 1) {
    throw invalidCombination(
      `The parameters ${path}.Value, ${path}.Values and ${path}.StatisticValues are mutually exclusive and you have specified more than one.`,
    );
  }
  if (Value !== undefined) return bucketOf(checked(Value, `${path}.Value`));
  if (StatisticValues) return readSet(StatisticValues, path);
  return readValues(Values ?? [], Counts, path);
}

function checked(value: number, path: string): number {
  demand(Math.abs(value) <= largest, `The value ${value} for parameter ${path} is invalid.`);
  return value;
}

function readSet(set: NonNullable<Given['StatisticValues']>, path: string): Bucket {
  const { SampleCount: count, Sum: sum, Minimum: min, Maximum: max } = set;
  demand(
    count > 0 && count <= largest,
    `The value ${count} for parameter ${path}.StatisticValues.SampleCount is invalid.`,
  );
  for (const [name, value] of Object.entries({ Sum: sum, Minimum: min, Maximum: max })) {
    checked(value, `${path}.StatisticValues.${name}`);
  }
  demand(
    min <= max,
    `The parameter ${path}.StatisticValues.Maximum must be greater than ${path}.StatisticValues.Minimum.`,
  );
  return bucketOfSet({ count, sum, min, max });
}

function readValues(values: readonly number[], counts: readonly number[] | undefined, path: string): Bucket {
  const [first, ...rest] = values;
  if (first === undefined) throw missing(`${path}.Values`);
  const countOf = (index: number) => {
    const count = counts?.[index] ?? 1;
    demand(count > 0 && count <= largest, `The value ${count} for parameter ${path}.Counts is invalid.`);
    return count;
  };
  demand(
    counts === undefined || counts.length === values.length,
    `The parameters ${path}.Values and ${path}.Counts must be of the same size.`,
  );
  const bucket = bucketOf(checked(first, `${path}.Values`), countOf(0));
  for (const [index, value] of rest.entries())
    addTo(bucket, bucketOf(checked(value, `${path}.Values`), countOf(index + 1)));
  return bucket;
}
