import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListDashboardsCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { SmithyRpcV2CborProtocol } from '@smithy/core/cbor';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { awsCli, python, runCommand } from './command.ts';
import { sendRaw } from './raw-request.ts';
import { account, refusalOf, region, wholeFile } from './yard.ts';

const server = await ServerProcess.start(wholeFile, ['--log-level', 'warn']);
const clients = clientsOf(server);
after(clients.close);
const { cloudWatch: inJson, sns, sqs } = clients;
const { url: endpoint, credentials } = server;
const inCbor = new CloudWatchClient({ endpoint, region, credentials, protocol: SmithyRpcV2CborProtocol });
after(() => inCbor.destroy());
const { accessKeyId, secretAccessKey } = credentials;
const env = {
  ...{ AWS_ENDPOINT_URL: server.url, AWS_REGION: region, AWS_DEFAULT_REGION: region },
  ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
};

const minute = 60_000;
const start = new Date(Math.floor(Date.now() / minute) * minute - 10 * minute);
const end = new Date(start.getTime() + 5 * minute);
const place = [{ Name: 'Room', Value: 'cellar' }];

async function put(client: CloudWatchClient, Namespace: string): Promise<void> {
  const common = { MetricName: 'Heat', Dimensions: place, Unit: 'Percent' } as const;
  const set = { SampleCount: 2, Sum: 30, Minimum: 10, Maximum: 20 };
  const later = new Date(start.getTime() + minute);
  await client.send(
    new PutMetricDataCommand({
      Namespace,
      MetricData: [
        { ...common, Timestamp: start, Value: 1.5 },
        { ...common, Timestamp: start, Values: [2.5, 3.5], Counts: [1, 2] },
        { ...common, Timestamp: later, StatisticValues: set },
        { ...common, MetricName: 'Fine', Timestamp: start, Value: 7, StorageResolution: 1 },
      ],
    }),
  );
}

async function asked(client: CloudWatchClient, Namespace: string) {
  const Metric = { Namespace, MetricName: 'Heat', Dimensions: place };
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      ...{ StartTime: start, EndTime: end, ScanBy: 'TimestampAscending', MaxDatapoints: 100 },
      MetricDataQueries: [
        { Id: 'm', MetricStat: { Metric, Period: 60, Stat: 'Sum', Unit: 'Percent' }, ReturnData: false },
        { Id: 'e', Expression: 'm / 2', Label: 'half' },
      ],
    }),
  );
  const { Datapoints } = await client.send(
    new GetMetricStatisticsCommand({
      ...{ Namespace, MetricName: 'Heat', Dimensions: place, StartTime: start, EndTime: end, Period: 60 },
      ...{ Statistics: ['Average', 'Maximum'], ExtendedStatistics: ['p50'], Unit: 'Percent' },
    }),
  );
  const { Metrics } = await client.send(
    new ListMetricsCommand({ Namespace, MetricName: 'Heat', Dimensions: [{ Name: 'Room' }], RecentlyActive: 'PT3H' }),
  );
  const shown = Metrics?.map(({ MetricName, Dimensions }) => ({ MetricName, Dimensions }));
  return { MetricDataResults, Datapoints, shown };
}

test('points are put and read alike in JSON and in CBOR', async () => {
  const later = new Date(start.getTime() + minute);
  const expected = {
    MetricDataResults: [
      { Id: 'e', Label: 'half', StatusCode: 'Complete', Timestamps: [start, later], Values: [5.5, 15] },
    ],
    Datapoints: [
      { Timestamp: start, Average: 2.75, Maximum: 3.5, Unit: 'Percent', ExtendedStatistics: { p50: 2.5 } },
      { Timestamp: later, Average: 15, Maximum: 20, Unit: 'Percent', ExtendedStatistics: {} },
    ],
    shown: [{ MetricName: 'Heat', Dimensions: place }],
  };
  for (const [index, writer] of [inJson, inCbor].entries()) {
    await put(writer, `Lab/${index}`);
    for (const reader of [inJson, inCbor]) assert.deepEqual(await asked(reader, `Lab/${index}`), expected);
  }
});

