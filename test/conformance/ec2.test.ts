import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreatePlacementGroupCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteKeyPairCommand,
  DeleteLaunchTemplateCommand,
  DeletePlacementGroupCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeInstanceTopologyCommand,
  DescribeInstanceTypesCommand,
  DescribeKeyPairsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribePlacementGroupsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  EC2Client,
  ImportKeyPairCommand,
  ModifyLaunchTemplateCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  paginateDescribeInstanceTypes,
  type RequestLaunchTemplateData,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import { ServerProcess } from '../support/server-process.ts';
import { awsCli, batchyard, runCommand } from './command.ts';
import { account, refusalOf, wholeFile } from './yard.ts';

const server = await ServerProcess.start(wholeFile, ['--log-level', 'warn', '--engine', 'mock']);
const { accessKeyId, secretAccessKey } = server.credentials;
const client = () =>
  new EC2Client({ endpoint: server.url, credentials: { accessKeyId, secretAccessKey }, region: 'us-east-1' });
const ec2 = client();
after(() => ec2.destroy());

const some = (id: string | undefined): string => id ?? assert.fail('it has an id');

/** As the provider asks for a VPC: each attribute by itself, and what came with it by filters. */
async function readVpc(VpcId: string) {
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }];
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] }));
  const attribute = async (Attribute: 'enableDnsSupport' | 'enableDnsHostnames') => {
    const answer = await ec2.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }));
    return (Attribute === 'enableDnsSupport' ? answer.EnableDnsSupport : answer.EnableDnsHostnames)?.Value;
  };
  const byDefault = [...Filters, { Name: 'default', Values: ['true'] }];
  const { NetworkAcls } = await ec2.send(new DescribeNetworkAclsCommand({ Filters: byDefault }));
  const main = [...Filters, { Name: 'association.main', Values: ['true'] }];
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters: main }));
  const named = [...Filters, { Name: 'group-name', Values: ['default'] }];
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: named }));
  return {
    vpc: Vpcs?.[0],
    support: await attribute('enableDnsSupport'),
    hostnames: await attribute('enableDnsHostnames'),
    found: [NetworkAcls, RouteTables, SecurityGroups].map((list) => list?.length),
  };
}

test('the calls that Terraform makes of a network are answered with what was given, in its order', async () => {
  const Tags = [{ Key: 'Name', Value: 'main & <co>' }];
  const TagSpecifications = [{ ResourceType: 'vpc' as const, Tags }];
  const created = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16', TagSpecifications }));
  const VpcId = some(created.Vpc?.VpcId);
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const read = await readVpc(VpcId);
  assert.deepEqual([read.support, read.hostnames, read.found], [true, true, [1, 1, 1]]);
  assert.deepEqual(read.vpc?.Tags, Tags);
  const subnet = await ec2.send(
    new CreateSubnetCommand({ VpcId, CidrBlock: '10.7.1.0/24', AvailabilityZone: 'us-east-1b' }),
  );
  const SubnetId = some(subnet.Subnet?.SubnetId);
  await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }));
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }));
  assert.deepEqual([Subnets?.[0]?.MapPublicIpOnLaunch, Subnets?.[0]?.AvailableIpAddressCount], [true, 251]);
  const group = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'batch', Description: 'Managed by Terraform', VpcId }),
  );
  const GroupId = some(group.GroupId);
  const everywhere = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [everywhere] }));
  const toAll = { ...everywhere, Ipv6Ranges: [{ CidrIpv6: '::/0' }] };
  const revoked = ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [toAll] }));
  assert.equal((await refusalOf(revoked)).name, 'InvalidPermission.NotFound');
  await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [toAll] }));
  const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'ssh' }] };
  const self = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] };
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh, self] }));
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }));
  const empty = { IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] };
  assert.deepEqual(SecurityGroups?.[0]?.IpPermissions, [
    { ...empty, ...ssh },
    { ...empty, IpProtocol: '-1', UserIdGroupPairs: [{ GroupId, UserId: account }] },
  ]);
  assert.deepEqual(SecurityGroups?.[0]?.IpPermissionsEgress, [{ ...empty, ...toAll }]);
  await ec2.send(new CreateTagsCommand({ Resources: [GroupId], Tags: [{ Key: 'a', Value: '1' }] }));
  await ec2.send(new DeleteTagsCommand({ Resources: [VpcId], Tags }));
  assert.deepEqual((await readVpc(VpcId)).vpc?.Tags, []);
  const attached = { Filters: [{ Name: 'subnet-id', Values: [SubnetId] }] };
  assert.deepEqual((await ec2.send(new DescribeNetworkInterfacesCommand(attached))).NetworkInterfaces, []);
  assert.equal((await refusalOf(ec2.send(new DeleteVpcCommand({ VpcId })))).name, 'DependencyViolation');
  await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  await ec2.send(new DeleteSubnetCommand({ SubnetId }));
  await ec2.send(new DeleteVpcCommand({ VpcId }));
  const gone = await refusalOf(ec2.send(new DescribeVpcsCommand({ VpcIds: [VpcId] })));
  assert.deepEqual([gone.name, gone.status], ['InvalidVpcID.NotFound', 400]);
});

