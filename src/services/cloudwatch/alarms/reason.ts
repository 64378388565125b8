import type { AlarmState, MetricAlarmRecord } from '../records.ts';
import { comparisonWords, type Verdict } from './evaluation.ts';

/** Why an alarm has its state: AWS's sentence, and the same as JSON. */
export interface StateReason {
  readonly reason: string;
  readonly data: string;
}

/** Which periods a verdict is about: its newest begins here, in seconds. */
export interface JudgedRange {
  readonly newest: number;
  readonly now: number;
}

/** Says why, in AWS's words. */
export function stateReason(
  alarm: MetricAlarmRecord,
  state: AlarmState,
  verdict: Verdict,
  range: JudgedRange,
): StateReason {
  const { evaluationPeriods, datapointsToAlarm, threshold, comparison, period } = alarm;
  const most = datapointsToAlarm ?? evaluationPeriods;
  const shown = verdict.decidedBy.map(
    ([place, value]) => `${decimal(value)} (${minute(range.newest - place * period)})`,
  );
  const data = JSON.stringify({
    version: '1.0',
    queryDate: awsTime(range.now),
    startDate: awsTime((range.newest - (verdict.decidedBy.at(-1)?.[0] ?? 0) * period) * 1000),
    ...(alarm.isSingle && alarm.queries[0]?.stat && { statistic: alarm.queries[0].stat.statistic }),
    period,
    recentDatapoints: verdict.decidedBy.map(([, value]) => value).reverse(),
    threshold,
  });
  if (state === 'INSUFFICIENT_DATA') {
    return {
      reason: `Insufficient Data: ${plural(evaluationPeriods, 'datapoint was', 'datapoints were')} unknown.`,
      data,
    };
  }
  if (shown.length === 0) {
    const words = `no datapoints were received for ${plural(evaluationPeriods, 'period', 'periods')} and ${plural(evaluationPeriods, 'missing datapoint was', 'missing datapoints were')}`;
    return {
      reason: `Threshold Crossed: ${words} treated as [${state === 'ALARM' ? 'Breaching' : 'NonBreaching'}].`,
      data,
    };
  }
  const isAre = evaluationPeriods === 1 ? 'was' : 'were';
  const not = state === 'OK' ? 'not ' : '';
  const list = `[${shown.join(', ')}]`;
  const against = `${isAre} ${not}${comparisonWords(comparison)} the threshold (${decimal(threshold)})`;
  if (most === evaluationPeriods) {
    return {
      reason: `Threshold Crossed: ${plural(shown.length, 'datapoint', 'datapoints')} ${list} ${against}.`,
      data,
    };
  }
  const change = state === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK';
  const minimum = plural(state === 'ALARM' ? most : evaluationPeriods - most + 1, 'datapoint', 'datapoints');
  return {
    reason: `Threshold Crossed: ${shown.length} out of the last ${evaluationPeriods} datapoints ${list} ${against} (minimum ${minimum} for ${change} transition).`,
    data,
  };
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** As Java shows a double. */
function decimal(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e7 ? value.toFixed(1) : String(value);
}

/** `30/11/26 17:04:00`. */
function minute(seconds: number): string {
  const [date = '', clock = ''] = new Date(seconds * 1000).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${clock.slice(0, 8)}`;
}

/** `2026-11-30T17:04:00.000+0000`. */
export function awsTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}
