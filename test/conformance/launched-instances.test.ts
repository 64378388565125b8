import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { CreateComputeEnvironmentCommand } from '@aws-sdk/client-batch';
import {
  CreateLaunchTemplateCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  EC2Client,
  paginateDescribeInstances,
} from '@aws-sdk/client-ec2';
import { DescribeContainerInstancesCommand, ECSClient, ListContainerInstancesCommand } from '@aws-sdk/client-ecs';
import type { DescribedInstance } from '../../src/services/batch/index.ts';
import { until } from '../support/wait.ts';
import { awsCli, batchyard, runCommand } from './command.ts';
import { account, openYard, refusalOf, settledEnvironment } from './yard.ts';

const { batch, server } = await openYard(['--engine', 'mock']);
const { accessKeyId, secretAccessKey } = server.credentials;
const config = { endpoint: server.url, credentials: { accessKeyId, secretAccessKey }, region: 'us-east-1' };
const [ec2, ecs] = [new EC2Client(config), new ECSClient(config)];
after(() => {
  ec2.destroy();
  ecs.destroy();
});

const archive = [
  'Content-Type: multipart/mixed; boundary="parts"',
  'MIME-Version: 1.0',
  '',
  '--parts',
  'Content-Type: text/x-shellscript',
  '',
  'echo mine',
  '--parts--',
  '',
].join('\n');
await ec2.send(
  new CreateLaunchTemplateCommand({
    LaunchTemplateName: 'boot',
    LaunchTemplateData: {
      ...{ ImageId: 'ami-0123456789abcdef0', UserData: Buffer.from(archive).toString('base64') },
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'from', Value: 'template' }] }],
    },
  }),
);
await batch.send(
  new CreateComputeEnvironmentCommand({
    computeEnvironmentName: 'fleet',
    type: 'MANAGED',
    computeResources: {
      ...{ type: 'EC2', minvCpus: 12, maxvCpus: 16, instanceTypes: ['c5.large'] },
      ...{ subnets: ['subnet-1'], securityGroupIds: ['sg-1'], instanceRole: 'ecsInstanceRole' },
      ...{ launchTemplate: { launchTemplateName: 'boot' }, tags: { Name: 'worker' } },
    },
  }),
);
const { ecsClusterArn: cluster = '' } = await settledEnvironment(batch, 'fleet');
const Filters = [
  { Name: 'tag:Name', Values: ['worker'] },
  { Name: 'instance-state-name', Values: ['running'] },
];
const running = await until('six instances to run', async () => {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
  return Reservations.length === 6 && Reservations.flatMap(({ Instances = [] }) => Instances);
});

test('EC2 shows the instances that ECS has in its cluster, under the same ids', async () => {
  const { containerInstanceArns } = await ecs.send(new ListContainerInstancesCommand({ cluster }));
  const described = await ecs.send(
    new DescribeContainerInstancesCommand({ cluster, containerInstances: containerInstanceArns }),
  );
  const ids = described.containerInstances?.map(({ ec2InstanceId }) => ec2InstanceId) ?? [];
  assert.deepEqual(running.map(({ InstanceId }) => InstanceId).sort(), ids.sort());
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: ids.slice(0, 1) as string[] }));
  const [instance] = Reservations?.[0]?.Instances ?? [];
  assert.deepEqual(
    [instance?.InstanceType, instance?.ImageId, instance?.SubnetId, instance?.State],
    ['c5.large', 'ami-0123456789abcdef0', 'subnet-1', { Code: 16, Name: 'running' }],
  );
  assert.deepEqual(instance?.SecurityGroups, [{ GroupId: 'sg-1' }]);
  assert.equal(instance?.IamInstanceProfile?.Arn, `arn:aws:iam::${account}:instance-profile/ecsInstanceRole`);
  const tags = Object.fromEntries(instance?.Tags?.map(({ Key, Value }) => [Key, Value]) ?? []);
  assert.deepEqual(tags, { from: 'template', Name: 'worker', AWSBatchServiceTag: 'batch' });
});

