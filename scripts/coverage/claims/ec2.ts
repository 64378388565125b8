import type { Ec2OperationName } from '../../../src/services/ec2/index.ts';
import type { UnbuiltName } from '../../../src/services/ec2/unbuilt-operations.ts';
import { unbuiltOperations } from '../../../src/services/ec2/unbuilt-operations.ts';
import type { Claim, ServiceClaims } from '../claims.ts';

/** What is kept and shown has no other effect: nothing runs in a network of EC2 here. */
const network = {
  stored: 'the calls that Terraform makes of a network are answered with what was given, in its order',
};
const vpcs = { stored: 'a VPC comes with its security group, network ACL and route table, and goes with them' };
const attributes = { stored: 'attributes of a VPC are set one at a time and read back one at a time' };
const tenancy = { stored: 'tenancy only comes back to default', but: 'as on AWS' };
const ipv6 = {
  stored: 'an IPv6 range of Amazon comes and goes, unless a subnet has of it',
  but: 'no other range can be added',
};
const subnets = { stored: 'a subnet has a range of its VPC that no other has, and a zone of the region' };
const subnetAttributes = { stored: 'attributes of a subnet are set one at a time, and shown' };
const filters = {
  supported: 'subnets are found by filters of every kind, with wildcards, and an unknown filter is refused',
};
const pages = { supported: 'lists come in pages whose tokens hold while others come and go' };
const dryRun = { supported: 'a dry run changes nothing and says that it would have' };
const rules = { stored: 'rules come and go in each direction, and are shown by protocol and ports' };
const noLists = {
  refused: "InvalidPrefixListID.NotFound: The prefix list ID '…' does not exist",
};
const groups = { stored: 'a new group lets everything out and nothing in' };
const keptGroup = { supported: 'a group that another one names stays, and so does the default one' };
const noDefaultVpc = {
  refused: "InvalidGroup.NotFound: The security group '…' does not exist in default VPC",
};
const template = { stored: 'a template is made once, listed, described and deleted' };
const templateData = { stored: 'everything that a launch template says is read back as it was given' };
const versions = { stored: 'versions are numbered, inherit what they do not say, and one of them is the default' };
const pairs = { stored: 'key pairs have the fingerprints that AWS shows of imported keys' };
const placement = {
  stored: 'placement groups have the strategy that is asked for, with what AWS takes where nothing is said',
};
const tags = { supported: 'every kind of resource is tagged, told of its tags, and rid of them' };
const zones = { supported: 'zones and what an account may are those of the region' };
const types = {
  supported: 'instance types are those of the catalogue, with what it says of them',
  but: 'no storage, no bandwidth',
};
const typeFilters = {
  supported: 'instance types are found by filters, and one that the catalogue cannot answer is refused',
  but: 'those of fourteen members',
};
const typePages = { supported: 'instance types come in pages of five to a hundred, unless a call names them' };
const instances = {
  supported:
    'an instance of a compute environment is shown with what it was launched with, each in a reservation of its own',
  but: 'no addresses and disks, and nothing of one that is gone',
};
const status = {
  supported: 'the status of instances is told of those that run, and of all where all are asked for',
};
const instanceFilters = {
  supported: 'instances are found by filters, also by their tags, and one that is not known is refused',
  but: 'those of 22 members, and of tags',
};
const instancePages = { supported: 'instances come in pages, and a call that names some has one' };
const instanceIds = { supported: 'ids that no instance has are refused in the words of AWS' };
const attribute = {
  supported: 'an attribute of an instance is told by itself, its user data in base64',
  but: 'of what no instance has here nothing is told',
};
const unknown = { refused: 'UnknownParameter: The parameter … is not recognized' };

/** Fields that no call here takes. */
function without<Field extends string>(...fields: readonly Field[]): { readonly [Name in Field]: Claim } {
  return Object.fromEntries(fields.map((field) => [field, unknown])) as { readonly [Name in Field]: Claim };
}

const listed = { Filters: filters, MaxResults: pages, NextToken: pages, DryRun: dryRun };
const ipam = ['Ipv4IpamPoolId', 'Ipv4NetmaskLength', 'Ipv6IpamPoolId', 'Ipv6NetmaskLength'] as const;
const oldRules = [
  ...(['CidrIp', 'FromPort', 'IpProtocol', 'SourceSecurityGroupName', 'SourceSecurityGroupOwnerId', 'ToPort'] as const),
  'IpPermissions[].UserIdGroupPairs[].GroupName',
  'IpPermissions[].UserIdGroupPairs[].PeeringStatus',
  'IpPermissions[].UserIdGroupPairs[].VpcPeeringConnectionId',
] as const;
const templateMembers = [
  'LaunchTemplateData.CpuOptions.NestedVirtualization',
  'LaunchTemplateData.Monitoring.MetricCategoryIds',
  'LaunchTemplateData.Operator',
  'LaunchTemplateData.SecondaryInterfaces',
] as const;

