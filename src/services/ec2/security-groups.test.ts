import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ec2Bench } from './ec2.fixture.ts';

async function withGroup() {
  const bench = await Ec2Bench.open();
  const VpcId = await bench.vpc();
  const { GroupId } = await bench.call('CreateSecurityGroup', { GroupName: 'batch', Description: 'Of jobs', VpcId });
  const read = async () => (await bench.call('DescribeSecurityGroups', { GroupIds: [GroupId] })).SecurityGroups[0];
  return { bench, VpcId, GroupId, read, [Symbol.asyncDispose]: () => bench[Symbol.asyncDispose]() };
}

const web = {
  IpProtocol: 'tcp',
  FromPort: '80',
  ToPort: '80',
  IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'web' }],
};

test('a new group lets everything out and nothing in', async () => {
  await using group = await withGroup();
  const { GroupName, Description, IpPermissions, IpPermissionsEgress, OwnerId, SecurityGroupArn } = await group.read();
  assert.deepEqual([GroupName, Description, OwnerId, IpPermissions], ['batch', 'Of jobs', '123456789012', []]);
  assert.equal(SecurityGroupArn, `arn:aws:ec2:us-east-1:123456789012:security-group/${group.GroupId}`);
  const everything = { IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] };
  assert.deepEqual(IpPermissionsEgress, [{ IpProtocol: '-1', ...everything }]);
});

test('rules come and go in each direction, and are shown by protocol and ports', async () => {
  await using group = await withGroup();
  const { bench, GroupId, read } = group;
  const IpPermissions = [
    web,
    {
      IpProtocol: '6',
      FromPort: 80,
      ToPort: 80,
      IpRanges: [{ CidrIp: '192.168.1.1/16' }],
      Ipv6Ranges: [{ CidrIpv6: 'fd00::/8' }],
    },
    { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId, UserId: '123456789012' }] },
  ];
  assert.deepEqual(await bench.call('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions }), { Return: true });
  const none = { IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] };
  assert.deepEqual((await read()).IpPermissions, [
    {
      ...none,
      ...{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80 },
      IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'web' }, { CidrIp: '192.168.0.0/16' }],
      Ipv6Ranges: [{ CidrIpv6: 'fd00::/8' }],
    },
    { ...none, IpProtocol: '-1', UserIdGroupPairs: [{ GroupId, UserId: '123456789012' }] },
  ]);
  const unlike = { ...web, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'another' }] };
  await bench.call('RevokeSecurityGroupIngress', { GroupId, IpPermissions: [unlike] });
  assert.equal((await read()).IpPermissions[0].IpRanges.length, 1);
  const all = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await bench.call('RevokeSecurityGroupEgress', { GroupId, IpPermissions: all });
  assert.deepEqual((await read()).IpPermissionsEgress, []);
  await bench.call('AuthorizeSecurityGroupEgress', {
    GroupId,
    IpPermissions: [{ IpProtocol: 'icmp', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
  });
  assert.deepEqual((await read()).IpPermissionsEgress[0].FromPort, -1);
});

test('what AWS refuses of groups and rules is refused in its words', async () => {
  await using group = await withGroup();
  const { bench, GroupId, VpcId } = group;
  const authorize = (...IpPermissions: object[]) =>
    bench.call('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
  await authorize(web);
  const words = 'the specified rule "peer: 10.0.0.0/8, TCP, from port: 80, to port: 80, ALLOW" already exists';
  await assert.rejects(authorize(web), { code: 'InvalidPermission.Duplicate', message: words });
  const strange = { IpProtocol: 'udp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
  const revoke = bench.call('RevokeSecurityGroupIngress', { GroupId, IpPermissions: [strange] });
  await assert.rejects(revoke, { code: 'InvalidPermission.NotFound' });
  const invalid = { code: 'InvalidParameterValue' };
  await assert.rejects(authorize({ ...web, IpRanges: [{ CidrIp: '10.0.0.0' }] }), invalid);
  await assert.rejects(authorize({ ...web, FromPort: 81 }), invalid);
  await assert.rejects(authorize({ ...web, ToPort: 65_536 }), invalid);
  await assert.rejects(authorize({ ...web, IpProtocol: 'xyz' }), invalid);
  await assert.rejects(authorize({ IpProtocol: 'tcp', IpRanges: web.IpRanges }), invalid);
  await assert.rejects(authorize({ IpProtocol: '-1' }), invalid);
  await assert.rejects(authorize({ ...web, IpRanges: [{ CidrIp: '10.0.0.0/9', Description: "Bob's" }] }), invalid);
  const pairs = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-0' }] };
  await assert.rejects(authorize(pairs), {
    code: 'InvalidGroup.NotFound',
    message: "The security group 'sg-0' does not exist",
  });
  const lists = { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] };
  await assert.rejects(authorize(lists), { code: 'InvalidPrefixListID.NotFound' });
  const many = Array.from({ length: 60 }, (_, index) => ({ CidrIp: `10.${index}.0.0/24` }));
  await assert.rejects(authorize({ ...web, IpRanges: many }), { code: 'RulesPerSecurityGroupLimitExceeded' });
  const create = (more: object) =>
    bench.call('CreateSecurityGroup', { GroupName: 'g', Description: 'd', VpcId, ...more });
  await assert.rejects(create({ GroupName: 'batch' }), { code: 'InvalidGroup.Duplicate' });
  await assert.rejects(create({ GroupName: 'default' }), invalid);
  await assert.rejects(create({ GroupName: 'sg-x' }), invalid);
  await assert.rejects(create({ VpcId: undefined }), { code: 'VPCIdNotSpecified' });
  const named = bench.call('DescribeSecurityGroups', { GroupNames: ['batch'] });
  await assert.rejects(named, { code: 'InvalidGroup.NotFound' });
});

test('a group that another one names stays, and so does the default one', async () => {
  await using group = await withGroup();
  const { bench, GroupId, VpcId } = group;
  const other = await bench.call('CreateSecurityGroup', { GroupName: 'other', Description: 'd', VpcId });
  const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }];
  await bench.call('AuthorizeSecurityGroupIngress', { GroupId: other.GroupId, IpPermissions });
  await assert.rejects(bench.call('DeleteSecurityGroup', { GroupId }), { code: 'DependencyViolation' });
  await bench.call('DeleteSecurityGroup', { GroupId: other.GroupId });
  assert.deepEqual(await bench.call('DeleteSecurityGroup', { GroupId }), { Return: true, GroupId });
  const Filters = [{ Name: 'group-name', Values: ['default'] }];
  const [own] = (await bench.call('DescribeSecurityGroups', { Filters })).SecurityGroups;
  await assert.rejects(bench.call('DeleteSecurityGroup', { GroupId: own.GroupId }), { code: 'CannotDelete' });
});
