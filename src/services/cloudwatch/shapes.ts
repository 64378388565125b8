import { z } from 'zod';
import { metricUnits } from '../../core/metric-units.ts';
import type { Dimension } from './records.ts';

/** A number; text in the query protocol. */
export const number = z.preprocess(
  (value) => (typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? Number(value) : value),
  z.number(),
);

export const whole = z.preprocess(
  (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
  z.number().int(),
);

export const flag = z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean());

/** A list; of the query protocol an empty one is an empty text. */
export function list<Item extends z.ZodType>(item: Item, most: number) {
  return z.preprocess((value) => (value === '' ? [] : value), z.array(item).max(most));
}

const latest = 8.64e15;

/** A time: seconds in JSON, a date in CBOR, text in the query protocol. */
export const time = z.union([
  z.date(),
  z
    .number()
    .min(0)
    .max(latest / 1000)
    .transform((seconds) => new Date(seconds * 1000)),
  z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
]);

/** What XML and ASCII take. */
const named = z.string().min(1).max(255);

export const metricName = named;
export const namespace = named.regex(/^[^:].*$/);
export const alarmName = named;

export const dimension = z.object({ Name: z.string().min(1).max(255), Value: z.string().min(1).max(1024) });
export const dimensions = list(dimension, 30);

/** Dimensions in the order of their names: they identify a metric as a set. */
export function readDimensions(given: readonly z.infer<typeof dimension>[] = []): readonly Dimension[] {
  return given
    .map(({ Name: name, Value: value }) => ({ name, value }))
    .sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}

export function shownDimensions(dimensions_: readonly Dimension[]) {
  return dimensions_.map(({ name: Name, value: Value }) => ({ Name, Value }));
}

export const unit = z.enum(metricUnits);

export const statistic = z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']);
export const stateValue = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);

export const tagList = list(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) }), 200);
export const tagKeys = list(z.string().min(1).max(128), 200);

export const metricQuery = z.object({
  Id: z.string().min(1).max(255),
  MetricStat: z
    .object({
      Metric: z.object({
        Namespace: namespace.optional(),
        MetricName: metricName.optional(),
        Dimensions: dimensions.optional(),
      }),
      Period: whole,
      Stat: z.string().min(1).max(100),
      Unit: unit.optional(),
    })
    .optional(),
  Expression: z.string().min(1).max(2048).optional(),
  Label: z.string().max(2048).optional(),
  ReturnData: flag.optional(),
  Period: whole.optional(),
  AccountId: z.string().max(255).optional(),
});
