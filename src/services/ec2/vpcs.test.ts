import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ec2Bench } from './ec2.fixture.ts';

test('a VPC comes with its security group, network ACL and route table, and goes with them', async () => {
  await using bench = await Ec2Bench.open();
  const TagSpecifications = [{ ResourceType: 'vpc', Tags: [{ Key: 'Name', Value: 'main' }] }];
  const { Vpc } = await bench.call('CreateVpc', { CidrBlock: '10.1.2.3/16', TagSpecifications });
  assert.match(Vpc.VpcId, /^vpc-0[0-9a-f]{16}$/);
  assert.deepEqual(
    [Vpc.CidrBlock, Vpc.State, Vpc.InstanceTenancy, Vpc.IsDefault],
    ['10.1.0.0/16', 'available', 'default', false],
  );
  assert.deepEqual(Vpc.Tags, [{ Key: 'Name', Value: 'main' }]);
  const { Vpcs } = await bench.call('DescribeVpcs', { VpcIds: [Vpc.VpcId] });
  assert.deepEqual(Vpcs, [Vpc]);
  const Filters = [{ Name: 'vpc-id', Values: [Vpc.VpcId] }];
  const { SecurityGroups } = await bench.call('DescribeSecurityGroups', { Filters });
  assert.deepEqual(
    SecurityGroups.map((group: { GroupName: string }) => group.GroupName),
    ['default'],
  );
  const { NetworkAcls } = await bench.call('DescribeNetworkAcls', {
    Filters: [...Filters, { Name: 'default', Values: ['true'] }],
  });
  assert.equal(NetworkAcls.length, 1);
  const main = { Name: 'association.main', Values: ['true'] };
  const { RouteTables } = await bench.call('DescribeRouteTables', { Filters: [...Filters, main] });
  assert.equal(RouteTables[0].Routes[0].DestinationCidrBlock, '10.1.0.0/16');
  await bench.call('DeleteVpc', { VpcId: Vpc.VpcId });
  for (const [name, member] of [
    ['DescribeVpcs', 'Vpcs'],
    ['DescribeSecurityGroups', 'SecurityGroups'],
    ['DescribeNetworkAcls', 'NetworkAcls'],
    ['DescribeTags', 'Tags'],
  ] as const) {
    assert.deepEqual((await bench.call(name, {}))[member], [], name);
  }
  const gone = bench.call('DescribeVpcs', { VpcIds: [Vpc.VpcId] });
  await assert.rejects(gone, { code: 'InvalidVpcID.NotFound', message: `The vpc ID '${Vpc.VpcId}' does not exist` });
});

test('ranges that AWS would not take are refused', async () => {
  await using bench = await Ec2Bench.open();
  const create = (CidrBlock: string) => bench.call('CreateVpc', { CidrBlock });
  await assert.rejects(create('10.0.0.0/8'), {
    code: 'InvalidVpc.Range',
    message: "The CIDR '10.0.0.0/8' is invalid.",
  });
  await assert.rejects(create('10.0.0.0/29'), { code: 'InvalidVpc.Range' });
  for (const wrong of ['10.0.0.0', '10.0.0.256/16', '::/56', 'x'])
    await assert.rejects(create(wrong), { code: 'InvalidParameterValue', message: /is not a valid CIDR block/ }, wrong);
  await assert.rejects(bench.call('CreateVpc', {}), { code: 'MissingParameter' });
});

test('attributes of a VPC are set one at a time and read back one at a time', async () => {
  await using bench = await Ec2Bench.open();
  const VpcId = await bench.vpc();
  const read = (Attribute: string) => bench.call('DescribeVpcAttribute', { VpcId, Attribute });
  assert.deepEqual(await read('enableDnsSupport'), { VpcId, EnableDnsSupport: { Value: true } });
  assert.deepEqual(await read('enableDnsHostnames'), { VpcId, EnableDnsHostnames: { Value: false } });
  await bench.call('ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: 'true' } });
  await bench.call('ModifyVpcAttribute', { VpcId, EnableNetworkAddressUsageMetrics: { Value: true } });
  assert.deepEqual(await read('enableDnsHostnames'), { VpcId, EnableDnsHostnames: { Value: true } });
  const metrics = await read('enableNetworkAddressUsageMetrics');
  assert.deepEqual(metrics, { VpcId, EnableNetworkAddressUsageMetrics: { Value: true } });
  const both = { VpcId, EnableDnsSupport: { Value: true }, EnableDnsHostnames: { Value: true } };
  await assert.rejects(bench.call('ModifyVpcAttribute', both), { code: 'InvalidParameterCombination' });
  const contradiction = { VpcId, EnableDnsSupport: { Value: false } };
  await assert.rejects(bench.call('ModifyVpcAttribute', contradiction), { code: 'InvalidParameterValue' });
});

test('tenancy only comes back to default', async () => {
  await using bench = await Ec2Bench.open();
  const VpcId = await bench.vpc({ InstanceTenancy: 'dedicated' });
  assert.deepEqual(await bench.call('ModifyVpcTenancy', { VpcId, InstanceTenancy: 'default' }), { ReturnValue: true });
  assert.equal((await bench.call('DescribeVpcs', {})).Vpcs[0].InstanceTenancy, 'default');
});

test('an IPv6 range of Amazon comes and goes, unless a subnet has of it', async () => {
  await using bench = await Ec2Bench.open();
  const VpcId = await bench.vpc();
  const given = await bench.call('AssociateVpcCidrBlock', { VpcId, AmazonProvidedIpv6CidrBlock: 'true' });
  const { AssociationId, Ipv6CidrBlock, Ipv6CidrBlockState } = given.Ipv6CidrBlockAssociation;
  assert.match(Ipv6CidrBlock, /^2600:1f18:.*::\/56$/);
  assert.equal(Ipv6CidrBlockState.State, 'associated');
  const again = bench.call('AssociateVpcCidrBlock', { VpcId, AmazonProvidedIpv6CidrBlock: true });
  await assert.rejects(again, { code: 'CidrLimitExceeded' });
  const own = Ipv6CidrBlock.replace('/56', '/64');
  const { Subnet } = await bench.call('CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24', Ipv6CidrBlock: own });
  assert.equal(Subnet.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock, own);
  const used = bench.call('DisassociateVpcCidrBlock', { AssociationId });
  await assert.rejects(used, { code: 'InvalidCidrBlock.InUse' });
  const { AssociationId: subnetAssociation } = Subnet.Ipv6CidrBlockAssociationSet[0];
  await bench.call('DisassociateSubnetCidrBlock', { AssociationId: subnetAssociation });
  const gone = await bench.call('DisassociateVpcCidrBlock', { AssociationId });
  assert.equal(gone.Ipv6CidrBlockAssociation.Ipv6CidrBlockState.State, 'disassociating');
  assert.deepEqual((await bench.call('DescribeVpcs', {})).Vpcs[0].Ipv6CidrBlockAssociationSet, []);
  const [first] = (await bench.call('DescribeVpcs', {})).Vpcs[0].CidrBlockAssociationSet;
  const kept = bench.call('DisassociateVpcCidrBlock', { AssociationId: first.AssociationId });
  await assert.rejects(kept, { code: 'OperationNotPermitted' });
  const strange = bench.call('DisassociateVpcCidrBlock', { AssociationId });
  await assert.rejects(strange, { code: 'InvalidVpcCidrBlockAssociationID.NotFound' });
});