/** Something of every member that a template has. */
const LaunchTemplateData: RequestLaunchTemplateData = {
  ...{ ImageId: 'ami-1', InstanceType: 'c5.large', KeyName: 'k', EbsOptimized: false, UserData: 'IyEvYmluL3NoCg==' },
  ...{ KernelId: 'aki-1', RamDiskId: 'ari-1', DisableApiStop: true, DisableApiTermination: false },
  ...{ InstanceInitiatedShutdownBehavior: 'terminate', SecurityGroupIds: ['sg-1'], SecurityGroups: ['one', 'two'] },
  IamInstanceProfile: { Name: 'ecsInstanceRole' },
  BlockDeviceMappings: [
    { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 100, VolumeType: 'gp3', Iops: 3000, Encrypted: true } },
    { DeviceName: '/dev/xvdb', NoDevice: '' },
  ],
  NetworkInterfaces: [
    {
      ...{ DeviceIndex: 0, NetworkCardIndex: 1, InterfaceType: 'efa', AssociatePublicIpAddress: false },
      ...{ Groups: ['sg-1', 'sg-2'], SubnetId: 'subnet-1', PrivateIpAddress: '10.0.0.9' },
      PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: '10.0.0.9' }],
      Ipv6Addresses: [{ Ipv6Address: '2600::1' }],
      Ipv4Prefixes: [{ Ipv4Prefix: '10.0.0.0/28' }],
      EnaSrdSpecification: { EnaSrdEnabled: true, EnaSrdUdpSpecification: { EnaSrdUdpEnabled: false } },
      ConnectionTrackingSpecification: { UdpTimeout: 30 },
    },
  ],
  Monitoring: { Enabled: true },
  Placement: { GroupName: 'g', Tenancy: 'dedicated', PartitionNumber: 2 },
  TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'batch' }] }],
  ElasticGpuSpecifications: [{ Type: 'eg1.medium' }],
  ElasticInferenceAccelerators: [{ Type: 'eia1.medium', Count: 1 }],
  InstanceMarketOptions: {
    MarketType: 'spot',
    SpotOptions: { MaxPrice: '0.05', SpotInstanceType: 'one-time', ValidUntil: new Date('2030-01-02T03:04:05Z') },
  },
  CreditSpecification: { CpuCredits: 'unlimited' },
  CpuOptions: { CoreCount: 2, ThreadsPerCore: 1, AmdSevSnp: 'disabled' },
  CapacityReservationSpecification: {
    CapacityReservationPreference: 'open',
    CapacityReservationTarget: { CapacityReservationId: 'cr-1' },
  },
  LicenseSpecifications: [
    { LicenseConfigurationArn: 'arn:aws:license-manager:us-east-1:123456789012:license-configuration:l' },
  ],
  HibernationOptions: { Configured: false },
  MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2, InstanceMetadataTags: 'enabled' },
  EnclaveOptions: { Enabled: false },
  PrivateDnsNameOptions: { HostnameType: 'resource-name', EnableResourceNameDnsARecord: true },
  MaintenanceOptions: { AutoRecovery: 'disabled' },
  NetworkPerformanceOptions: { BandwidthWeighting: 'vpc-1' },
};

