import type { PutMetricAlarmCommandInput, PutMetricAlarmCommandOutput } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import type { RequestContext } from '../../../core/operation.ts';
import { givenTagConditions } from '../../../core/tags.ts';
import { textsOf } from '../../../core/unvalidated.ts';
import { alarmAccess } from '../access.ts';
import { shownAlarm } from '../alarms/shown-alarm.ts';
import { isPeriod, readQueries } from '../metric-query.ts';
import { cloudWatchOperation } from '../operation.ts';
import { readStatistic } from '../points/statistic.ts';
import { type MetricAlarmRecord, metricAlarmRecords, type StoredMetricQuery } from '../records.ts';
import { demand, invalid, invalidCombination, missing, notBuilt } from '../refusals.ts';
import {
  alarmName,
  dimensions,
  flag,
  list,
  metricName,
  metricQuery,
  namespace,
  number,
  readDimensions,
  statistic,
  tagList,
  unit,
  whole,
} from '../shapes.ts';
import { readTags } from '../tags.ts';

const actionList = list(z.string().min(1).max(1024), 5);
const day = 86_400;
const longest = { short: day, long: 7 * day };
const mostAlarms = 100_000;

const schema = z.object({
  AlarmName: alarmName,
  AlarmDescription: z.string().max(1024).optional(),
  ActionsEnabled: flag.optional(),
  OKActions: actionList.optional(),
  AlarmActions: actionList.optional(),
  InsufficientDataActions: actionList.optional(),
  MetricName: metricName.optional(),
  Namespace: namespace.optional(),
  Statistic: statistic.optional(),
  ExtendedStatistic: z.string().max(100).optional(),
  Dimensions: dimensions.optional(),
  Period: whole.optional(),
  Unit: unit.optional(),
  EvaluationPeriods: whole.optional(),
  DatapointsToAlarm: whole.optional(),
  Threshold: number.optional(),
  ComparisonOperator: z.string().max(100).optional(),
  TreatMissingData: z.string().max(255).optional(),
  EvaluateLowSampleCountPercentile: z.string().max(255).optional(),
  Metrics: list(metricQuery, 20).optional(),
  Tags: tagList.optional(),
  ThresholdMetricId: z.string().max(255).optional(),
  EvaluationWindow: z.unknown().optional(),
  WarmUpConfiguration: z.unknown().optional(),
  EvaluationCriteria: z.unknown().optional(),
  EvaluationInterval: z.unknown().optional(),
  ActionConfiguration: z.unknown().optional(),
});
type Input = z.infer<typeof schema>;

/** Makes an alarm, or gives one another configuration; its state stays. */
export const putMetricAlarm = cloudWatchOperation<PutMetricAlarmCommandInput, PutMetricAlarmCommandOutput>()<
  Omit<Input, (typeof unbuiltMembers)[number] | 'ComparisonOperator'> &
    Pick<PutMetricAlarmCommandInput, 'ComparisonOperator'>
>({
  schema: schema as never,
  readOnly: false,
  audit: 'management',
  access: ({ AlarmName, AlarmActions, OKActions, InsufficientDataActions, Tags }, context) => {
    const actions = [AlarmActions, OKActions, InsufficientDataActions].flatMap(textsOf).slice(0, 15);
    const conditions = {
      ...givenTagConditions(Tags),
      ...(actions.length > 0 && { 'cloudwatch:AlarmActions': actions }),
    };
    return alarmAccess('PutMetricAlarm', context, AlarmName).map((request) => ({ ...request, conditions }));
  },
  handler: (runtime, given, context) => {
    const input = given as Input;
    for (const member of unbuiltMembers) if (input[member] !== undefined) throw notBuilt(`${member} of PutMetricAlarm`);
    const { ledger, alarms } = runtime;
    const before = ledger.get(metricAlarmRecords, context, input.AlarmName);
    if (!before && ledger.count(metricAlarmRecords, context) >= mostAlarms)
      throw invalid(`There are ${mostAlarms} alarms.`);
    const alarm = readAlarm(input, context, before);
    ledger.transact((transaction) => {
      transaction.put(metricAlarmRecords, alarm);
      alarms.changes.note(transaction, alarm, {
        type: 'ConfigurationUpdate',
        summary: `Alarm "${alarm.name}" ${before ? 'updated' : 'created'}`,
        data: JSON.stringify({ version: '1.0', type: before ? 'Update' : 'Create', updatedAlarm: shownAlarm(alarm) }),
      });
      transaction.onAccepted(() => alarms.wake(alarm));
    });
    return {};
  },
});

