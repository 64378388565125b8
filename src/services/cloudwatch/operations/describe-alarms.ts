import type {
  DescribeAlarmHistoryCommandInput,
  DescribeAlarmHistoryCommandOutput,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  DescribeAlarmsForMetricCommandInput,
  DescribeAlarmsForMetricCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import type { Scope } from '../../../core/arn.ts';
import { pageFrom } from '../../../core/page.ts';
import type { Ledger } from '../../../store/index.ts';
import { alarmAccess, alarmsAccess, anyResource } from '../access.ts';
import { shownAlarm } from '../alarms/shown-alarm.ts';
import { cloudWatchOperation } from '../operation.ts';
import {
  type AlarmHistoryRecord,
  alarmHistoryRecords,
  type MetricAlarmRecord,
  metricAlarmRecords,
  ordered,
} from '../records.ts';
import { demand, invalidCombination, invalidToken, notBuilt } from '../refusals.ts';
import {
  alarmName,
  dimensions,
  list,
  metricName,
  namespace,
  readDimensions,
  stateValue,
  statistic,
  time,
  unit,
  whole,
} from '../shapes.ts';

const alarmTypes = list(z.enum(['CompositeAlarm', 'MetricAlarm', 'LogAlarm']), 10);
const pageSize = { fallback: 50, most: 100 };

function sizeOf(given: number | undefined): number {
  const size = given ?? pageSize.fallback;
  demand(size >= 1 && size <= pageSize.most, `MaxRecords must be between 1 and ${pageSize.most}.`);
  return size;
}

const schema = z.object({
  AlarmNames: list(alarmName, 100).optional(),
  AlarmNamePrefix: z.string().min(1).max(255).optional(),
  AlarmTypes: alarmTypes.optional(),
  ChildrenOfAlarmName: alarmName.optional(),
  ParentsOfAlarmName: alarmName.optional(),
  StateValue: stateValue.optional(),
  ActionPrefix: z.string().min(1).max(1024).optional(),
  MaxRecords: whole.optional(),
  NextToken: z.string().optional(),
});
type Input = z.infer<typeof schema>;

export const describeAlarms = cloudWatchOperation<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput>()<Input>({
  schema,
  readOnly: true,
  audit: 'management',
  access: ({ AlarmNames }, context) => alarmsAccess('DescribeAlarms', context, AlarmNames),
  handler: ({ ledger }, input, context) => {
    const { AlarmNames, AlarmNamePrefix, AlarmTypes, MaxRecords, NextToken } = input;
    if (input.ChildrenOfAlarmName ?? input.ParentsOfAlarmName) throw notBuilt('DescribeAlarms of composite alarms');
    if (AlarmNames && AlarmNamePrefix !== undefined) {
      throw invalidCombination('AlarmNames and AlarmNamePrefix cannot be specified together');
    }
    const size = sizeOf(MaxRecords);
    if (AlarmTypes && AlarmTypes.length > 0 && !AlarmTypes.includes('MetricAlarm'))
      return { MetricAlarms: [], CompositeAlarms: [] };
    const after = (name: string | undefined) =>
      candidates(ledger, context, input, name).filter((alarm) => isAsked(alarm, input));
    const request = { kind: 'alarms', size, token: NextToken || undefined, refuse: invalidToken };
    const { items, nextToken } = pageFrom(after, ({ name }) => name, request);
    return {
      MetricAlarms: items.map(shownAlarm),
      CompositeAlarms: [],
      ...(nextToken !== undefined && { NextToken: nextToken }),
    };
  },
});

/** Those that names or a prefix leave, behind a name in their order: no others are looked at. */
function* candidates(
  ledger: Ledger,
  scope: Scope,
  { AlarmNames, AlarmNamePrefix: prefix = '' }: Input,
  behind: string | undefined,
): Generator<MetricAlarmRecord, undefined> {
  if (AlarmNames) {
    for (const name of [...new Set(AlarmNames)].sort()) {
      const found = behind === undefined || name > behind ? ledger.get(metricAlarmRecords, scope, name) : undefined;
      if (found) yield found;
    }
    return;
  }
  const own = behind === undefined && prefix !== '' ? ledger.get(metricAlarmRecords, scope, prefix) : undefined;
  if (own) yield own;
  for (const alarm of ledger.by(metricAlarmRecords, scope, 'name', { after: behind ?? (prefix || undefined) })) {
    if (!alarm.name.startsWith(prefix)) return;
    yield alarm;
  }
}

function isAsked(alarm: MetricAlarmRecord, { StateValue, ActionPrefix }: Input): boolean {
  if (StateValue !== undefined && alarm.state !== StateValue) return false;
  if (ActionPrefix === undefined) return true;
  return Object.values(alarm.actions)
    .flat()
    .some((arn) => arn.startsWith(ActionPrefix));
}

const metricSchema = z.object({
  MetricName: metricName,
  Namespace: namespace,
  Statistic: statistic.optional(),
  ExtendedStatistic: z.string().max(100).optional(),
  Dimensions: dimensions.optional(),
  Period: whole.optional(),
  Unit: unit.optional(),
});
type MetricInput = z.infer<typeof metricSchema>;

export const describeAlarmsForMetric = cloudWatchOperation<
  DescribeAlarmsForMetricCommandInput,
  DescribeAlarmsForMetricCommandOutput
>()<MetricInput>({
  schema: metricSchema,
  readOnly: true,
  audit: 'management',
  access: anyResource('DescribeAlarmsForMetric'),
  handler: ({ ledger }, input, context) => {
    const asked = JSON.stringify(readDimensions(input.Dimensions));
    const found = ledger.by(metricAlarmRecords, context, 'name').filter((alarm) => watches(alarm, input, asked));
    return { MetricAlarms: [...found].map(shownAlarm) };
  },
});

function watches({ queries }: MetricAlarmRecord, input: MetricInput, asked: string): boolean {
  const { MetricName, Namespace, Period, Unit, Statistic, ExtendedStatistic } = input;
  return queries.some(({ stat }) => {
    if (!stat || stat.name !== MetricName || stat.namespace !== Namespace) return false;
    if (JSON.stringify(stat.dimensions) !== asked) return false;
    if (Period !== undefined && stat.period !== Period) return false;
    if (Unit !== undefined && stat.unit !== Unit) return false;
    const named = Statistic ?? ExtendedStatistic;
    return named === undefined || stat.statistic === named;
  });
}

const historySchema = z.object({
  AlarmName: alarmName.optional(),
  AlarmContributorId: z.string().max(255).optional(),
  AlarmTypes: alarmTypes.optional(),
  HistoryItemType: z.string().max(64).optional(),
  StartDate: time.optional(),
  EndDate: time.optional(),
  MaxRecords: whole.optional(),
  NextToken: z.string().optional(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).optional(),
});
type HistoryInput = Omit<z.infer<typeof historySchema>, 'HistoryItemType'> &
  Pick<DescribeAlarmHistoryCommandInput, 'HistoryItemType'>;

/** What happened to alarms, those too that were deleted. */
export const describeAlarmHistory = cloudWatchOperation<
  DescribeAlarmHistoryCommandInput,
  DescribeAlarmHistoryCommandOutput
>()<HistoryInput>({
  schema: historySchema as unknown as z.ZodType<HistoryInput>,
  readOnly: true,
  audit: 'management',
  access: ({ AlarmName }, context) => alarmAccess('DescribeAlarmHistory', context, AlarmName),
  handler: ({ ledger }, input, context) => {
    const { AlarmName, AlarmContributorId, MaxRecords, NextToken, ScanBy } = input;
    if (AlarmContributorId !== undefined) throw notBuilt('AlarmContributorId of DescribeAlarmHistory');
    const descending = ScanBy !== 'TimestampAscending';
    const index = AlarmName === undefined ? 'time' : 'alarm';
    const value = AlarmName === undefined ? {} : { value: AlarmName };
    const after = (place: string | undefined) =>
      ledger
        .by(alarmHistoryRecords, context, index, { ...value, after: place, descending })
        .filter((entry) => isWithin(entry, input));
    const request = {
      kind: 'alarmHistory',
      size: sizeOf(MaxRecords),
      token: NextToken || undefined,
      refuse: invalidToken,
    };
    const { items, nextToken } = pageFrom(after, ({ number }) => ordered(number), request);
    return { AlarmHistoryItems: items.map(shownEntry), ...(nextToken !== undefined && { NextToken: nextToken }) };
  },
});

function isWithin(
  { at, type }: AlarmHistoryRecord,
  { HistoryItemType, StartDate, EndDate, AlarmTypes }: HistoryInput,
): boolean {
  if (AlarmTypes && AlarmTypes.length > 0 && !AlarmTypes.includes('MetricAlarm')) return false;
  if (HistoryItemType !== undefined && type !== HistoryItemType) return false;
  return at >= (StartDate?.getTime() ?? 0) && at <= (EndDate?.getTime() ?? Number.POSITIVE_INFINITY);
}

function shownEntry({ alarm, at, type, summary, data }: AlarmHistoryRecord) {
  return {
    ...{ AlarmName: alarm, AlarmType: 'MetricAlarm' as const, Timestamp: new Date(at), HistoryItemType: type },
    ...{ HistorySummary: summary, HistoryData: data },
  };
}
