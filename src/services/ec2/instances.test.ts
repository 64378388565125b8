import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LaunchedInstance } from '../../core/launched-instances.ts';
import { Ec2Bench, scope } from './ec2.fixture.ts';

const idOf = (number: number) => `i-${number.toString(16).padStart(17, '0')}`;

const instance = (number: number, more: Partial<LaunchedInstance> = {}): LaunchedInstance => ({
  ...scope,
  ...{ id: idOf(number), type: 'c5.large', zone: 'us-east-1b', purchase: 'on-demand', launchedAt: 5_000 },
  ...{ state: 'running', imageId: 'ami-1', subnetId: 'subnet-1', groupIds: ['sg-1'], tags: { team: 'a' } },
  ...more,
});

type Shown = { Reservations: { Instances: { InstanceId: string; Tags: object[] }[] }[]; NextToken?: string };
const idsOf = ({ Reservations }: Shown) =>
  Reservations.flatMap(({ Instances }) => Instances.map(({ InstanceId }) => InstanceId));

test('an instance of a compute environment is shown with what it was launched with, each in a reservation of its own', async () => {
  const profile = 'arn:aws:iam::123456789012:instance-profile/ecsInstanceRole';
  const more = { keyName: 'me', profile, placementGroup: 'near', purchase: 'spot' } as const;
  await using bench = await Ec2Bench.open([instance(1, more), instance(2, { type: 'x9.odd', state: 'pending' })]);
  const { Reservations } = await bench.call('DescribeInstances', { InstanceIds: [idOf(1), idOf(2), idOf(1)] });
  assert.equal(Reservations.length, 2);
  assert.deepEqual(Reservations[0], {
    ReservationId: 'r-00000000000000001',
    OwnerId: '123456789012',
    Groups: [],
    Instances: [
      {
        InstanceId: idOf(1),
        ImageId: 'ami-1',
        State: { Code: 16, Name: 'running' },
        PrivateDnsName: '',
        PublicDnsName: '',
        StateTransitionReason: '',
        KeyName: 'me',
        AmiLaunchIndex: 0,
        ProductCodes: [],
        InstanceType: 'c5.large',
        LaunchTime: new Date(5_000),
        Placement: {
          AvailabilityZone: 'us-east-1b',
          AvailabilityZoneId: 'use1-az2',
          GroupName: 'near',
          Tenancy: 'default',
        },
        Monitoring: { State: 'disabled' },
        SubnetId: 'subnet-1',
        Architecture: 'x86_64',
        BlockDeviceMappings: [],
        EbsOptimized: false,
        IamInstanceProfile: { Arn: profile },
        InstanceLifecycle: 'spot',
        NetworkInterfaces: [],
        RootDeviceType: 'ebs',
        SecurityGroups: [{ GroupId: 'sg-1' }],
        SourceDestCheck: true,
        Tags: [{ Key: 'team', Value: 'a' }],
        VirtualizationType: 'hvm',
        PlatformDetails: 'Linux/UNIX',
        UsageOperation: 'RunInstances',
      },
    ],
  });
  const [other] = Reservations[1].Instances;
  // Of a type that is no longer in the catalogue nothing is made up.
  assert.deepEqual([other.State, 'Architecture' in other], [{ Code: 0, Name: 'pending' }, false]);
});

test('what a network has here of subnet and groups is shown with an instance, and found by', async () => {
  await using bench = await Ec2Bench.open();
  const vpc = await bench.vpc();
  const { Subnet } = await bench.call('CreateSubnet', { VpcId: vpc, CidrBlock: '10.0.0.0/24' });
  const { GroupId } = await bench.call('CreateSecurityGroup', { VpcId: vpc, GroupName: 'g', Description: 'd' });
  bench.launch(instance(1, { subnetId: Subnet.SubnetId, groupIds: [GroupId] }), instance(2));
  const found = async (Name: string, ...Values: string[]) =>
    idsOf(await bench.call('DescribeInstances', { Filters: [{ Name, Values }] }));
  const { Reservations } = await bench.call('DescribeInstances', { InstanceIds: [idOf(1)] });
  const [shown] = Reservations[0].Instances;
  assert.deepEqual([shown.VpcId, shown.SecurityGroups], [vpc, [{ GroupId, GroupName: 'g' }]]);
  for (const [name, value] of [
    ['vpc-id', vpc],
    ['subnet-id', Subnet.SubnetId],
    ['instance.group-id', GroupId],
    ['instance.group-name', 'g'],
  ])
    assert.deepEqual(await found(name ?? '', value ?? ''), [idOf(1)], name);
});