const InstanceRequirements: RequestLaunchTemplateData['InstanceRequirements'] = {
  ...{ VCpuCount: { Min: 2, Max: 8 }, MemoryMiB: { Min: 4096 }, MemoryGiBPerVCpu: { Min: 1.5 } },
  ...{ CpuManufacturers: ['intel', 'amd'], InstanceGenerations: ['current'], AllowedInstanceTypes: ['c5.*'] },
  ...{ BareMetal: 'excluded', BurstablePerformance: 'included', RequireHibernateSupport: false },
  ...{ LocalStorage: 'required', LocalStorageTypes: ['ssd'], TotalLocalStorageGB: { Max: 12.5 } },
  ...{ AcceleratorTypes: ['gpu'], AcceleratorNames: ['a100'], AcceleratorManufacturers: ['nvidia'] },
  ...{ AcceleratorCount: { Min: 1, Max: 2 }, NetworkInterfaceCount: { Min: 1 }, NetworkBandwidthGbps: { Min: 10.5 } },
  SpotMaxPricePercentageOverLowestPrice: 20,
  BaselinePerformanceFactors: { Cpu: { References: [{ InstanceFamily: 'c6i' }] } },
};

test('everything that a launch template says is read back as it was given', async () => {
  const LaunchTemplateName = 'whole';
  const given = { LaunchTemplateName, LaunchTemplateData, VersionDescription: 'first' };
  const { LaunchTemplate } = await ec2.send(new CreateLaunchTemplateCommand(given));
  const LaunchTemplateId = some(LaunchTemplate?.LaunchTemplateId);
  const read = async (Version: string) => {
    const input = { LaunchTemplateId, Versions: [Version] };
    const { LaunchTemplateVersions } = await ec2.send(new DescribeLaunchTemplateVersionsCommand(input));
    return LaunchTemplateVersions?.[0];
  };
  assert.deepEqual((await read('$Latest'))?.LaunchTemplateData, LaunchTemplateData);
  const second = { LaunchTemplateId, LaunchTemplateData: { InstanceRequirements } };
  await ec2.send(new CreateLaunchTemplateVersionCommand(second));
  await ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId, DefaultVersion: '2' }));
  assert.deepEqual((await read('$Default'))?.LaunchTemplateData, { InstanceRequirements });
  const { LaunchTemplates } = await ec2.send(
    new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [LaunchTemplateId] }),
  );
  assert.deepEqual([LaunchTemplates?.[0]?.DefaultVersionNumber, LaunchTemplates?.[0]?.LatestVersionNumber], [2, 2]);
  await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId }));
  const gone = await refusalOf(ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [LaunchTemplateId] })));
  assert.equal(gone.name, 'InvalidLaunchTemplateId.NotFound');
});

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g me@host';

test('key pairs and placement groups are made, described and deleted', async () => {
  const PublicKeyMaterial = Buffer.from(publicKey);
  const imported = await ec2.send(new ImportKeyPairCommand({ KeyName: 'deployer', PublicKeyMaterial }));
  const { KeyPairs } = await ec2.send(new DescribeKeyPairsCommand({ KeyNames: ['deployer'], IncludePublicKey: true }));
  assert.deepEqual([KeyPairs?.[0]?.KeyFingerprint, KeyPairs?.[0]?.KeyType], [imported.KeyFingerprint, 'ed25519']);
  assert.ok(publicKey.startsWith(KeyPairs?.[0]?.PublicKey ?? '-'));
  await ec2.send(new DeleteKeyPairCommand({ KeyName: 'deployer' }));
  const pairs = await refusalOf(ec2.send(new DescribeKeyPairsCommand({ KeyNames: ['deployer'] })));
  assert.equal(pairs.name, 'InvalidKeyPair.NotFound');
  await ec2.send(new CreatePlacementGroupCommand({ GroupName: 'parts', Strategy: 'partition', PartitionCount: 3 }));
  const { PlacementGroups } = await ec2.send(new DescribePlacementGroupsCommand({ GroupNames: ['parts'] }));
  assert.deepEqual([PlacementGroups?.[0]?.State, PlacementGroups?.[0]?.PartitionCount], ['available', 3]);
  await ec2.send(new DeletePlacementGroupCommand({ GroupName: 'parts' }));
  const groups = await refusalOf(ec2.send(new DescribePlacementGroupsCommand({ GroupNames: ['parts'] })));
  assert.equal(groups.name, 'InvalidPlacementGroup.Unknown');
});

