import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as batchSdk from '@aws-sdk/client-batch';
import * as cloudTrailSdk from '@aws-sdk/client-cloudtrail';
import * as cloudWatchSdk from '@aws-sdk/client-cloudwatch';
import * as logsSdk from '@aws-sdk/client-cloudwatch-logs';
import * as ec2Sdk from '@aws-sdk/client-ec2';
import * as ecsSdk from '@aws-sdk/client-ecs';
import * as eventsSdk from '@aws-sdk/client-eventbridge';
import * as lambdaSdk from '@aws-sdk/client-lambda';
import * as schedulerSdk from '@aws-sdk/client-scheduler';
import * as secretsSdk from '@aws-sdk/client-secrets-manager';
import * as statesSdk from '@aws-sdk/client-sfn';
import * as snsSdk from '@aws-sdk/client-sns';
import * as ssmSdk from '@aws-sdk/client-ssm';
import * as stsSdk from '@aws-sdk/client-sts';
import { fieldsClaimed } from '../../scripts/coverage/claims.ts';
import { type SdkOperation, sdkOperations } from '../../scripts/coverage/sdk-operations.ts';
import { claimedServices } from '../../scripts/coverage/services.ts';
import { makeTrustingRole } from './trusting-role.ts';
import { account, findEnvironment, openYard, refusalOf, region, settledEnvironment } from './yard.ts';

const { server, batch, cloudWatch, events, iam, logs, scheduler, secrets, sts, sns, ssm, states } = await openYard();
const { url: endpoint, credentials } = server;
const cloudTrail = new cloudTrailSdk.CloudTrailClient({ endpoint, credentials, region: 'us-east-1' });
const { accessKeyId, secretAccessKey } = server.credentials;
const common = { endpoint: server.url, credentials: { accessKeyId, secretAccessKey }, region };
const ec2 = new ec2Sdk.EC2Client(common);
const ecs = new ecsSdk.ECSClient(common);
const lambda = new lambdaSdk.LambdaClient(common);
after(() => {
  lambda.destroy();
  ec2.destroy();
  ecs.destroy();
});
const senders: Readonly<Record<string, (operation: string, input: object) => Promise<unknown>>> = {
  batch: (operation, input) => batch.send(commandOf(batchSdk, operation, input)),
  ec2: (operation, input) => ec2.send(commandOf(ec2Sdk, operation, input)),
  ecs: (operation, input) => ecs.send(commandOf(ecsSdk, operation, input)),
  lambda: (operation, input) => lambda.send(commandOf(lambdaSdk, operation, input)),
  events: (operation, input) => events.send(commandOf(eventsSdk, operation, input)),
  monitoring: (operation, input) => cloudWatch.send(commandOf(cloudWatchSdk, operation, input)),
  logs: (operation, input) => logs.send(commandOf(logsSdk, operation, input)),
  scheduler: (operation, input) => scheduler.send(commandOf(schedulerSdk, operation, input)),
  secretsmanager: (operation, input) => secrets.send(commandOf(secretsSdk, operation, input)),
  sns: (operation, input) => sns.send(commandOf(snsSdk, operation, input)),
  cloudtrail: (operation, input) => cloudTrail.send(commandOf(cloudTrailSdk, operation, input)),
  ssm: (operation, input) => ssm.send(commandOf(ssmSdk, operation, input)),
  states: (operation, input) => states.send(commandOf(statesSdk, operation, input)),
  sts: (operation, input) => sts.send(commandOf(stsSdk, operation, input)),
};

/** The SDK's command for an operation by name: what its types cannot tell, the server has to. */
function commandOf(sdk: object, operation: string, input: object): never {
  const Command = (sdk as Record<string, new (input: object) => unknown>)[`${operation}Command`];
  assert.ok(Command, operation);
  return new Command(input) as never;
}

const computeEnvironment = 'refusing';
const computeResources = { type: 'EC2', maxvCpus: 4, instanceTypes: ['optimal'], instanceRole: 'ecsInstanceRole' };
const containerProperties = { image: 'i', vcpus: 1, memory: 4 };

await batch.send(
  commandOf(batchSdk, 'CreateComputeEnvironment', {
    computeEnvironmentName: computeEnvironment,
    type: 'MANAGED',
    computeResources,
  }),
);
await settledEnvironment(batch, computeEnvironment);
await batch.send(
  commandOf(batchSdk, 'RegisterJobDefinition', { jobDefinitionName: 'plain', type: 'container', containerProperties }),
);

