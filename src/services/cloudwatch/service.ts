import type { Clock } from '../../core/clock.ts';
import type { Invoke } from '../../core/invoke.ts';
import type { Logger } from '../../core/logger.ts';
import { type CommandNames, type ServiceDefinition, unbuilt } from '../../core/operation.ts';
import type { RandomSource } from '../../core/random.ts';
import type { DueWork, FactLog, Ledger } from '../../store/index.ts';
import { AlarmActions } from './alarms/alarm-actions.ts';
import { AlarmChanges } from './alarms/alarm-change.ts';
import { AlarmHouse } from './alarms/alarm-house.ts';
import { deleteAlarms, disableAlarmActions, enableAlarmActions, setAlarmState } from './operations/alarm-changes.ts';
import { deleteDashboards, getDashboard, listDashboards, putDashboard } from './operations/dashboards.ts';
import { describeAlarmHistory, describeAlarms, describeAlarmsForMetric } from './operations/describe-alarms.ts';
import { getMetricData } from './operations/get-metric-data.ts';
import { getMetricStatistics } from './operations/get-metric-statistics.ts';
import { listMetrics } from './operations/list-metrics.ts';
import { putMetricAlarm } from './operations/put-metric-alarm.ts';
import { putMetricData } from './operations/put-metric-data.ts';
import { listTagsForResource, tagResource, untagResource } from './operations/tags.ts';
import { OwnMetrics } from './own-metrics.ts';
import { GatheredPoints } from './points/gathered-points.ts';
import { MetricHouse } from './points/metric-house.ts';
import { PointReader } from './points/reader.ts';
import { QueryRunner } from './query-runner.ts';
import { queryCodes } from './refusals.ts';
import type { CloudWatchRuntime } from './runtime.ts';

export type CloudWatchOperationName = CommandNames<typeof import('@aws-sdk/client-cloudwatch')>;

export interface CloudWatchOptions {
  readonly ledger: Ledger;
  readonly due: DueWork;
  readonly facts: FactLog;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly invoke: Invoke;
  /** Points of all metrics together, in bytes. */
  readonly mostBytes: number;
}

export interface CloudWatchService {
  readonly definition: ServiceDefinition<CloudWatchOperationName>;
  readonly metrics: MetricHouse;
  /** Values that are put in the transaction of what they were made of. */
  gather(): GatheredPoints;
  readonly queries: QueryRunner;
  readonly alarms: AlarmHouse;
  /** What the server itself puts each minute. */
  readonly own: OwnMetrics;
}

/** Amazon CloudWatch: metrics, queries and alarms. Actions of alarms are taken while due work is open. */
export function createCloudWatch(options: CloudWatchOptions): CloudWatchService {
  const { ledger, due, facts, clock, random, logger, invoke, mostBytes } = options;
  const metrics = new MetricHouse({ ledger, clock, logger, mostBytes });
  const reader = new PointReader(ledger.store.reads, metrics, () => clock.now() / 1000);
  const queries = new QueryRunner(metrics, reader);
  const actions = new AlarmActions({ due, clock, random, logger, invoke });
  const changes = new AlarmChanges({ ledger, clock, random, facts, actions });
  const alarms = new AlarmHouse({ ledger, clock, logger, queries, changes });
  const own = new OwnMetrics({ metrics, clock, logger });
  const gather = () => new GatheredPoints(metrics);
  const definition = define({ ledger, clock, random, metrics, queries, alarms });
  return { definition, metrics, gather, queries, alarms, own };
}

const target = 'GraniteServiceVersion20100801';

function define(runtime: CloudWatchRuntime): ServiceDefinition<CloudWatchOperationName> {
  return {
    name: 'monitoring',
    apiVersion: '2010-08-01',
    protocol: { kind: 'awsJson1.0', targetPrefix: target },
    otherProtocols: [
      { kind: 'rpcv2Cbor', serviceName: target },
      {
        kind: 'awsQuery',
        xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
        mapMembers: ['ExtendedStatistics'],
      },
    ],
    errors: { validation: 'ValidationError', internal: 'InternalServiceFault', query: queryCodes },
    operations: {
      AssociateDatasetKmsKey: unbuilt,
      CreateResourceMetricsConfiguration: unbuilt,
      DeleteAlarmMuteRule: unbuilt,
      DeleteAlarms: deleteAlarms(runtime),
      DeleteAnomalyDetector: unbuilt,
      DeleteDashboards: deleteDashboards(runtime),
      DeleteInsightRules: unbuilt,
      DeleteMetricStream: unbuilt,
      DeleteResourceMetricsConfiguration: unbuilt,
      DescribeAlarmContributors: unbuilt,
      DescribeAlarmHistory: describeAlarmHistory(runtime),
      DescribeAlarms: describeAlarms(runtime),
      DescribeAlarmsForMetric: describeAlarmsForMetric(runtime),
      DescribeAnomalyDetectors: unbuilt,
      DescribeInsightRules: unbuilt,
      DisableAlarmActions: disableAlarmActions(runtime),
      DisableInsightRules: unbuilt,
      DisassociateDatasetKmsKey: unbuilt,
      EnableAlarmActions: enableAlarmActions(runtime),
      EnableInsightRules: unbuilt,
      GetAlarmMuteRule: unbuilt,
      GetDashboard: getDashboard(runtime),
      GetDataset: unbuilt,
      GetInsightRuleReport: unbuilt,
      GetMetricData: getMetricData(runtime),
      GetMetricStatistics: getMetricStatistics(runtime),
      GetMetricStream: unbuilt,
      GetMetricWidgetImage: unbuilt,
      GetOTelEnrichment: unbuilt,
      GetResourceMetricsConfiguration: unbuilt,
      ListAlarmMuteRules: unbuilt,
      ListDashboards: listDashboards(runtime),
      ListManagedInsightRules: unbuilt,
      ListMetricStreams: unbuilt,
      ListMetrics: listMetrics(runtime),
      ListTagsForResource: listTagsForResource(runtime),
      PutAlarmMuteRule: unbuilt,
      PutAnomalyDetector: unbuilt,
      PutCompositeAlarm: unbuilt,
      PutDashboard: putDashboard(runtime),
      PutInsightRule: unbuilt,
      PutLogAlarm: unbuilt,
      PutManagedInsightRules: unbuilt,
      PutMetricAlarm: putMetricAlarm(runtime),
      PutMetricData: putMetricData(runtime),
      PutMetricStream: unbuilt,
      SetAlarmState: setAlarmState(runtime),
      StartMetricStreams: unbuilt,
      StartOTelEnrichment: unbuilt,
      StopMetricStreams: unbuilt,
      StopOTelEnrichment: unbuilt,
      TagResource: tagResource(runtime),
      UntagResource: untagResource(runtime),
      UpdateOTelEnrichment: unbuilt,
      UpdateResourceMetricsConfiguration: unbuilt,
    },
  };
}
