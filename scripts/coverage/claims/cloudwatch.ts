import { unbuiltMessage } from '../../../src/core/operation.ts';
import type { CloudWatchOperationName } from '../../../src/services/cloudwatch/index.ts';
import type { ServiceClaims } from '../claims.ts';

const points = { supported: 'points are put and read alike in JSON and in CBOR' };
const alarm = { supported: 'an alarm is made, read back as it was given, tells its topic, and is deleted' };
const others = { supported: 'an alarm on a percentile or an expression is read back as it was given' };
const kept = { supported: 'dashboards and alarms are kept, listed, tagged and deleted' };
const refused = (what: string) => ({ refused: `NotImplemented: ${unbuiltMessage(what)}` });
const foreign = refused('a query for the metrics of another account');
const composite = refused('DescribeAlarms of composite alarms');

const put = {
  '*': points,
  EntityMetricData: refused('EntityMetricData'),
  StrictEntityValidation: { ignored: 'it says how EntityMetricData is checked, which is refused' },
};
const data = {
  '*': points,
  LabelOptions: { ignored: 'labels with dynamic values, whose times it is for, are refused' },
  'MetricDataQueries[].AccountId': foreign,
  'MetricDataQueries[].Label': { ...points, but: 'labels with dynamic values are refused' },
  'MetricDataQueries[].Expression': { ...points, but: 'of metric math what docs/metrics.md lists' },
  NextToken: { supported: 'pages of GetMetricData together have every point once, and what goes on says so' },
};
const list = {
  '*': points,
  IncludeLinkedAccounts: refused('ListMetrics of linked accounts'),
  OwningAccount: refused('ListMetrics of linked accounts'),
  NextToken: { supported: 'boto3 puts points zipped, reads them, pages, and knows refusals' },
};
const describe = { '*': alarm, ChildrenOfAlarmName: composite, ParentsOfAlarmName: composite };
const history = { '*': alarm, AlarmContributorId: refused('AlarmContributorId of DescribeAlarmHistory') };
const unbuiltMember = (member: string) => refused(`${member} of PutMetricAlarm`);
const putAlarm = {
  '*': alarm,
  AlarmActions: { ...alarm, but: 'topics of SNS; other actions are refused' },
  OKActions: { ...alarm, but: 'topics of SNS; other actions are refused' },
  InsufficientDataActions: { ...alarm, but: 'topics of SNS; other actions are refused' },
  ComparisonOperator: { ...alarm, but: 'those for which anomalies are detected are refused' },
  ExtendedStatistic: others,
  EvaluateLowSampleCountPercentile: others,
  Metrics: others,
  'Metrics[].AccountId': foreign,
  ThresholdMetricId: unbuiltMember('ThresholdMetricId'),
  EvaluationWindow: unbuiltMember('EvaluationWindow'),
  WarmUpConfiguration: unbuiltMember('WarmUpConfiguration'),
  EvaluationCriteria: unbuiltMember('EvaluationCriteria'),
  EvaluationInterval: unbuiltMember('EvaluationInterval'),
  ActionConfiguration: unbuiltMember('ActionConfiguration'),
};

export const cloudWatchClaims = {
  AssociateDatasetKmsKey: 'unbuilt',
  CreateResourceMetricsConfiguration: 'unbuilt',
  DeleteAlarmMuteRule: 'unbuilt',
  DeleteAlarms: { '*': alarm },
  DeleteAnomalyDetector: 'unbuilt',
  DeleteDashboards: { '*': kept },
  DeleteInsightRules: 'unbuilt',
  DeleteMetricStream: 'unbuilt',
  DeleteResourceMetricsConfiguration: 'unbuilt',
  DescribeAlarmContributors: 'unbuilt',
  DescribeAlarmHistory: history,
  DescribeAlarms: describe,
  DescribeAlarmsForMetric: { '*': alarm },
  DescribeAnomalyDetectors: 'unbuilt',
  DescribeInsightRules: 'unbuilt',
  DisableAlarmActions: { '*': alarm },
  DisableInsightRules: 'unbuilt',
  DisassociateDatasetKmsKey: 'unbuilt',
  EnableAlarmActions: { '*': alarm },
  EnableInsightRules: 'unbuilt',
  GetAlarmMuteRule: 'unbuilt',
  GetDashboard: { '*': kept },
  GetDataset: 'unbuilt',
  GetInsightRuleReport: 'unbuilt',
  GetMetricData: data,
  GetMetricStatistics: { '*': points },
  GetMetricStream: 'unbuilt',
  GetMetricWidgetImage: 'unbuilt',
  GetOTelEnrichment: 'unbuilt',
  GetResourceMetricsConfiguration: 'unbuilt',
  ListAlarmMuteRules: 'unbuilt',
  ListDashboards: { '*': kept },
  ListManagedInsightRules: 'unbuilt',
  ListMetricStreams: 'unbuilt',
  ListMetrics: list,
  ListTagsForResource: { '*': kept },
  PutAlarmMuteRule: 'unbuilt',
  PutAnomalyDetector: 'unbuilt',
  PutCompositeAlarm: 'unbuilt',
  PutDashboard: { '*': kept },
  PutInsightRule: 'unbuilt',
  PutLogAlarm: 'unbuilt',
  PutManagedInsightRules: 'unbuilt',
  PutMetricAlarm: putAlarm,
  PutMetricData: put,
  PutMetricStream: 'unbuilt',
  SetAlarmState: { '*': alarm },
  StartMetricStreams: 'unbuilt',
  StartOTelEnrichment: 'unbuilt',
  StopMetricStreams: 'unbuilt',
  StopOTelEnrichment: 'unbuilt',
  TagResource: { '*': kept },
  UntagResource: { '*': kept },
  UpdateOTelEnrichment: 'unbuilt',
  UpdateResourceMetricsConfiguration: 'unbuilt',
} as const satisfies ServiceClaims<CloudWatchOperationName>;