const nodeRangeProperties = [{ targetNodes: '0:', container: containerProperties }];
const nodeProperties = { numNodes: 1, mainNode: 0, nodeRangeProperties };
await batch.send(
  commandOf(batchSdk, 'RegisterJobDefinition', { jobDefinitionName: 'nodes', type: 'multinode', nodeProperties }),
);

const { arn } = await batch.send(new batchSdk.CreateSchedulingPolicyCommand({ name: 'plain' }));

await sns.send(commandOf(snsSdk, 'CreateTopic', { Name: 'plain' }));

const schedule = {
  ScheduleExpression: 'rate(1 day)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: `arn:aws:sqs:${region}:${account}:q`, RoleArn: `arn:aws:iam::${account}:role/r` },
};
await scheduler.send(commandOf(schedulerSdk, 'CreateSchedule', { Name: 'plain', State: 'DISABLED', ...schedule }));

const MetricStat = { Metric: { Namespace: 'n', MetricName: 'm' }, Period: 60, Stat: 'Sum' };

/** Inputs that are accepted as they are, each to be spoilt by one field. */
const accepted: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  batch: {
    CreateComputeEnvironment: { computeEnvironmentName: 'never', type: 'MANAGED', computeResources },
    CreateJobQueue: { jobQueueName: 'never', priority: 1, computeEnvironmentOrder: [{ order: 1, computeEnvironment }] },
    CreateSchedulingPolicy: { name: 'never' },
    RegisterJobDefinition: { jobDefinitionName: 'never', type: 'container', containerProperties },
    SubmitJob: { jobName: 'never', jobQueue: 'default', jobDefinition: 'plain' },
    UpdateComputeEnvironment: { computeEnvironment, state: 'ENABLED' },
    UpdateJobQueue: { jobQueue: 'default' },
    UpdateSchedulingPolicy: { arn },
  },
  sns: {
    CreateTopic: { Name: 'never' },
    Publish: { TopicArn: `arn:aws:sns:${region}:${account}:plain`, Message: 'm' },
  },
  scheduler: { CreateSchedule: { Name: 'never', ...schedule }, UpdateSchedule: { Name: 'plain', ...schedule } },
  secretsmanager: { CreateSecret: { Name: 'never' } },
  ssm: { PutParameter: { Name: '/never', Value: 'v', Type: 'String', Overwrite: true } },
  states: { TestState: { definition: '{"Type":"Succeed"}' } },
  monitoring: {
    DescribeAlarmHistory: {},
    DescribeAlarms: {},
    GetMetricData: { StartTime: new Date(0), EndTime: new Date(60_000), MetricDataQueries: [{ Id: 'm', MetricStat }] },
    ListMetrics: {},
    PutMetricAlarm: {
      AlarmName: 'never',
      MetricName: 'm',
      Namespace: 'n',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      Statistic: 'Sum',
    },
    PutMetricData: { Namespace: 'n', MetricData: [{ MetricName: 'm', Value: 1 }] },
  },
  logs: { CreateLogGroup: { logGroupName: 'never' } },
  sts: {
    AssumeRole: { RoleArn: await makeTrustingRole(iam, 'trusting'), RoleSessionName: 'me' },
    GetSessionToken: {},
  },
};

const { Vpc } = await ec2.send(new ec2Sdk.CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
const vpcFilters = [{ Name: 'vpc-id', Values: [Vpc?.VpcId ?? ''] }];
const { SecurityGroups } = await ec2.send(new ec2Sdk.DescribeSecurityGroupsCommand({ Filters: vpcFilters }));
const GroupId = SecurityGroups?.[0]?.GroupId;
const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];
const cluster = (await findEnvironment(batch, 'default'))?.ecsClusterArn;

