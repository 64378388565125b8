import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { Ec2Bench } from './ec2.fixture.ts';

/** Of `ssh-keygen`; the fingerprints are those of `ssh-keygen -l` and of `openssl rsa -pubin -outform DER | openssl md5 -c`. */
const keys = {
  ed25519: {
    text: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPV9iHhvz1MSW93qohoR4jiWHYDYCjDIihiJFoxGHt65 me@host',
    fingerprint: 'lnmyc1ujeBpN9Y60zHEVVMF4wPhA9pRoayke6uB6o/Y=',
  },
  rsa: {
    text: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCxUKlHMaCfC3knIgyo9LUUP+ZVyrGX20gQg0thIP0hsoggZ7dBcIpm5fGHuDXyO3QVriNFnGxiSK3pnT1pZT82Mrxq1D4rIMT7pFSgINm1MfxEBZrpjJDbVaF5vEMx/Czpw9Owpm/Ig+tCN+OSeAGHpMg4jO+QQOb16BvV2SA5yO1y3BsFfMagyQhxnW9iArm9QcSGLHnT8T+xQdoSgtuYKQPFr/0nXDZtVwHm1Ii17g366TtS1yyV/bHvyoKurvqt/Akire5milYlN8DI7t7z4MXbfKCzZ1u8OG+aW8g2IQ0cRa74V7KmPl2ROl5xWUFgw9JfKtlYGQhlVEzgLScF me@host',
    fingerprint: 'b3:5c:c0:fe:59:94:09:5a:9d:be:8c:f4:55:aa:3e:d1',
  },
} as const;

const material = (text: string) => Buffer.from(text).toString('base64');

test('key pairs have the fingerprints that AWS shows of imported keys', async () => {
  await using bench = await Ec2Bench.open();
  for (const [KeyName, { text, fingerprint }] of Object.entries(keys)) {
    const given = await bench.call('ImportKeyPair', { KeyName, PublicKeyMaterial: material(text) });
    assert.equal(given.KeyFingerprint, fingerprint);
    const { KeyPairs } = await bench.call('DescribeKeyPairs', { KeyNames: [KeyName], IncludePublicKey: 'true' });
    const [{ KeyType, KeyPairId, PublicKey }] = KeyPairs;
    assert.deepEqual([KeyType, KeyPairId], [KeyName, given.KeyPairId]);
    assert.ok(text.startsWith(PublicKey));
    assert.equal((await bench.call('DescribeKeyPairs', { KeyPairIds: [KeyPairId] })).KeyPairs[0].PublicKey, undefined);
  }
  const again = bench.call('ImportKeyPair', { KeyName: 'rsa', PublicKeyMaterial: material(keys.rsa.text) });
  await assert.rejects(again, { code: 'InvalidKeyPair.Duplicate', message: 'The keypair already exists' });
  assert.equal((await bench.call('DescribeKeyPairs', {})).KeyPairs.length, 2);
  await bench.call('DeleteKeyPair', { KeyName: 'rsa' });
  assert.deepEqual(await bench.call('DeleteKeyPair', { KeyName: 'rsa' }), { Return: true });
  const gone = bench.call('DescribeKeyPairs', { KeyNames: ['rsa'] });
  await assert.rejects(gone, { code: 'InvalidKeyPair.NotFound', message: "The key pair 'rsa' does not exist" });
});

test('what is no key in the form of OpenSSH is refused', async () => {
  await using bench = await Ec2Bench.open();
  const { publicKey } = generateKeyPairSync('ed25519');
  const [, blob = ''] = keys.ed25519.text.split(' ');
  const wrong = [
    '',
    'ssh-rsa',
    `ssh-rsa ${blob}`,
    `ssh-dss ${blob}`,
    `ssh-ed25519 ${blob.slice(0, -8)}`,
    `ssh-rsa ${Buffer.from('\0\0\0\x07ssh-rsa\0\0\0\x01\x03\0\0\0\x01\0', 'latin1').toString('base64')}x`,
    publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  ];
  for (const text of wrong) {
    const call = bench.call('ImportKeyPair', { KeyName: 'k', PublicKeyMaterial: material(text) });
    await assert.rejects(call, { code: 'InvalidKey.Format' }, text);
  }
});