test('instances are found by filters, also by their tags, and one that is not known is refused', async () => {
  const all = [
    instance(1),
    instance(2, { state: 'pending', tags: { team: 'b', AWSBatchServiceTag: 'batch' } }),
    instance(3, { type: 'm6g.large', zone: 'us-east-1a', purchase: 'spot', tags: {} }),
    instance(4, { state: 'shutting-down', keyName: 'me' }),
  ];
  await using bench = await Ec2Bench.open(all);
  const found = async (filters: Record<string, string[]>) => {
    const Filters = Object.entries(filters).map(([Name, Values]) => ({ Name, Values }));
    return idsOf(await bench.call('DescribeInstances', { Filters })).map((id) => Number(`0x${id.slice(2)}`));
  };
  assert.deepEqual(await found({}), [1, 2, 3, 4]);
  assert.deepEqual(await found({ 'instance-state-name': ['pending', 'running'] }), [1, 2, 3]);
  assert.deepEqual(await found({ 'instance-state-code': ['32'] }), [4]);
  assert.deepEqual(await found({ 'instance-type': ['m6g.*'] }), [3]);
  assert.deepEqual(await found({ architecture: ['arm64'] }), [3]);
  assert.deepEqual(await found({ 'availability-zone': ['us-east-1a'] }), [3]);
  assert.deepEqual(await found({ 'instance-lifecycle': ['spot'] }), [3]);
  assert.deepEqual(await found({ 'instance-id': [idOf(2), idOf(9)] }), [2]);
  assert.deepEqual(await found({ 'key-name': ['me'] }), [4]);
  assert.deepEqual(await found({ 'tag:team': ['b'] }), [2]);
  assert.deepEqual(await found({ 'tag-key': ['AWSBatchServiceTag'] }), [2]);
  assert.deepEqual(await found({ 'tag:team': ['a'], 'instance-state-name': ['running'] }), [1]);
  assert.deepEqual(await found({ 'image-id': ['ami-2'] }), []);
  await assert.rejects(found({ 'dns-name': ['x'] }), { message: "The filter 'dns-name' is invalid" });
});

test('instances come in pages, and a call that names some has one', async () => {
  await using bench = await Ec2Bench.open(Array.from({ length: 7 }, (_, at) => instance(at + 1)));
  const first = await bench.call('DescribeInstances', { MaxResults: '5' });
  assert.deepEqual(idsOf(first), [1, 2, 3, 4, 5].map(idOf));
  const rest = await bench.call('DescribeInstances', { MaxResults: '5', NextToken: first.NextToken });
  assert.deepEqual([idsOf(rest), rest.NextToken], [[6, 7].map(idOf), undefined]);
  await assert.rejects(bench.call('DescribeInstances', { MaxResults: 5, InstanceIds: [idOf(1)] }), {
    code: 'InvalidParameterCombination',
    message: 'The parameter instancesSet cannot be used with the parameter maxResults',
  });
});

test('ids that no instance has are refused in the words of AWS', async () => {
  await using bench = await Ec2Bench.open([instance(1)]);
  const refused = (InstanceIds: string[]) => bench.call('DescribeInstances', { InstanceIds });
  await assert.rejects(refused([idOf(1), idOf(2)]), {
    code: 'InvalidInstanceID.NotFound',
    message: `The instance ID '${idOf(2)}' does not exist`,
  });
  await assert.rejects(refused([idOf(3), idOf(2)]), {
    code: 'InvalidInstanceID.NotFound',
    message: `The instance IDs '${idOf(3)}, ${idOf(2)}' do not exist`,
  });
  for (const id of ['host', 'i-12', 'i-0000000000000000g', ''])
    await assert.rejects(refused([idOf(1), id]), {
      code: 'InvalidInstanceID.Malformed',
      message: `Invalid id: "${id}"`,
    });
});

test('an attribute of an instance is told by itself, its user data in base64', async () => {
  await using bench = await Ec2Bench.open([instance(1)]);
  const attribute = (Attribute: string, InstanceId = idOf(1)) =>
    bench.call('DescribeInstanceAttribute', { InstanceId, Attribute });
  const { UserData } = await attribute('userData');
  assert.equal(Buffer.from(UserData.Value, 'base64').toString(), `boot ${idOf(1)}`);
  assert.deepEqual(await attribute('instanceType'), { InstanceId: idOf(1), InstanceType: { Value: 'c5.large' } });
  assert.deepEqual(await attribute('groupSet'), { InstanceId: idOf(1), Groups: [{ GroupId: 'sg-1' }] });
  assert.deepEqual((await attribute('disableApiTermination')).DisableApiTermination, { Value: false });
  await assert.rejects(attribute('userData', idOf(2)), { code: 'InvalidInstanceID.NotFound' });
  await assert.rejects(attribute('colour'), { code: 'InvalidParameterValue' });
});