/** Inputs of the right form that are refused as they are: whatever is put beside them is too. */
const neverAccepted: Readonly<Record<string, object>> = {
  AddPermission: { FunctionName: 'none', StatementId: 's', Action: 'lambda:*', Principal: 'sns.amazonaws.com' },
  Invoke: { FunctionName: 'none' },
  PutMetricFilter: {
    ...{ logGroupName: 'none', filterName: 'f', filterPattern: '' },
    metricTransformations: [{ metricName: 'm', metricNamespace: 'n', metricValue: '1' }],
  },
  PutSubscriptionFilter: {
    ...{ logGroupName: 'none', filterName: 'f', filterPattern: '' },
    destinationArn: `arn:aws:lambda:${region}:${account}:function:none`,
  },
  PutRule: { Name: 'own' },
  PutTargets: { Rule: 'own', Targets: [{ Id: 't', Arn: 'arn:aws:sns:::t' }] },
  AssociateSubnetCidrBlock: { SubnetId: 'subnet-0' },
  AssociateVpcCidrBlock: { VpcId: 'vpc-0' },
  AuthorizeSecurityGroupEgress: { GroupId, IpPermissions },
  AuthorizeSecurityGroupIngress: { GroupId, IpPermissions },
  CreateLaunchTemplate: { LaunchTemplateName: 'never', LaunchTemplateData: { ImageId: 'i' } },
  CreateLaunchTemplateVersion: { LaunchTemplateName: 'never', LaunchTemplateData: { ImageId: 'i' } },
  CreatePlacementGroup: { GroupName: '' },
  CreateSubnet: { VpcId: 'vpc-0', CidrBlock: '10.0.0.0/24' },
  CreateVpc: { CidrBlock: 'never' },
  DeleteSecurityGroup: { GroupId: 'sg-0' },
  DescribeLaunchTemplateVersions: { LaunchTemplateName: 'never' },
  ModifySubnetAttribute: { SubnetId: 'subnet-0' },
  RevokeSecurityGroupEgress: { GroupId, IpPermissions },
  RevokeSecurityGroupIngress: { GroupId, IpPermissions },
  ListContainerInstances: { cluster },
  ListTasks: { cluster },
  RegisterContainerInstance: { cluster },
};

const schedulingPolicyArn = `arn:aws:batch:${region}:${account}:scheduling-policy/none`;

