/** Numbers by time, in seconds, and how far these are apart. */
export interface Series {
  readonly kind: 'series';
  readonly period: number;
  readonly points: ReadonlyMap<number, number>;
  readonly label: string;
}

/** What an expression, or a part of it, comes to. */
export type Value =
  | { readonly kind: 'number'; readonly value: number }
  | Series
  | { readonly kind: 'list'; readonly items: readonly Series[] };

/** An expression that cannot be read or computed, in words for whoever wrote it. */
export class MathRefused extends Error {
  override readonly name = 'MathRefused';
}

export function numberValue(value: number): Value {
  return { kind: 'number', value };
}

/** The same points with other numbers; those that are none leave no point. */
export function mapSeries(series: Series, change: (value: number, time: number) => number | undefined): Series {
  const points = new Map<number, number>();
  for (const [time, value] of series.points) {
    const changed = change(value, time);
    if (changed !== undefined && Number.isFinite(changed)) points.set(time, changed);
  }
  return { ...series, points };
}