test('placement groups have the strategy that is asked for, with what AWS takes where nothing is said', async () => {
  await using bench = await Ec2Bench.open();
  const create = async (GroupName: string, more: object) =>
    (await bench.call('CreatePlacementGroup', { GroupName, ...more })).PlacementGroup;
  const cluster = await create('cluster', { Strategy: 'cluster' });
  assert.deepEqual([cluster.Strategy, cluster.State, cluster.PartitionCount], ['cluster', 'available', undefined]);
  assert.equal(cluster.GroupArn, 'arn:aws:ec2:us-east-1:123456789012:placement-group/cluster');
  assert.equal((await create('parts', { Strategy: 'partition' })).PartitionCount, 2);
  assert.equal((await create('seven', { Strategy: 'partition', PartitionCount: '7' })).PartitionCount, 7);
  assert.equal((await create('spread', { Strategy: 'spread' })).SpreadLevel, 'rack');
  assert.equal((await create('hosts', { Strategy: 'spread', SpreadLevel: 'host' })).SpreadLevel, 'host');
  await assert.rejects(create('cluster', {}), { code: 'InvalidPlacementGroup.Duplicate' });
  await assert.rejects(create('x', { Strategy: 'cluster', PartitionCount: 2 }), { code: 'InvalidParameterValue' });
  await assert.rejects(create('x', { Strategy: 'partition', PartitionCount: 8 }), { code: 'InvalidParameterValue' });
  const { PlacementGroups } = await bench.call('DescribePlacementGroups', { GroupNames: ['cluster'] });
  assert.deepEqual(PlacementGroups, [cluster]);
  const byId = await bench.call('DescribePlacementGroups', { GroupIds: [cluster.GroupId] });
  assert.deepEqual(byId.PlacementGroups, [cluster]);
  const Filters = [{ Name: 'strategy', Values: ['partition'] }];
  assert.equal((await bench.call('DescribePlacementGroups', { Filters })).PlacementGroups.length, 2);
  await bench.call('DeletePlacementGroup', { GroupName: 'cluster' });
  const gone = bench.call('DeletePlacementGroup', { GroupName: 'cluster' });
  await assert.rejects(gone, {
    code: 'InvalidPlacementGroup.Unknown',
    message: "The Placement Group 'cluster' is unknown.",
  });
});

test('every kind of resource is tagged, told of its tags, and rid of them', async () => {
  await using bench = await Ec2Bench.open();
  const VpcId = await bench.vpc();
  const { Subnet } = await bench.call('CreateSubnet', { VpcId, CidrBlock: '10.0.0.0/24' });
  const { SecurityGroups } = await bench.call('DescribeSecurityGroups', {});
  const { NetworkAcls } = await bench.call('DescribeNetworkAcls', {});
  const { RouteTables } = await bench.call('DescribeRouteTables', {});
  const template = await bench.call('CreateLaunchTemplate', { LaunchTemplateName: 'lt-1', LaunchTemplateData: {} });
  const pair = await bench.call('ImportKeyPair', { KeyName: 'k', PublicKeyMaterial: material(keys.rsa.text) });
  const group = await bench.call('CreatePlacementGroup', { GroupName: 'g' });
  const Resources = [
    ...[VpcId, Subnet.SubnetId, SecurityGroups[0].GroupId, NetworkAcls[0].NetworkAclId, RouteTables[0].RouteTableId],
    ...[template.LaunchTemplate.LaunchTemplateId, pair.KeyPairId, group.PlacementGroup.GroupId],
  ];
  await bench.call('CreateTags', { Resources, Tags: [{ Key: 'a', Value: '1' }, { Key: 'b' }] });
  const all = (await bench.call('DescribeTags', {})).Tags;
  assert.equal(all.length, 16);
  assert.deepEqual([...new Set(all.map(({ ResourceType }: { ResourceType: string }) => ResourceType))].toSorted(), [
    'key-pair',
    'launch-template',
    'network-acl',
    'placement-group',
    'route-table',
    'security-group',
    'subnet',
    'vpc',
  ]);
  const Filters = [
    { Name: 'resource-type', Values: ['vpc'] },
    { Name: 'key', Values: ['a'] },
  ];
  const found = await bench.call('DescribeTags', { Filters });
  assert.deepEqual(found.Tags, [{ ResourceId: VpcId, ResourceType: 'vpc', Key: 'a', Value: '1' }]);
  await bench.call('DeleteTags', { Resources, Tags: [{ Key: 'a', Value: 'other' }, { Key: 'b' }] });
  assert.equal((await bench.call('DescribeTags', {})).Tags.length, 8);
  assert.deepEqual((await bench.call('DescribeVpcs', {})).Vpcs[0].Tags, [{ Key: 'a', Value: '1' }]);
  await bench.call('DeleteTags', { Resources });
  assert.deepEqual((await bench.call('DescribeTags', {})).Tags, []);
});

test('tags that AWS does not take, and resources that are not there, are refused whole', async () => {
  await using bench = await Ec2Bench.open();
  const VpcId = await bench.vpc();
  const tag = (Resources: string[], ...Tags: object[]) => bench.call('CreateTags', { Resources, Tags });
  await assert.rejects(tag([VpcId], { Key: 'aws:x', Value: '' }), { code: 'InvalidParameterValue' });
  await assert.rejects(tag([VpcId], { Key: 'x'.repeat(128) }), { code: 'InvalidParameterValue' });
  await assert.rejects(tag([VpcId], { Value: 'x' }), { code: 'MissingParameter' });
  await assert.rejects(tag([VpcId, 'vpc-0'], { Key: 'a' }), { code: 'InvalidVpcID.NotFound' });
  await assert.rejects(tag([VpcId, 'x'], { Key: 'a' }), { code: 'InvalidID', message: "The ID 'x' is not valid" });
  const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}` }));
  await assert.rejects(tag([VpcId], ...many), { code: 'TagLimitExceeded' });
  assert.deepEqual((await bench.call('DescribeTags', {})).Tags, []);
  const TagSpecifications = [{ ResourceType: 'subnet', Tags: [{ Key: 'a' }] }];
  await assert.rejects(bench.call('CreateVpc', { CidrBlock: '10.0.0.0/16', TagSpecifications }), {
    code: 'InvalidParameterValue',
    message: "'subnet' is not a valid taggable resource type for this operation.",
  });
});
