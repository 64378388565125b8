export const comparisons = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;

export const missingData = ['missing', 'notBreaching', 'breaching', 'ignore'] as const;

/** What a form of an alarm holds, as it was typed. */
export interface TypedAlarm {
  readonly name: string;
  readonly namespace: string;
  readonly metric: string;
  /** A line `NAME=VALUE` for each. */
  readonly dimensions: string;
  readonly statistic: string;
  readonly comparison: string;
  readonly threshold: string;
  /** Seconds. */
  readonly period: string;
  readonly periods: string;
  readonly missing: string;
  /** What is told of an alarm; '' for nothing. */
  readonly action: string;
}

/** The input of PutMetricAlarm; undefined while something that is needed is not given, or a number is none. */
export function alarmInput(typed: TypedAlarm): object | undefined {
  const numbers = [typed.threshold, typed.period, typed.periods].map(numberOf);
  const [Threshold, Period, EvaluationPeriods] = numbers;
  const needed = [typed.name, typed.namespace, typed.metric, typed.statistic];
  if (numbers.includes(undefined) || needed.some((value) => value.trim() === '')) return undefined;
  const isPercentile = /^(p|tm|tc|ts|wm|iqm|pr)[\d.(]|^iqm$/i.test(typed.statistic);
  const Dimensions = dimensionsOf(typed.dimensions);
  return {
    AlarmName: typed.name,
    Namespace: typed.namespace,
    MetricName: typed.metric,
    ...(Dimensions.length > 0 && { Dimensions }),
    ...(isPercentile ? { ExtendedStatistic: typed.statistic } : { Statistic: typed.statistic }),
    Period,
    EvaluationPeriods,
    Threshold,
    ComparisonOperator: typed.comparison,
    TreatMissingData: typed.missing,
    ...(typed.action !== '' && { AlarmActions: [typed.action] }),
  };
}

function numberOf(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

/** A value may hold `=`, a name may not. */
function dimensionsOf(text: string): readonly { readonly Name: string; readonly Value: string }[] {
  const lines = text.split('\n').filter((line) => line.includes('='));
  return lines.map((line) => {
    const at = line.indexOf('=');
    return { Name: line.slice(0, at).trim(), Value: line.slice(at + 1).trim() };
  });
}
