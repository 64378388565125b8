import type { AlarmState } from '../records.ts';

export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

/** What an alarm is decided by. */
export interface Evaluation {
  /** Of each period of the range, the newest first; undefined where there is no point. */
  readonly points: readonly (number | undefined)[];
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missingData: MissingData;
  breaches(value: number): boolean;
}

/** Points beyond the evaluation periods that are looked at: those of AWS's examples. Its true number is not public. */
export const pointsBeyond = 2;

/** Why an alarm is in a state. */
export interface Verdict {
  /** `keep`: it stays as it is. */
  readonly state: AlarmState | 'keep';
  /** The points that were decided by, with their places in the range. */
  readonly decidedBy: readonly (readonly [place: number, value: number])[];
  readonly missing: number;
}

/** The state of an alarm by the points of its range: AWS's tables of missing data, as rules. */
export function evaluate(evaluation: Evaluation): Verdict {
  const { points, evaluationPeriods: most } = evaluation;
  const real = points.flatMap((value, place) => (value === undefined ? [] : [[place, value] as const]));
  const decidedBy = real.slice(0, most);
  const missing = most - decidedBy.length;
  return {
    state: missing === 0 ? ofAll(decidedBy, evaluation) : ofSome(decidedBy, missing, evaluation),
    decidedBy,
    missing,
  };
}

type Points = readonly (readonly [place: number, value: number])[];

function breaching(points: Points, { breaches }: Evaluation): number {
  return points.filter(([, value]) => breaches(value)).length;
}

/** Enough points: the newest decide, wherever gaps are. */
function ofAll(points: Points, evaluation: Evaluation): AlarmState {
  return breaching(points, evaluation) >= evaluation.datapointsToAlarm ? 'ALARM' : 'OK';
}

function ofSome(points: Points, missing: number, evaluation: Evaluation): Verdict['state'] {
  const { datapointsToAlarm: most, missingData } = evaluation;
  const count = breaching(points, evaluation);
  if (missingData === 'notBreaching') return count >= most ? 'ALARM' : 'OK';
  if (missingData === 'breaching') return count + missing >= most ? 'ALARM' : 'OK';
  if (count >= most) return 'ALARM';
  if (points.length > count) return 'OK';
  if (missingData === 'ignore') return 'keep';
  const oldest = points.at(-1);
  if (!oldest) return 'INSUFFICIENT_DATA';
  // All that there are breach: alarm once the oldest is as old as so many points would be, lest it be too early.
  return oldest[0] + 1 >= most ? 'ALARM' : 'keep';
}

const comparisons: Readonly<
  Record<string, { readonly holds: (value: number, threshold: number) => boolean; readonly words: string }>
> = {
  GreaterThanOrEqualToThreshold: { holds: (value, threshold) => value >= threshold, words: 'greater than or equal to' },
  GreaterThanThreshold: { holds: (value, threshold) => value > threshold, words: 'greater than' },
  LessThanThreshold: { holds: (value, threshold) => value < threshold, words: 'less than' },
  LessThanOrEqualToThreshold: { holds: (value, threshold) => value <= threshold, words: 'less than or equal to' },
};

/** Whether a value is beyond the threshold. */
export function breachesBy(comparison: string, threshold: number): (value: number) => boolean {
  const found = comparisons[comparison];
  if (!found) throw new Error(`no comparison ${comparison}`);
  return (value) => found.holds(value, threshold);
}

export function comparisonWords(comparison: string): string {
  return comparisons[comparison]?.words ?? comparison;
}