test('a large request travels zipped', async () => {
  const MetricData = Array.from({ length: 1_000 }, (_, index) => ({
    ...{ MetricName: 'Many', Value: index, Timestamp: start, Dimensions: place },
  }));
  // In CBOR this SDK announces the length that the body had before it was zipped, and sends less: no server can answer that.
  let encoding: unknown;
  const zipping = clientsOf(server);
  zipping.cloudWatch.middlewareStack.add(
    (next) => (args) => {
      encoding = (args.request as { headers: Record<string, string> }).headers['content-encoding'];
      return next(args);
    },
    { step: 'finalizeRequest', name: 'seeEncoding' },
  );
  await zipping.cloudWatch.send(new PutMetricDataCommand({ Namespace: 'Zipped', MetricData }));
  zipping.close();
  assert.equal(encoding, 'gzip');
  const { Datapoints: [point] = [] } = await inJson.send(
    new GetMetricStatisticsCommand({
      ...{ Namespace: 'Zipped', MetricName: 'Many', Dimensions: place, StartTime: start, EndTime: end, Period: 300 },
      Statistics: ['SampleCount', 'Sum'],
    }),
  );
  assert.deepEqual([point?.SampleCount, point?.Sum], [1_000, 499_500]);
});

test('refusals have the names that SDKs know, in both protocols', async () => {
  for (const client of [inJson, inCbor]) {
    const missing = await refusalOf(
      client.send(new SetAlarmStateCommand({ AlarmName: 'none', StateValue: 'OK', StateReason: 'x' })),
    );
    assert.equal(missing.name, 'ResourceNotFound');
    const wrong = await refusalOf(
      client.send(new PutMetricDataCommand({ Namespace: 'AWS/Batch', MetricData: [{ MetricName: 'A', Value: 1 }] })),
    );
    assert.equal(wrong.name, 'InvalidParameterValueException');
    const absent = await refusalOf(client.send(new GetDashboardCommand({ DashboardName: 'none' })));
    // In JSON the SDK goes by the code of the query protocol, which is the same for alarms.
    assert.match(absent.name, /^(DashboardNotFoundError|ResourceNotFound)$/);
  }
});

const hot = {
  AlarmName: 'hot',
  AlarmDescription: 'too hot',
  Namespace: 'Lab/0',
  MetricName: 'Heat',
  Dimensions: place,
  Statistic: 'Average',
  Period: 60,
  EvaluationPeriods: 2,
  DatapointsToAlarm: 1,
  Threshold: 10,
  Unit: 'Percent',
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'ignore',
  ActionsEnabled: true,
} satisfies PutMetricAlarmCommandInput;