const unbuiltMembers = [
  'ThresholdMetricId',
  'EvaluationWindow',
  'WarmUpConfiguration',
  'EvaluationCriteria',
  'EvaluationInterval',
  'ActionConfiguration',
] as const;

function readAlarm(input: Input, context: RequestContext, before: MetricAlarmRecord | undefined): MetricAlarmRecord {
  const { AlarmName: name, ActionsEnabled: actionsEnabled = true, AlarmDescription: description } = input;
  const watched = readWatched(input);
  const rules = readRules(input, watched.period);
  const { now } = context;
  const actions = {
    OK: readActions(input.OKActions),
    ALARM: readActions(input.AlarmActions),
    INSUFFICIENT_DATA: readActions(input.InsufficientDataActions),
  };
  // Tags of an alarm that there is change by TagResource alone.
  const tags = before ? before.tags : readTags(input.Tags);
  const state = before ?? {
    ...{ createdAt: now, state: 'INSUFFICIENT_DATA' as const, stateReason: 'Unchecked: Initial alarm creation' },
    ...{ stateUpdatedAt: now, transitionedAt: now },
  };
  return {
    ...scopeOf(context),
    name,
    ...(description === undefined ? {} : { description }),
    ...{ actionsEnabled, actions, ...watched, ...rules, tags, configuredAt: now },
    ...{ createdAt: state.createdAt, state: state.state, stateReason: state.stateReason },
    ...('stateReasonData' in state &&
      state.stateReasonData !== undefined && { stateReasonData: state.stateReasonData }),
    ...{ stateUpdatedAt: state.stateUpdatedAt, transitionedAt: state.transitionedAt },
  };
}

function readActions(given: readonly string[] = []): readonly string[] {
  for (const arn of given) {
    if (!/^arn:[\w-]+:[\w-]+:[^\s]*$/.test(arn)) throw invalid(`Invalid action ARN: ${arn}`);
    if (!/^arn:[\w-]+:sns:/.test(arn)) throw notBuilt(`the action ${arn}, which is no topic of SNS,`);
  }
  return given;
}

type Watched = Pick<MetricAlarmRecord, 'queries' | 'isSingle' | 'period'>;

function readWatched(input: Input): Watched {
  const { Metrics, MetricName, Namespace, Statistic, ExtendedStatistic, Period: period, Dimensions, Unit } = input;
  if (Metrics && Metrics.length > 0) return readMetrics(input, Metrics);
  if (MetricName === undefined) throw missing('MetricName');
  if (Namespace === undefined) throw missing('Namespace');
  if (period === undefined) throw missing('Period');
  demand(
    [10, 20, 30].includes(period) || (period >= 60 && isPeriod(period)),
    'Period must be 10, 20, 30 or a multiple of 60',
  );
  if ((Statistic === undefined) === (ExtendedStatistic === undefined)) {
    throw invalidCombination('Exactly one of Statistic and ExtendedStatistic must be specified');
  }
  const named = Statistic ?? ExtendedStatistic ?? '';
  const read = readStatistic(named);
  demand(
    read !== undefined && (Statistic !== undefined || read.kind !== 'Average'),
    `The value ${named} for parameter ExtendedStatistic is invalid.`,
  );
  const stat = {
    namespace: Namespace,
    name: MetricName,
    dimensions: readDimensions(Dimensions),
    period,
    statistic: named,
  };
  const query: StoredMetricQuery = { id: 'm1', returnData: true, stat: { ...stat, ...(Unit && { unit: Unit }) } };
  return { queries: [query], isSingle: true, period };
}