test('a VPC with a subnet or a group in it stays', async () => {
  await using bench = await Ec2Bench.open();
  const VpcId = await bench.vpc();
  const { Subnet } = await bench.call('CreateSubnet', { VpcId, CidrBlock: '10.0.0.0/24' });
  const refused = {
    code: 'DependencyViolation',
    message: `The vpc '${VpcId}' has dependencies and cannot be deleted.`,
  };
  await assert.rejects(bench.call('DeleteVpc', { VpcId }), refused);
  await bench.call('DeleteSubnet', { SubnetId: Subnet.SubnetId });
  const { GroupId } = await bench.call('CreateSecurityGroup', { GroupName: 'g', Description: 'd', VpcId });
  await assert.rejects(bench.call('DeleteVpc', { VpcId }), refused);
  await bench.call('DeleteSecurityGroup', { GroupId });
  await bench.call('DeleteVpc', { VpcId });
});

test('a dry run changes nothing and says that it would have', async () => {
  await using bench = await Ec2Bench.open();
  const dry = bench.call('CreateVpc', { CidrBlock: '10.0.0.0/16', DryRun: 'true' });
  await assert.rejects(dry, { code: 'DryRunOperation', status: 412 });
  assert.deepEqual((await bench.call('DescribeVpcs', {})).Vpcs, []);
});

test('lists come in pages whose tokens hold while others come and go', async () => {
  await using bench = await Ec2Bench.open();
  const ids = new Set<string>();
  for (let index = 0; index < 12; index += 1) ids.add(await bench.vpc());
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await bench.call('DescribeVpcs', { MaxResults: 5, NextToken });
    found.push(...page.Vpcs.map(({ VpcId }: { VpcId: string }) => VpcId));
    ({ NextToken } = page);
    const [last] = found.slice(-1);
    if (NextToken && last) await bench.call('DeleteVpc', { VpcId: last });
  } while (NextToken);
  assert.deepEqual(found.toSorted(), [...ids].toSorted());
  await assert.rejects(bench.call('DescribeVpcs', { NextToken: 'x' }), { code: 'InvalidParameterValue' });
  await assert.rejects(bench.call('DescribeVpcs', { MaxResults: 1_001 }), { code: 'InvalidParameterValue' });
});

test('zones and what an account may are those of the region', async () => {
  await using bench = await Ec2Bench.open();
  const { AvailabilityZones } = await bench.call('DescribeAvailabilityZones', {
    Filters: [{ Name: 'opt-in-status', Values: ['opt-in-not-required'] }],
  });
  const shown = AvailabilityZones.map(
    ({ ZoneName, ZoneId }: { ZoneName: string; ZoneId: string }) => `${ZoneName} ${ZoneId}`,
  );
  assert.deepEqual(shown, ['us-east-1a use1-az1', 'us-east-1b use1-az2', 'us-east-1c use1-az3']);
  const elsewhere = await bench.call(
    'DescribeAvailabilityZones',
    { ZoneIds: ['apne1-az2'] },
    { region: 'ap-northeast-1' as never },
  );
  assert.equal(elsewhere.AvailabilityZones[0].ZoneName, 'ap-northeast-1b');
  const wrong = bench.call('DescribeAvailabilityZones', { ZoneNames: ['us-east-1z'] });
  await assert.rejects(wrong, { code: 'InvalidParameterValue', message: 'Invalid availability zone: [us-east-1z]' });
  const { AccountAttributes } = await bench.call('DescribeAccountAttributes', {
    AttributeNames: ['supported-platforms'],
  });
  assert.deepEqual(AccountAttributes, [
    { AttributeName: 'supported-platforms', AttributeValues: [{ AttributeValue: 'VPC' }] },
  ]);
  assert.deepEqual(await bench.call('DescribeNetworkInterfaces', {}), { NetworkInterfaces: [] });
  const missing = bench.call('DescribeNetworkInterfaces', { NetworkInterfaceIds: ['eni-1'] });
  await assert.rejects(missing, { code: 'InvalidNetworkInterfaceID.NotFound' });
});