test('what EC2 has beside that is not built, and says so', async () => {
  const refusal = await refusalOf(ec2.send(new DescribeInstanceTopologyCommand({})));
  assert.deepEqual([refusal.name, refusal.status], ['UnsupportedOperation', 400]);
  assert.match(refusal.message, /is not supported by this version of Batchyard/);
});

test('the SDK reads instance types, page by page and by name', async () => {
  const Filters = [
    { Name: 'processor-info.supported-architecture', Values: ['arm64'] },
    { Name: 'instance-type', Values: ['c?g.*'] },
  ];
  const names: (string | undefined)[] = [];
  const pages = paginateDescribeInstanceTypes({ client: ec2, pageSize: 5 }, { Filters });
  for await (const { InstanceTypes = [] } of pages) names.push(...InstanceTypes.map((type) => type.InstanceType));
  assert.ok(names.includes('c7g.large') && names.every((name) => /^c\dg\./.test(name ?? '')), names.join());
  const InstanceTypes = ['p5.48xlarge' as const];
  const [p5] = (await ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes }))).InstanceTypes ?? [];
  assert.deepEqual(p5?.GpuInfo, {
    Gpus: [{ Name: 'H100', Manufacturer: 'NVIDIA', Count: 8, MemoryInfo: { SizeInMiB: 81_920 } }],
    TotalGpuMemoryInMiB: 655_360,
  });
  assert.deepEqual([p5?.VCpuInfo?.DefaultVCpus, p5?.MemoryInfo?.SizeInMiB], [192, 2_097_152]);
});

test(
  'the aws CLI makes a network and lists instance types by the variables of batchyard env',
  awsCli.needed,
  async () => {
    const { port } = new URL(server.url);
    const exports = await runCommand(batchyard, ['env', '--data', server.dataDirectory, '--port', port]);
    const aws = async (...words: readonly string[]) => {
      const env = { EXPORTS: exports.stdout, AWS_PAGER: '' };
      const script = 'eval "$EXPORTS" && exec "$0" "$@"';
      const all = ['-c', script, awsCli.file, 'ec2', ...words, '--output', 'json'];
      const { exit, stdout, stderr } = await runCommand('/bin/sh', all, { env });
      assert.equal(exit, 0, stderr);
      return stdout === '' ? undefined : JSON.parse(stdout);
    };
    const { Vpc } = await aws('create-vpc', '--cidr-block', '10.8.0.0/16');
    const { Subnet } = await aws('create-subnet', '--vpc-id', Vpc.VpcId, '--cidr-block', '10.8.0.0/24');
    const { Subnets } = await aws('describe-subnets', '--filters', `Name=vpc-id,Values=${Vpc.VpcId}`);
    assert.deepEqual(Subnets, [Subnet]);
    const efa = ['--filters', 'Name=network-info.efa-supported,Values=true', 'Name=instance-type,Values=c5n.*'];
    const { InstanceTypes } = await aws('describe-instance-types', ...efa, '--page-size', '5');
    const withEfa = InstanceTypes.map((type: { InstanceType: string }) => type.InstanceType);
    assert.deepEqual(withEfa, ['c5n.18xlarge', 'c5n.9xlarge', 'c5n.metal']);
    await aws('delete-subnet', '--subnet-id', Subnet.SubnetId);
    await aws('delete-vpc', '--vpc-id', Vpc.VpcId);
  },
);