export const ec2Claims = {
  ...(Object.fromEntries(Object.keys(unbuiltOperations).map((name) => [name, 'unbuilt'])) as {
    readonly [Name in UnbuiltName]: 'unbuilt';
  }),
  AssociateSubnetCidrBlock: { '*': subnetAttributes, ...without('Ipv6IpamPoolId', 'Ipv6NetmaskLength') },
  AssociateVpcCidrBlock: {
    '*': ipv6,
    ...without('CidrBlock', 'Ipv6CidrBlock', 'Ipv6CidrBlockNetworkBorderGroup', 'Ipv6Pool', ...ipam),
  },
  AuthorizeSecurityGroupEgress: {
    ...{ '*': rules, 'IpPermissions[].PrefixListIds': noLists, DryRun: dryRun },
    ...without('TagSpecifications', ...oldRules),
  },
  AuthorizeSecurityGroupIngress: {
    ...{ '*': rules, 'IpPermissions[].PrefixListIds': noLists, DryRun: dryRun },
    ...without('GroupName', 'TagSpecifications', ...oldRules),
  },
  CreateLaunchTemplate: {
    ...{ '*': template, LaunchTemplateData: templateData, TagSpecifications: tags, DryRun: dryRun },
    ...without('Operator', ...templateMembers),
  },
  CreateLaunchTemplateVersion: {
    ...{ '*': versions, LaunchTemplateData: templateData, DryRun: dryRun },
    ...without('ResolveAlias', ...templateMembers),
  },
  CreatePlacementGroup: {
    ...{ '*': placement, TagSpecifications: tags, DryRun: dryRun },
    ...without('LinkedGroupId', 'Operator', 'ParentGroupId'),
  },
  CreateSecurityGroup: { '*': groups, TagSpecifications: tags, DryRun: dryRun },
  CreateSubnet: {
    ...{ '*': subnets, Ipv6CidrBlock: ipv6, TagSpecifications: filters, DryRun: dryRun },
    ...without('OutpostArn', 'Ipv6Native', ...ipam),
  },
  CreateTags: { '*': tags, DryRun: dryRun },
  CreateVpc: {
    ...{ '*': vpcs, InstanceTenancy: tenancy, AmazonProvidedIpv6CidrBlock: ipv6, DryRun: dryRun },
    ...without('Ipv6CidrBlock', 'Ipv6CidrBlockNetworkBorderGroup', 'Ipv6Pool', 'VpcEncryptionControl', ...ipam),
  },
  DeleteKeyPair: { '*': pairs, DryRun: dryRun },
  DeleteLaunchTemplate: { '*': template, DryRun: dryRun },
  DeletePlacementGroup: { '*': placement, DryRun: dryRun },
  DeleteSecurityGroup: { '*': keptGroup, DryRun: dryRun, ...without('GroupName') },
  DeleteSubnet: { '*': subnets, DryRun: dryRun },
  DeleteTags: { '*': tags, DryRun: dryRun },
  DeleteVpc: { '*': vpcs, DryRun: dryRun },
  DescribeAccountAttributes: { '*': zones, DryRun: dryRun },
  DescribeAvailabilityZones: {
    '*': zones,
    AllAvailabilityZones: { ...zones, but: 'there are no others' },
    DryRun: dryRun,
  },
  DescribeInstanceAttribute: { '*': attribute, DryRun: dryRun },
  DescribeInstances: {
    '*': instances,
    ...listed,
    ...{ InstanceIds: instanceIds, Filters: instanceFilters, MaxResults: instancePages, NextToken: instancePages },
    IncludeManagedResources: { ignored: 'none is hidden' },
  },
  DescribeInstanceStatus: {
    '*': status,
    ...{ MaxResults: status, NextToken: status, DryRun: dryRun },
    IncludeManagedResources: { ignored: 'none is hidden' },
  },
  DescribeInstanceTypes: { '*': types, InstanceTypes: types, ...listed, Filters: typeFilters, MaxResults: typePages },
  DescribeKeyPairs: { '*': pairs, Filters: filters, DryRun: dryRun },
  DescribeLaunchTemplates: { '*': template, ...listed, ...without('IncludeManagedResources') },
  DescribeLaunchTemplateVersions: {
    ...{ '*': versions, ...listed },
    ...without('IncludeManagedResources', 'ResolveAlias'),
  },
  DescribeNetworkAcls: { '*': vpcs, ...listed },
  DescribeNetworkInterfaces: {
    ...{ '*': { ...network, but: 'there are none' }, ...without('IncludeManagedResources') },
  },
  DescribePlacementGroups: { '*': placement, DryRun: dryRun },
  DescribeRouteTables: { '*': vpcs, ...listed },
  DescribeSecurityGroups: { '*': groups, ...listed, GroupNames: noDefaultVpc },
  DescribeSubnets: { '*': subnets, ...listed },
  DescribeTags: { '*': tags, ...listed, Filters: tags },
  DescribeVpcAttribute: { '*': attributes, DryRun: dryRun },
  DescribeVpcs: { '*': vpcs, ...listed },
  DisassociateSubnetCidrBlock: { '*': subnetAttributes },
  DisassociateVpcCidrBlock: { '*': ipv6 },
  ImportKeyPair: { '*': pairs, TagSpecifications: tags, DryRun: dryRun },
  ModifyLaunchTemplate: { '*': versions, DryRun: dryRun },
  ModifySubnetAttribute: {
    '*': subnetAttributes,
    ...without(
      ...(['CustomerOwnedIpv4Pool', 'DisableLniAtDeviceIndex', 'EnableLniAtDeviceIndex'] as const),
      'MapCustomerOwnedIpOnLaunch',
    ),
  },
  ModifyVpcAttribute: { '*': attributes },
  ModifyVpcTenancy: { '*': tenancy, DryRun: dryRun },
  RevokeSecurityGroupEgress: {
    ...{ '*': rules, 'IpPermissions[].PrefixListIds': noLists, DryRun: dryRun },
    ...without('SecurityGroupRuleIds', ...oldRules),
  },
  RevokeSecurityGroupIngress: {
    ...{ '*': rules, 'IpPermissions[].PrefixListIds': noLists, DryRun: dryRun },
    ...without('GroupName', 'SecurityGroupRuleIds', ...oldRules),
  },
} satisfies ServiceClaims<Ec2OperationName>;
