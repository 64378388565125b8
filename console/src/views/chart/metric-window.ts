import type { MetricWindow } from '../../data/metric-window.ts';
import { type RangeText, readRange } from '../range/time-range.ts';
import { periodOf } from './chart-shape.ts';

const hour = 3_600_000;

/** What is asked of a metric for a range, up to the end of the period that `now` is in: the same call until that is over. */
export function windowOf(range: RangeText, now: number, statistic: string, period?: number): MetricWindow {
  const { to = now, from = to - hour } = readRange(range, now);
  const seconds = period ?? periodOf(Math.max(0, to - from) / 1000);
  const floor = (at: number) => Math.floor(at / 1000 / seconds) * seconds;
  const begin = floor(from);
  return { statistic, period: seconds, from: begin, to: Math.max(floor(to), begin) + seconds };
}
