import type { CompiledPattern } from '../patterns/index.ts';
import type { MetricFilterRecord, MetricTransformation } from './filter-records.ts';
import type { FilteredMetric } from './metric-sink.ts';

/** What CloudWatch takes. */
const largest = 2 ** 360;
const longestDimension = 1024;

const numeral = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

export function isNumeral(text: string): boolean {
  return numeral.test(text) && Math.abs(Number(text)) <= largest;
}

/** A point that an event makes. */
export interface FilteredValue {
  readonly metric: FilteredMetric;
  readonly value: number;
}

/** What a filter makes of an event that matches: nothing where it names a value or a dimension that the event has not. */
export function valuesOf(
  filter: MetricFilterRecord,
  pattern: CompiledPattern,
  message: string,
): readonly FilteredValue[] {
  const isConstant = filter.transformations.every(({ value, dimensions }) => !value.startsWith('$') && !dimensions);
  const named = isConstant ? {} : pattern.valuesIn(message);
  return filter.transformations.flatMap((transformation) => {
    const text = transformation.value.startsWith('$') ? named[transformation.value] : transformation.value;
    const dimensions = dimensionsOf(filter, transformation, named);
    if (text === undefined || !isNumeral(text) || !dimensions) return [];
    return [{ metric: metricOf(transformation, dimensions), value: Number(text) }];
  });
}

/** What is put for a minute without a match; dimensions and a default value exclude each other. */
export function defaultsOf(filter: MetricFilterRecord): readonly FilteredValue[] {
  return filter.transformations.flatMap((transformation) => {
    const { defaultValue } = transformation;
    return defaultValue === undefined ? [] : [{ metric: metricOf(transformation, []), value: defaultValue }];
  });
}

function metricOf(
  { name, namespace, unit }: MetricTransformation,
  dimensions: FilteredMetric['dimensions'],
): FilteredMetric {
  return { name, namespace, dimensions, ...(unit === undefined ? {} : { unit }) };
}

function dimensionsOf(
  { account, region, systemFields = [] }: MetricFilterRecord,
  { dimensions = {} }: MetricTransformation,
  named: Readonly<Record<string, string>>,
): FilteredMetric['dimensions'] | undefined {
  const system: Readonly<Record<string, string>> = { '@aws.account': account, '@aws.region': region };
  const given = [
    ...Object.entries(dimensions).map(([name, field]) => ({ name, value: named[field] ?? '' })),
    ...systemFields.map((name) => ({ name, value: system[name] ?? '' })),
  ];
  const isWhole = given.every(({ value }) => value.trim() !== '' && value.length <= longestDimension);
  return isWhole ? given.sort((one, other) => (one.name < other.name ? -1 : 1)) : undefined;
}