test('the SDK reads instances page by page, and is told of ids that there are not', async () => {
  const ids: (string | undefined)[] = [];
  for await (const { Reservations = [] } of paginateDescribeInstances({ client: ec2, pageSize: 5 }, { Filters }))
    ids.push(...Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId)));
  assert.deepEqual(ids.sort(), running.map(({ InstanceId }) => InstanceId).sort());
  const asked = (id: string) => refusalOf(ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] })));
  assert.equal((await asked('i-0123456789abcdef0')).name, 'InvalidInstanceID.NotFound');
  assert.equal((await asked('host')).name, 'InvalidInstanceID.Malformed');
});

test('what an instance was launched with, user data and all, is told by EC2 and by batchyard hosts', async () => {
  const InstanceId = running[0]?.InstanceId ?? assert.fail('there is none');
  const { UserData } = await ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' }));
  const userData = Buffer.from(UserData?.Value ?? '', 'base64').toString();
  assert.match(userData, /echo mine.*echo "ECS_CLUSTER=arn:aws:ecs:.*>> \/etc\/ecs\/ecs\.config/s);
  const hosts = async (...words: readonly string[]) => {
    const all = ['hosts', InstanceId, ...words, '--data', server.dataDirectory];
    const { exit, stdout, stderr } = await runCommand(batchyard, all);
    assert.equal(exit, 0, stderr);
    return stdout;
  };
  const told = JSON.parse(await hosts('--json')) as DescribedInstance;
  assert.deepEqual(told.image, { id: 'ami-0123456789abcdef0', from: 'launch-template', type: 'ECS_AL2023' });
  assert.deepEqual([told.userData, told.launchTemplate?.version], [userData, 1]);
  const text = await hosts();
  assert.match(text, /^image +ami-0123456789abcdef0 \(of the launch template, ECS_AL2023\)$/m);
  assert.match(text, /^tag +AWSBatchServiceTag=batch$/m);
  assert.match(text, /^ {2}echo mine$/m);
  const none = await runCommand(batchyard, ['hosts', 'i-0', '--data', server.dataDirectory]);
  assert.deepEqual([none.exit, /Instance i-0 does not exist/.test(none.stderr)], [1, true]);
});

test('the aws CLI reads instances', awsCli.needed, async () => {
  const query = 'Reservations[].Instances[].[InstanceType, State.Name]';
  const words = ['ec2', 'describe-instances', '--endpoint-url', server.url, '--region', 'us-east-1'];
  const filters = ['--filters', 'Name=instance-type,Values=c5.*', '--query', query, '--output', 'json'];
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_PAGER: '' };
  const { exit, stdout, stderr } = await runCommand(awsCli.file, [...words, ...filters], { env });
  assert.equal(exit, 0, stderr);
  assert.deepEqual(
    JSON.parse(stdout),
    Array.from({ length: 6 }, () => ['c5.large', 'running']),
  );
});

test('an instance that was taken back is shown as terminated, with its tags and why, and is not among those whose status is told', async () => {
  const InstanceId = running[0]?.InstanceId ?? assert.fail('there is none');
  const { exit, stderr } = await runCommand(batchyard, ['interrupt', InstanceId, '--data', server.dataDirectory]);
  assert.equal(exit, 0, stderr);
  const ended = await until('the instance to be terminated', async () => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }));
    const [instance] = Reservations?.[0]?.Instances ?? [];
    return instance?.State?.Name === 'terminated' && instance;
  });
  assert.deepEqual([ended.StateReason?.Code, ended.SubnetId], ['Client.UserInitiatedShutdown', undefined]);
  assert.match(ended.StateTransitionReason ?? '', /^User initiated \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT\)$/);
  assert.deepEqual(ended.Tags?.find(({ Key }) => Key === 'Name')?.Value, 'worker');
  const status = async (more: object) => {
    const { InstanceStatuses = [] } = await ec2.send(new DescribeInstanceStatusCommand({ ...more }));
    return InstanceStatuses.find((it) => it.InstanceId === InstanceId)?.InstanceState;
  };
  assert.equal(await status({}), undefined);
  assert.deepEqual(await status({ IncludeAllInstances: true }), { Code: 48, Name: 'terminated' });
});