const lists = { IpPermissions: [{ IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] }] };
const secondary = { SecondaryInterfaces: [{ PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.1' }] }] };

/** EC2's protocol does not carry structures that are empty. */
const ec2Values: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(
    [
      'AuthorizeSecurityGroupEgress',
      'AuthorizeSecurityGroupIngress',
      'RevokeSecurityGroupEgress',
      'RevokeSecurityGroupIngress',
    ].flatMap((call) =>
      ['', '[].Description', '[].PrefixListId'].map((field) => [
        `${call}.IpPermissions[].PrefixListIds${field}`,
        lists,
      ]),
    ),
  ),
  ...Object.fromEntries(
    ['CreateLaunchTemplate', 'CreateLaunchTemplateVersion'].flatMap((call) => [
      [`${call}.LaunchTemplateData.Operator`, { LaunchTemplateData: { Operator: { Principal: 'p' } } }],
      [`${call}.LaunchTemplateData.SecondaryInterfaces`, { LaunchTemplateData: secondary }],
      [`${call}.LaunchTemplateData.SecondaryInterfaces[].PrivateIpAddresses`, { LaunchTemplateData: secondary }],
    ]),
  ),
  'AuthorizeSecurityGroupEgress.TagSpecifications': { TagSpecifications: [{ ResourceType: 'subnet' }] },
  'AuthorizeSecurityGroupIngress.TagSpecifications': { TagSpecifications: [{ ResourceType: 'subnet' }] },
  'AuthorizeSecurityGroupEgress.TagSpecifications[].Tags': { TagSpecifications: [{ Tags: [{ Key: 'k' }] }] },
  'AuthorizeSecurityGroupIngress.TagSpecifications[].Tags': { TagSpecifications: [{ Tags: [{ Key: 'k' }] }] },
  'CreateLaunchTemplate.Operator': { Operator: { Principal: 'p' } },
  'CreatePlacementGroup.Operator': { Operator: { Principal: 'p' } },
  'CreateVpc.VpcEncryptionControl': { VpcEncryptionControl: { Mode: 'enforce' } },
  'ModifySubnetAttribute.MapCustomerOwnedIpOnLaunch': { MapCustomerOwnedIpOnLaunch: { Value: true } },
  'ModifySubnetAttribute.DisableLniAtDeviceIndex': { DisableLniAtDeviceIndex: { Value: true } },
};

/** Values for fields that do not take any value of their type. */
const values: Readonly<Record<string, unknown>> = {
  'CreateJobQueue.schedulingPolicyArn': { schedulingPolicyArn },
  'UpdateJobQueue.schedulingPolicyArn': { schedulingPolicyArn },
  'SubmitJob.dependsOn[].type': { dependsOn: [{ type: 'SEQUENTIAL' }] },
  ...ec2Values,
  'AddPermission.FunctionUrlAuthType': { FunctionUrlAuthType: 'NONE' },
  'AssumeRole.SerialNumber': { SerialNumber: `arn:aws:iam::${account}:mfa/me` },
  'AssumeRole.TokenCode': { TokenCode: '123456' },
  'GetSessionToken.SerialNumber': { SerialNumber: `arn:aws:iam::${account}:mfa/me` },
  'GetSessionToken.TokenCode': { TokenCode: '123456' },
};

/** Members that must stand beside a field for the request to be of the right form. */
const beside: readonly (readonly [place: RegExp, member: string, value: unknown])[] = [
  [/^(nodeProperties|nodeOverrides)\b/, 'targetNodes', '0:'],
  [/^(MetricDataQueries|Metrics)\b/, 'Id', 'm'],
];

/** What a request is otherwise where it has a field of this place. */
const around: readonly (readonly [place: RegExp, input: object])[] = [
  [
    /^nodeProperties\b/,
    { type: 'multinode', containerProperties: undefined, nodeProperties: { numNodes: 1, mainNode: 0 } },
  ],
  [/^nodeOverrides\b/, { jobDefinition: 'nodes' }],
  [/^Metrics\b/, { MetricName: undefined, Namespace: undefined, Period: undefined, Statistic: undefined }],
];

function inputWith(service: string, operation: SdkOperation, field: string): object {
  const given = values[`${operation.name}.${field}`] ?? withNeighbours(field, operation.example(field));
  const plain = accepted[service]?.[operation.name] ?? neverAccepted[operation.name] ?? {};
  const [, more = {}] = around.find(([place]) => place.test(field)) ?? [];
  return merge(merge(plain, more), given) as object;
}

function withNeighbours(field: string, example: unknown): unknown {
  const [, member, value] = beside.find(([place]) => place.test(field)) ?? [];
  if (member === undefined) return example;
  return JSON.parse(JSON.stringify(example), (_key, inner) =>
    Array.isArray(inner) ? inner.map((item) => ({ [member]: value, ...item })) : inner,
  );
}

function merge(base: unknown, more: unknown): unknown {
  if (!isPlain(base) || !isPlain(more)) return more;
  const merged = Object.entries(more).map(([key, value]) => [key, merge(base[key], value)]);
  return { ...base, ...Object.fromEntries(merged) };
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Batch puts some words into a sentence with the request id. */
async function errorOf(call: Promise<unknown>): Promise<string> {
  const { name, message, status, attempts } = await refusalOf(call);
  assert.ok(status >= 400 && status < 500 && attempts === 1);
  return `${name}: ${message.replace(/^Error executing request, Exception : (.*), RequestId: [0-9a-f-]{36}$/s, '$1')}`;
}

function matches(error: string, claimed: string): boolean {
  const pattern = claimed.split('…').map((part) => RegExp.escape(part));
  return new RegExp(`^${pattern.join('.+')}$`, 's').test(error);
}

function send(service: string, operation: string, input: object): Promise<unknown> {
  return senders[service]?.(operation, input) ?? assert.fail(service);
}

for (const { name: service, sdk, claims } of claimedServices) {
  for (const operation of sdkOperations(sdk)) {
    const refused = fieldsClaimed('refused', claims[operation.name] ?? 'unbuilt', operation);
    if (refused.length === 0) continue;
    test(`every field of ${operation.name} that coverage lists as refused is refused with that error`, async () => {
      for (const { field, claim } of refused) {
        const error = await errorOf(send(service, operation.name, inputWith(service, operation, field)));
        assert.ok(matches(error, claim.refused), `${field}: ${error}`);
      }
    });
  }
}

test('the requests that one refused field spoils are accepted without it', async () => {
  for (const [service, operations] of Object.entries(accepted)) {
    for (const [operation, input] of Object.entries(operations)) await send(service, operation, input);
  }
});