test('an alarm is made, read back as it was given, tells its topic, and is deleted', async () => {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'alarms' }));
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'alarms' }));
  const Endpoint = `arn:aws:sqs:${region}:${account}:alarms`;
  const Attributes = { RawMessageDelivery: 'true' };
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
  const actions = { AlarmActions: [TopicArn], OKActions: [TopicArn], InsufficientDataActions: [TopicArn] };
  await inJson.send(new PutMetricAlarmCommand({ ...hot, ...actions, Tags: [{ Key: 'team', Value: 'a' }] }));
  const { MetricAlarms: [alarm] = [] } = await inCbor.send(
    new DescribeAlarmsCommand({
      AlarmNamePrefix: 'h',
      AlarmTypes: ['MetricAlarm'],
      MaxRecords: 5,
      ActionPrefix: 'arn:aws:sns',
    }),
  );
  for (const [member, value] of Object.entries({ ...hot, ...actions })) {
    assert.deepEqual(alarm?.[member as keyof typeof alarm], value, member);
  }
  const { MetricAlarms: forMetric } = await inJson.send(
    new DescribeAlarmsForMetricCommand({
      ...{
        Namespace: 'Lab/0',
        MetricName: 'Heat',
        Dimensions: place,
        Statistic: 'Average',
        Period: 60,
        Unit: 'Percent',
      },
    }),
  );
  assert.equal(forMetric?.length, 1);
  const state = { AlarmName: 'hot', StateValue: 'ALARM', StateReason: 'a drill', StateReasonData: '{"a":1}' } as const;
  await inJson.send(new SetAlarmStateCommand(state));
  const message = await until('the topic is told', async () => {
    const { Messages: [found] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    return found?.Body;
  });
  const { AlarmName, NewStateValue, NewStateReason } = JSON.parse(String(message));
  assert.deepEqual([AlarmName, NewStateValue, NewStateReason], ['hot', 'ALARM', 'a drill']);
  const { AlarmHistoryItems: [entry] = [] } = await inJson.send(
    new DescribeAlarmHistoryCommand({
      ...{ AlarmName: 'hot', AlarmTypes: ['MetricAlarm'], HistoryItemType: 'StateUpdate', MaxRecords: 1 },
      ...{ StartDate: start, EndDate: new Date(Date.now() + minute), ScanBy: 'TimestampDescending' },
    }),
  );
  assert.equal(entry?.HistorySummary, 'Alarm updated from INSUFFICIENT_DATA to ALARM');
  await inJson.send(new DisableAlarmActionsCommand({ AlarmNames: ['hot'] }));
  const { MetricAlarms: [disabled] = [] } = await inJson.send(
    new DescribeAlarmsCommand({ AlarmNames: ['hot'], StateValue: 'ALARM' }),
  );
  assert.equal(disabled?.ActionsEnabled, false);
  await inJson.send(new EnableAlarmActionsCommand({ AlarmNames: ['hot'] }));
  await inJson.send(new DeleteAlarmsCommand({ AlarmNames: ['hot'] }));
  assert.equal(
    (await refusalOf(inJson.send(new DeleteAlarmsCommand({ AlarmNames: ['hot'] })))).name,
    'ResourceNotFound',
  );
});

test('an alarm on a percentile or an expression is read back as it was given', async () => {
  const common = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'LessThanThreshold' } as const;
  const single = { Namespace: 'Lab', MetricName: 'A', Period: 60, ExtendedStatistic: 'p99' };
  const low = { EvaluateLowSampleCountPercentile: 'ignore' };
  await inJson.send(new PutMetricAlarmCommand({ AlarmName: 'tail', ...common, ...single, ...low }));
  const Metrics = [
    {
      ...{ Id: 'm1', ReturnData: false, Label: 'one' },
      MetricStat: {
        Metric: { Namespace: 'Lab', MetricName: 'A', Dimensions: place },
        Period: 60,
        Stat: 'Sum',
        Unit: 'Count' as const,
      },
    },
    { Id: 'e1', Expression: 'm1 * 2', ReturnData: true, Period: 60 },
  ];
  await inJson.send(new PutMetricAlarmCommand({ AlarmName: 'twice', ...common, Metrics }));
  const { MetricAlarms: [tail, twice] = [] } = await inJson.send(
    new DescribeAlarmsCommand({ AlarmNames: ['tail', 'twice'] }),
  );
  assert.deepEqual([tail?.ExtendedStatistic, tail?.EvaluateLowSampleCountPercentile], ['p99', 'ignore']);
  assert.deepEqual(twice?.Metrics, Metrics);
});

test('dashboards and alarms are kept, listed, tagged and deleted', async () => {
  const DashboardBody = JSON.stringify({ widgets: [{ type: 'text', properties: { markdown: 'hi' } }] });
  await inJson.send(
    new PutDashboardCommand({ DashboardName: 'wall', DashboardBody, Tags: [{ Key: 'a', Value: '1' }] }),
  );
  const found = await inCbor.send(new GetDashboardCommand({ DashboardName: 'wall' }));
  const arn = `arn:aws:cloudwatch::${account}:dashboard/wall`;
  assert.deepEqual([found.DashboardBody, found.DashboardArn], [DashboardBody, arn]);
  const { DashboardEntries } = await inJson.send(new ListDashboardsCommand({ DashboardNamePrefix: 'w' }));
  assert.deepEqual(
    DashboardEntries?.map(({ DashboardName, Size }) => [DashboardName, Size]),
    [['wall', DashboardBody.length]],
  );
  await inJson.send(new TagResourceCommand({ ResourceARN: arn, Tags: [{ Key: 'b', Value: '2' }] }));
  await inJson.send(new UntagResourceCommand({ ResourceARN: arn, TagKeys: ['a'] }));
  const { Tags } = await inJson.send(new ListTagsForResourceCommand({ ResourceARN: arn }));
  assert.deepEqual(Tags, [{ Key: 'b', Value: '2' }]);
  await inJson.send(new DeleteDashboardsCommand({ DashboardNames: ['wall'] }));
  assert.deepEqual((await inJson.send(new ListDashboardsCommand({}))).DashboardEntries, []);
});