function readMetrics(input: Input, given: NonNullable<Input['Metrics']>): Watched {
  const single = (
    ['MetricName', 'Namespace', 'Statistic', 'ExtendedStatistic', 'Dimensions', 'Period', 'Unit'] as const
  ).find((member) => input[member] !== undefined);
  if (single) throw invalidCombination(`${single} cannot be specified together with Metrics`);
  const queries = readQueries(given);
  const returned = queries.filter(({ returnData }) => returnData);
  if (returned.length !== 1) throw invalid('Exactly one element of the metrics list should return data.');
  const periods = new Set(queries.flatMap(({ stat }) => (stat ? [stat.period] : [])));
  const [period] = periods;
  if (period === undefined) throw invalid('The metrics list must hold at least one metric.');
  if (periods.size > 1) throw invalid('Metrics list must contain exactly one period.');
  if (queries.filter(({ stat }) => stat).length > 10) throw invalid('An alarm has at most 10 metrics.');
  return { queries, isSingle: false, period };
}

type Rules = Pick<
  MetricAlarmRecord,
  'evaluationPeriods' | 'datapointsToAlarm' | 'threshold' | 'comparison' | 'treatMissingData' | 'lowSampleCount'
>;

function readRules(input: Input, period: number): Rules {
  const { EvaluationPeriods, DatapointsToAlarm, Threshold, ComparisonOperator: comparison } = input;
  const { TreatMissingData: treat, EvaluateLowSampleCountPercentile: low } = input;
  if (EvaluationPeriods === undefined) throw missing('EvaluationPeriods');
  if (Threshold === undefined) throw missing('Threshold');
  if (comparison === undefined) throw missing('ComparisonOperator');
  checkPeriods(EvaluationPeriods, DatapointsToAlarm, period);
  if (/Anomaly|UpperOrGreater|LowerOr|GreaterThanUpper|LessThanLower/.test(comparison)) {
    throw notBuilt(`${comparison}, for which anomalies are detected,`);
  }
  demand(
    /^(GreaterThan|LessThan)(OrEqualTo)?Threshold$/.test(comparison),
    `The value ${comparison} for parameter ComparisonOperator is invalid.`,
  );
  demand(
    treat === undefined || ['missing', 'ignore', 'breaching', 'notBreaching'].includes(treat),
    `The value ${treat} for parameter TreatMissingData is invalid.`,
  );
  demand(
    low === undefined || ['evaluate', 'ignore'].includes(low),
    `The value ${low} for parameter EvaluateLowSampleCountPercentile is invalid.`,
  );
  if (low !== undefined && !/^p/i.test(input.ExtendedStatistic ?? '')) {
    throw invalidCombination('EvaluateLowSampleCountPercentile is for percentile statistics only');
  }
  return {
    ...{ evaluationPeriods: EvaluationPeriods, threshold: Threshold, comparison },
    ...(DatapointsToAlarm !== undefined && { datapointsToAlarm: DatapointsToAlarm }),
    ...(treat !== undefined && { treatMissingData: treat }),
    ...(low !== undefined && { lowSampleCount: low }),
  };
}

function checkPeriods(periods: number, datapoints: number | undefined, period: number): void {
  demand(periods >= 1, 'EvaluationPeriods must be at least 1');
  demand(datapoints === undefined || datapoints >= 1, 'DatapointsToAlarm must be at least 1');
  demand(
    datapoints === undefined || datapoints <= periods,
    'DatapointsToAlarm must be less than or equal to EvaluationPeriods',
  );
  const most = period >= 3600 ? longest.long : longest.short;
  demand(
    periods * period <= most,
    `Metrics cannot be checked across more than ${most / day === 1 ? 'a day' : 'a week'} (EvaluationPeriods * Period must be <= ${most}).`,
  );
}
