import { MathRefused, mapSeries, numberValue, type Series, type Value } from './value.ts';

/** What functions know of the request. */
export interface MathWindow {
  /** Seconds: inclusive, exclusive. */
  readonly from: number;
  readonly to: number;
  /** Points stand at multiples of their period from here. */
  readonly origin: number;
}

type Reduce = (values: readonly number[]) => number;

const sum: Reduce = (values) => values.reduce((all, value) => all + value, 0);
const average: Reduce = (values) => sum(values) / values.length;
const deviation: Reduce = (values) => {
  const mean = average(values);
  return Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
};

/** Of a series a number, of a list a series of what its series have at each time. */
const reductions: Readonly<Record<string, Reduce>> = {
  SUM: sum,
  AVG: average,
  MIN: (values) => values.reduce((least, value) => Math.min(least, value)),
  MAX: (values) => values.reduce((most, value) => Math.max(most, value)),
  STDDEV: deviation,
};

const eachNumber: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
  LOG: Math.log,
  LOG10: Math.log10,
};

/** What is done to each series by itself. */
const eachSeries: Readonly<Record<string, (series: Series) => Series>> = {
  RATE: (series) => changes(series, (change, seconds) => change / seconds),
  DIFF: (series) => changes(series, (change) => change),
  RUNNING_SUM: (series) => {
    let all = 0;
    const points = new Map<number, number>();
    for (const [time, value] of sorted(series)) {
      all += value;
      points.set(time, all);
    }
    return { ...series, points };
  },
};

/** Calls a function on arguments that are computed. Throws `MathRefused`, by name where there is no such function. */
export function callFunction(name: string, args: readonly Value[], window: MathWindow): Value {
  const [first] = args;
  const reduce = reductions[name];
  if (reduce) return reduced(reduce, one(name, args), name);
  const number = eachNumber[name];
  if (number) return each(one(name, args), (series) => mapSeries(series, number), number);
  const series = eachSeries[name];
  if (series) return each(one(name, args), series);
  if (name === 'IF') return choice(args, window);
  if (name === 'FILL') throw new MathRefused('FILL takes a metric and what fills its gaps.');
  if (name === 'PERIOD' && first?.kind === 'series') return numberValue(first.period);
  if (name === 'METRIC_COUNT' && first?.kind === 'list') return numberValue(first.items.length);
  throw new MathRefused(
    `${name} is not supported by this version of Batchyard: docs/metrics.md lists the functions that are.`,
  );
}

function one(name: string, args: readonly Value[]): Value {
  const [first] = args;
  if (!first || args.length !== 1) throw new MathRefused(`${name} takes one argument.`);
  return first;
}

function reduced(reduce: Reduce, value: Value, name: string): Value {
  if (value.kind === 'number') throw new MathRefused(`${name} takes a metric or a list of metrics.`);
  if (value.kind === 'series') {
    return value.points.size === 0 ? numberValue(Number.NaN) : numberValue(reduce([...value.points.values()]));
  }
  const byTime = new Map<number, number[]>();
  for (const { points } of value.items) {
    for (const [time, number] of points) byTime.getOrInsertComputed(time, () => []).push(number);
  }
  const points = new Map([...byTime].map(([time, numbers]) => [time, reduce(numbers)]));
  return { kind: 'series', period: periodOf(value.items), points, label: name };
}

/** The shortest, as the points of all are at multiples of theirs. */
export function periodOf(items: readonly Series[]): number {
  return items.reduce((least, { period }) => Math.min(least, period), items[0]?.period ?? 60);
}

function each(value: Value, change: (series: Series) => Series, number?: (value: number) => number): Value {
  if (value.kind === 'series') return change(value);
  if (value.kind === 'list') return { kind: 'list', items: value.items.map(change) };
  if (!number) throw new MathRefused('A metric is expected where there is a number.');
  return numberValue(number(value.value));
}

function sorted({ points }: Series): (readonly [time: number, value: number])[] {
  return [...points].sort(([one_], [other]) => one_ - other);
}

function changes(series: Series, of: (change: number, seconds: number) => number): Series {
  const points = new Map<number, number>();
  let before: readonly [time: number, value: number] | undefined;
  for (const [time, value] of sorted(series)) {
    if (before) points.set(time, of(value - before[1], time - before[0]));
    before = [time, value];
  }
  return { ...series, points };
}

/** At each time one or the other; numbers stand for themselves at every time. */
function choice(args: readonly Value[], window: MathWindow): Value {
  const [condition, yes, no] = args;
  if (!condition || !yes || args.length > 3) throw new MathRefused('IF takes a condition and one or two values.');
  if (condition.kind === 'list' || yes.kind === 'list' || no?.kind === 'list') {
    throw new MathRefused('IF takes no list of metrics.');
  }
  if (condition.kind === 'number') return (condition.value !== 0 ? yes : no) ?? numberValue(Number.NaN);
  const at = (value: Exclude<Value, { kind: 'list' }> | undefined, time: number) =>
    value?.kind === 'series' ? value.points.get(time) : value?.value;
  const within = mapSeries(condition, (value, time) =>
    time < window.to ? at(value !== 0 ? yes : no, time) : undefined,
  );
  return { ...within, label: 'IF' };
}

/** What fills gaps: a number, the value before, or a line between those beside it. */
export type Filling = number | 'REPEAT' | 'LINEAR';

/** Fills the gaps of a series within the window. Before the first value and behind the last there is no line, and before the first nothing to repeat. */
export function filled(series: Series, filling: Filling, { from, to, origin }: MathWindow): Series {
  const { period, points } = series;
  const found = new Map(points);
  const known = sorted(series);
  let next = 0;
  for (let time = origin + Math.ceil((from - origin) / period) * period; time < to; time += period) {
    while ((known[next]?.[0] ?? Number.POSITIVE_INFINITY) < time) next += 1;
    if (points.has(time)) continue;
    const value = typeof filling === 'number' ? filling : between(known[next - 1], known[next], time, filling);
    if (value !== undefined) found.set(time, value);
  }
  return { ...series, points: found };
}

type Known = readonly [time: number, value: number] | undefined;

function between(before: Known, after: Known, time: number, filling: 'REPEAT' | 'LINEAR'): number | undefined {
  if (!before) return undefined;
  if (filling === 'REPEAT') return before[1];
  return after && before[1] + ((after[1] - before[1]) * (time - before[0])) / (after[0] - before[0]);
}