test('the aws CLI puts points, reads them and makes an alarm', awsCli.needed, async () => {
  const run = async (...words: string[]) => {
    const { exit, stdout, stderr } = await runCommand(awsCli.file, ['cloudwatch', ...words, '--output', 'json'], {
      env,
    });
    assert.equal(exit, 0, stderr);
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  const time = start.toISOString();
  await run('put-metric-data', '--namespace', 'Cli', '--metric-name', 'A', '--value', '4', '--timestamp', time);
  const range = ['--start-time', time, '--end-time', end.toISOString(), '--period', '60', '--statistics', 'Sum'];
  const found = await run('get-metric-statistics', '--namespace', 'Cli', '--metric-name', 'A', ...range);
  assert.equal(found.Datapoints[0].Sum, 4);
  const alarm = [
    '--alarm-name',
    'cli',
    '--namespace',
    'Cli',
    '--metric-name',
    'A',
    '--statistic',
    'Sum',
    '--period',
    '60',
  ];
  const rule = ['--evaluation-periods', '1', '--threshold', '1', '--comparison-operator', 'GreaterThanThreshold'];
  await run('put-metric-alarm', ...alarm, ...rule);
  assert.equal((await run('describe-alarms', '--alarm-names', 'cli')).MetricAlarms[0].Threshold, 1);
});

test('boto3 puts points zipped, reads them, pages, and knows refusals', python.needed, async () => {
  const { exit, stdout, stderr } = await runCommand(python.file, [join(import.meta.dirname, 'cloudwatch-client.py')], {
    env,
  });
  assert.equal(exit, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), { values: [1_200], sameTime: true, code: 'ResourceNotFound', metrics: ['A'] });
});

test('a form of the query protocol is answered as JSON and CBOR are', async () => {
  const post = (words: Record<string, string>) => {
    const body = new URLSearchParams({ Version: '2010-08-01', ...words }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return sendRaw(server, { path: '/', headers, body, service: 'monitoring' });
  };
  const datum = 'MetricData.member.1';
  const put_ = await post({
    ...{
      Action: 'PutMetricData',
      Namespace: 'Form',
      [`${datum}.MetricName`]: 'A',
      [`${datum}.Timestamp`]: start.toISOString(),
    },
    ...{ [`${datum}.Values.member.1`]: '1.5', [`${datum}.Values.member.2`]: '2', [`${datum}.StorageResolution`]: '60' },
  });
  assert.equal(put_.status, 200, put_.body);
  const range = { StartTime: start.toISOString(), EndTime: end.toISOString() };
  const read = await post({
    ...{ Action: 'GetMetricStatistics', Namespace: 'Form', MetricName: 'A', Period: '60', ...range },
    ...{ 'Statistics.member.1': 'Sum', 'ExtendedStatistics.member.1': 'p100' },
  });
  const at = start.toISOString().replace('.000Z', 'Z');
  assert.match(
    read.body,
    new RegExp(
      `<Datapoints><member><Timestamp>${at}</Timestamp><Sum>3.5</Sum><ExtendedStatistics><entry><key>p100</key>` +
        '<value>2</value></entry></ExtendedStatistics><Unit>None</Unit></member></Datapoints>',
    ),
  );
  const missing = await post({ Action: 'GetDashboard', DashboardName: 'none' });
  assert.deepEqual([missing.status, /<Code>([^<]+)/.exec(missing.body)?.[1]], [404, 'ResourceNotFound']);
});
