import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ec2Bench } from './ec2.fixture.ts';

test('a subnet has a range of its VPC that no other has, and a zone of the region', async () => {
  await using bench = await Ec2Bench.open();
  const VpcId = await bench.vpc();
  const create = (CidrBlock: string, more: object = {}) => bench.call('CreateSubnet', { VpcId, CidrBlock, ...more });
  const { Subnet } = await create('10.0.1.0/24', { AvailabilityZone: 'us-east-1b' });
  assert.deepEqual(
    [
      Subnet.CidrBlock,
      Subnet.AvailabilityZone,
      Subnet.AvailabilityZoneId,
      Subnet.AvailableIpAddressCount,
      Subnet.State,
    ],
    ['10.0.1.0/24', 'us-east-1b', 'use1-az2', 251, 'available'],
  );
  assert.match(Subnet.SubnetArn, /^arn:aws:ec2:us-east-1:123456789012:subnet\/subnet-0[0-9a-f]{16}$/);
  assert.deepEqual((await bench.call('DescribeSubnets', {})).Subnets, [Subnet]);
  const byZone = await create('10.0.2.0/24', { AvailabilityZoneId: 'use1-az3' });
  assert.equal(byZone.Subnet.AvailabilityZone, 'us-east-1c');
  const overlaps = create('10.0.0.0/22');
  await assert.rejects(overlaps, {
    code: 'InvalidSubnet.Conflict',
    message: "The CIDR '10.0.0.0/22' conflicts with another subnet",
  });
  await assert.rejects(create('10.1.0.0/24'), {
    code: 'InvalidSubnet.Range',
    message: "The CIDR '10.1.0.0/24' is invalid.",
  });
  await assert.rejects(create('10.0.3.0/24', { AvailabilityZone: 'us-east-1z' }), { code: 'InvalidParameterValue' });
  await assert.rejects(create('10.0.3.0/24', { Ipv6CidrBlock: '2600::/64' }), { code: 'InvalidSubnet.Range' });
  const nowhere = bench.call('CreateSubnet', { VpcId: 'vpc-0', CidrBlock: '10.0.0.0/24' });
  await assert.rejects(nowhere, { code: 'InvalidVpcID.NotFound' });
  await bench.call('DeleteSubnet', { SubnetId: Subnet.SubnetId });
  const gone = bench.call('DeleteSubnet', { SubnetId: Subnet.SubnetId });
  await assert.rejects(gone, {
    code: 'InvalidSubnetID.NotFound',
    message: `The subnet ID '${Subnet.SubnetId}' does not exist`,
  });
});

test('attributes of a subnet are set one at a time, and shown', async () => {
  await using bench = await Ec2Bench.open();
  const VpcId = await bench.vpc({ AmazonProvidedIpv6CidrBlock: true });
  const { Subnet } = await bench.call('CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24' });
  const { SubnetId } = Subnet;
  const modify = (change: object) => bench.call('ModifySubnetAttribute', { SubnetId, ...change });
  await assert.rejects(modify({ AssignIpv6AddressOnCreation: { Value: true } }), { code: 'InvalidParameterValue' });
  const [{ Ipv6CidrBlock }] = (await bench.call('DescribeVpcs', {})).Vpcs[0].Ipv6CidrBlockAssociationSet;
  const range = Ipv6CidrBlock.replace('/56', '/64');
  const { Ipv6CidrBlockAssociation } = await bench.call('AssociateSubnetCidrBlock', { SubnetId, Ipv6CidrBlock: range });
  assert.equal(Ipv6CidrBlockAssociation.Ipv6CidrBlock, range);
  await modify({ MapPublicIpOnLaunch: { Value: 'true' } });
  await modify({ AssignIpv6AddressOnCreation: { Value: true } });
  await modify({ EnableDns64: { Value: true } });
  await modify({ PrivateDnsHostnameTypeOnLaunch: 'resource-name' });
  await modify({ EnableResourceNameDnsARecordOnLaunch: { Value: true } });
  await modify({ EnableResourceNameDnsAAAARecordOnLaunch: { Value: true } });
  const [shown] = (await bench.call('DescribeSubnets', { SubnetIds: [SubnetId] })).Subnets;
  assert.deepEqual(
    [shown.MapPublicIpOnLaunch, shown.AssignIpv6AddressOnCreation, shown.EnableDns64],
    [true, true, true],
  );
  assert.deepEqual(shown.PrivateDnsNameOptionsOnLaunch, {
    HostnameType: 'resource-name',
    EnableResourceNameDnsARecord: true,
    EnableResourceNameDnsAAAARecord: true,
  });
  const two = modify({ MapPublicIpOnLaunch: { Value: true }, EnableDns64: { Value: true } });
  await assert.rejects(two, { code: 'InvalidParameterCombination' });
  const again = bench.call('AssociateSubnetCidrBlock', { SubnetId, Ipv6CidrBlock: range });
  await assert.rejects(again, { code: 'InvalidSubnet.Conflict' });
  await bench.call('DisassociateSubnetCidrBlock', { AssociationId: Ipv6CidrBlockAssociation.AssociationId });
  const strange = bench.call('DisassociateSubnetCidrBlock', { AssociationId: Ipv6CidrBlockAssociation.AssociationId });
  await assert.rejects(strange, { code: 'InvalidSubnetCidrBlockAssociationID.NotFound' });
});

test('subnets are found by filters of every kind, with wildcards, and an unknown filter is refused', async () => {
  await using bench = await Ec2Bench.open();
  const VpcId = await bench.vpc();
  const Tags = [{ Key: 'tier', Value: 'public-1' }];
  const TagSpecifications = [{ ResourceType: 'subnet', Tags }];
  const one = await bench.call('CreateSubnet', { VpcId, CidrBlock: '10.0.1.0/24', TagSpecifications });
  await bench.call('CreateSubnet', { VpcId, CidrBlock: '10.0.2.0/24', AvailabilityZone: 'us-east-1b' });
  const find = async (...Filters: object[]) => (await bench.call('DescribeSubnets', { Filters })).Subnets.length;
  assert.equal(await find({ Name: 'vpc-id', Values: [VpcId] }), 2);
  assert.equal(
    await find({ Name: 'vpc-id', Values: ['vpc-x', VpcId] }, { Name: 'cidr-block', Values: ['10.0.1.0/24'] }),
    1,
  );
  assert.equal(await find({ Name: 'subnet-id', Values: [one.Subnet.SubnetId] }), 1);
  assert.equal(await find({ Name: 'tag:tier', Values: ['public-*'] }), 1);
  assert.equal(await find({ Name: 'tag:tier', Values: ['public-?'] }), 1);
  assert.equal(await find({ Name: 'tag:tier', Values: ['public-\\*'] }), 0);
  assert.equal(await find({ Name: 'tag:tier', Values: ['p*c-?'] }), 1);
  assert.equal(await find({ Name: 'tag:tier', Values: ['?public*1?'] }), 0);
  assert.equal(await find({ Name: 'tag-key', Values: ['tier'] }), 1);
  assert.equal(await find({ Name: 'availability-zone-id', Values: ['use1-az2'] }), 1);
  await assert.rejects(find({ Name: 'colour', Values: ['red'] }), {
    code: 'InvalidParameterValue',
    message: "The filter 'colour' is invalid",
  });
});
