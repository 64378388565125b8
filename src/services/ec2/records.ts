import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';

/** An IPv6 range of a VPC or a subnet. */
export interface Ipv6Association {
  readonly id: string;
  readonly cidr: string;
}

/** What VPCs can be told to do. */
export const vpcAttributes = ['EnableDnsHostnames', 'EnableDnsSupport', 'EnableNetworkAddressUsageMetrics'] as const;
export type VpcAttribute = (typeof vpcAttributes)[number];

/** A virtual private cloud: what was asked for, and the ids of what comes with it. Nothing runs in it. */
export interface VpcRecord extends Scope {
  readonly id: string;
  readonly cidr: string;
  readonly tenancy: string;
  readonly attributes: Readonly<Record<VpcAttribute, boolean>>;
  /** Of its IPv4 range. */
  readonly associationId: string;
  readonly ipv6: readonly Ipv6Association[];
  readonly dhcpOptionsId: string;
  readonly networkAclId: string;
  readonly routeTableId: string;
  readonly routeAssociationId: string;
}

export const vpcRecords = defineRecord({
  type: 'ec2Vpc',
  key: ({ id }: VpcRecord) => id,
  indexes: {
    id: { order: ({ id }) => id },
    networkAcl: { value: ({ networkAclId }) => networkAclId },
    routeTable: { value: ({ routeTableId }) => routeTableId },
  },
});

export interface SubnetRecord extends Scope {
  readonly id: string;
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: string;
  readonly ipv6: readonly Ipv6Association[];
  readonly aclAssociationId: string;
  /** Set by ModifySubnetAttribute, by the names that DescribeSubnets has. */
  readonly attributes: SubnetAttributes;
}

export interface SubnetAttributes {
  readonly MapPublicIpOnLaunch: boolean;
  readonly AssignIpv6AddressOnCreation: boolean;
  readonly EnableDns64: boolean;
  readonly HostnameType: string;
  readonly EnableResourceNameDnsARecord: boolean;
  readonly EnableResourceNameDnsAAAARecord: boolean;
}

export const subnetRecords = defineRecord({
  type: 'ec2Subnet',
  key: ({ id }: SubnetRecord) => id,
  indexes: {
    id: { order: ({ id }) => id },
    vpc: { value: ({ vpcId }) => vpcId, order: ({ id }) => id },
    association: { value: ({ ipv6 }) => ipv6[0]?.id },
  },
});

/** One rule: from or to one range or group. */
export interface RuleRecord {
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly peer:
    | { readonly kind: 'ipv4'; readonly of: string }
    | { readonly kind: 'ipv6'; readonly of: string }
    | { readonly kind: 'group'; readonly of: string; readonly owner: string };
  readonly description?: string;
}

export interface SecurityGroupRecord extends Scope {
  readonly id: string;
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  readonly ingress: readonly RuleRecord[];
  readonly egress: readonly RuleRecord[];
}

export const securityGroupRecords = defineRecord({
  type: 'ec2SecurityGroup',
  key: ({ id }: SecurityGroupRecord) => id,
  indexes: {
    id: { order: ({ id }) => id },
    vpc: { value: ({ vpcId }) => vpcId, order: ({ id }) => id },
    name: { value: ({ vpcId, name }) => `${vpcId} ${name}` },
  },
});

export interface LaunchTemplateRecord extends Scope {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: EpochMilliseconds;
  readonly defaultVersion: number;
  readonly latestVersion: number;
  /** Of the call that made it: the same one again makes no other. */
  readonly clientToken?: string;
}

export const launchTemplateRecords = defineRecord({
  type: 'ec2LaunchTemplate',
  key: ({ id }: LaunchTemplateRecord) => id,
  indexes: { id: { order: ({ id }) => id }, name: { value: ({ name }) => name } },
});

export interface LaunchTemplateVersionRecord extends Scope {
  readonly templateId: string;
  readonly version: number;
  readonly description?: string;
  readonly createdBy: string;
  readonly createdAt: EpochMilliseconds;
  /** As given, by the API's names. */
  readonly data: Readonly<Record<string, unknown>>;
  /** As of its template. */
  readonly clientToken?: string;
}

export const launchTemplateVersionRecords = defineRecord({
  type: 'ec2LaunchTemplateVersion',
  key: ({ templateId, version }: LaunchTemplateVersionRecord) => versionKey(templateId, version),
  indexes: { template: { value: ({ templateId }) => templateId, order: ({ version }) => versionOrder(version) } },
});

export function versionKey(templateId: string, version: number): string {
  return `${templateId} ${version}`;
}

/** Versions in their order, as text. */
export function versionOrder(version: number): string {
  return String(version).padStart(10, '0');
}

export interface KeyPairRecord extends Scope {
  readonly id: string;
  readonly name: string;
  readonly type: 'rsa' | 'ed25519';
  readonly fingerprint: string;
  /** In OpenSSH's form, without comment. */
  readonly publicKey: string;
  readonly createdAt: EpochMilliseconds;
}

export const keyPairRecords = defineRecord({
  type: 'ec2KeyPair',
  key: ({ name }: KeyPairRecord) => name,
  indexes: { id: { value: ({ id }) => id }, name: { order: ({ name }) => name } },
});

export interface PlacementGroupRecord extends Scope {
  readonly id: string;
  readonly name: string;
  readonly strategy: string;
  readonly partitionCount?: number;
  readonly spreadLevel?: string;
}

export const placementGroupRecords = defineRecord({
  type: 'ec2PlacementGroup',
  key: ({ name }: PlacementGroupRecord) => name,
  indexes: { id: { value: ({ id }) => id }, name: { order: ({ name }) => name } },
});

/** The tags of one resource, whatever it is: there is a record where there are tags. */
export interface ResourceTagsRecord extends Scope {
  readonly id: string;
  readonly tags: Tags;
}

export const resourceTagsRecords = defineRecord({
  type: 'ec2Tags',
  key: ({ id }: ResourceTagsRecord) => id,
  indexes: { id: { order: ({ id }) => id } },
});

/** Every type of record that EC2 keeps. */
export const ec2Records = [
  vpcRecords,
  subnetRecords,
  securityGroupRecords,
  launchTemplateRecords,
  launchTemplateVersionRecords,
  keyPairRecords,
  placementGroupRecords,
  resourceTagsRecords,
];
