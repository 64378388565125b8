const bytes = ['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes'] as const;
const bits = ['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits'] as const;

/** The units of CloudWatch's metrics. */
export const metricUnits = [
  ...(['Seconds', 'Microseconds', 'Milliseconds'] as const),
  ...bytes,
  ...bits,
  ...(['Percent', 'Count'] as const),
  ...bytes.map((each) => `${each}/Second` as const),
  ...bits.map((each) => `${each}/Second` as const),
  ...(['Count/Second', 'None'] as const),
] as const;

export type MetricUnit = (typeof metricUnits)[number];