test('an instance that has ended says when and why, and has no network', async () => {
  const ended = { state: 'terminated', subnetId: undefined, groupIds: [] } as const;
  await using bench = await Ec2Bench.open([
    instance(1, { ...ended, endedBy: 'user', endedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678) }),
    instance(2, { ...ended, endedBy: 'spot', endedAt: 0, purchase: 'spot' }),
    instance(3, { state: 'shutting-down', endedBy: 'spot', purchase: 'spot' }),
    instance(4),
  ]);
  const { Reservations } = await bench.call('DescribeInstances', {});
  const [one, two, three, four] = Reservations.map((it: Shown['Reservations'][number]) => it.Instances[0]);
  assert.deepEqual(
    [one.State, one.StateReason, one.StateTransitionReason, one.Tags, 'SubnetId' in one, one.SecurityGroups],
    [
      { Code: 48, Name: 'terminated' },
      { Code: 'Client.UserInitiatedShutdown', Message: 'Client.UserInitiatedShutdown: User initiated shutdown' },
      ...['User initiated (2026-01-02 03:04:05 GMT)', [{ Key: 'team', Value: 'a' }], false, []],
    ],
  );
  assert.equal(two.StateReason.Code, 'Server.SpotInstanceTermination');
  assert.deepEqual([three.State.Name, three.StateReason.Code], ['shutting-down', 'Server.SpotInstanceTermination']);
  assert.deepEqual([four.StateTransitionReason, 'StateReason' in four], ['', false]);
  const found = async (Name: string, ...Values: string[]) =>
    idsOf(await bench.call('DescribeInstances', { Filters: [{ Name, Values }] }));
  assert.deepEqual(await found('instance-state-code', '48'), [1, 2].map(idOf));
  assert.deepEqual(await found('state-reason-code', 'Server.*'), [2, 3].map(idOf));
  assert.deepEqual(await found('reason', 'User initiated (2026*'), [idOf(1)]);
});

test('the status of instances is told of those that run, and of all where all are asked for', async () => {
  await using bench = await Ec2Bench.open([
    instance(1),
    instance(2, { state: 'pending' }),
    instance(3, { state: 'terminated', endedBy: 'user', endedAt: 0 }),
  ]);
  const status = (input: object) => bench.call('DescribeInstanceStatus', input);
  const summary = { Status: 'ok', Details: [{ Name: 'reachability', Status: 'passed' }] };
  assert.deepEqual((await status({})).InstanceStatuses, [
    {
      ...{ AvailabilityZone: 'us-east-1b', AvailabilityZoneId: 'use1-az2', InstanceId: idOf(1) },
      InstanceState: { Code: 16, Name: 'running' },
      ...{ InstanceStatus: summary, SystemStatus: summary, AttachedEbsStatus: summary },
    },
  ]);
  const told = async (input: object) =>
    (await status(input)).InstanceStatuses.map((it: { InstanceId: string; InstanceStatus: { Status: string } }) => [
      Number(it.InstanceId.slice(2)),
      it.InstanceStatus.Status,
    ]);
  const all = [
    [1, 'ok'],
    [2, 'initializing'],
    [3, 'not-applicable'],
  ];
  assert.deepEqual(await told({ IncludeAllInstances: 'true' }), all);
  assert.deepEqual(await told({ InstanceIds: [idOf(2), idOf(1)] }), [[1, 'ok']]);
  assert.deepEqual(await told({ InstanceIds: [idOf(3)], IncludeAllInstances: true }), [[3, 'not-applicable']]);
  const Filters = [{ Name: 'system-status.reachability', Values: ['initializing'] }];
  assert.deepEqual(await told({ IncludeAllInstances: true, Filters }), [[2, 'initializing']]);
  await assert.rejects(status({ InstanceIds: [idOf(9)] }), { code: 'InvalidInstanceID.NotFound' });
  await assert.rejects(status({ MaxResults: 5, InstanceIds: [idOf(1)] }), { code: 'InvalidParameterCombination' });
});

test('an instance is not tagged by itself', async () => {
  await using bench = await Ec2Bench.open([instance(1)]);
  const Tags = [{ Key: 'a', Value: 'b' }];
  await assert.rejects(bench.call('CreateTags', { Resources: [idOf(1)], Tags }), { code: 'UnsupportedOperation' });
});
