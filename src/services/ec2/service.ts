import type { CommandNames, ServiceDefinition } from '../../core/operation.ts';
import { createVpc } from './operations/create-vpc.ts';
import { deleteKeyPair, describeKeyPairs, importKeyPair } from './operations/key-pairs.ts';
import { createLaunchTemplateVersion, describeLaunchTemplateVersions } from './operations/launch-template-versions.ts';
import {
  createLaunchTemplate,
  deleteLaunchTemplate,
  describeLaunchTemplates,
  modifyLaunchTemplate,
} from './operations/launch-templates.ts';
import { describeNetworkAcls, describeNetworkInterfaces, describeRouteTables } from './operations/network-reads.ts';
import { createPlacementGroup, deletePlacementGroup, describePlacementGroups } from './operations/placement-groups.ts';
import { describeAccountAttributes, describeAvailabilityZones } from './operations/regional-reads.ts';
import {
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  revokeSecurityGroupEgress,
  revokeSecurityGroupIngress,
} from './operations/security-group-rules.ts';
import { createSecurityGroup, deleteSecurityGroup, describeSecurityGroups } from './operations/security-groups.ts';
import {
  associateSubnetCidrBlock,
  disassociateSubnetCidrBlock,
  modifySubnetAttribute,
} from './operations/subnet-attributes.ts';
import { createSubnet, deleteSubnet, describeSubnets } from './operations/subnets.ts';
import { createTags, deleteTags, describeTags } from './operations/tags.ts';
import { associateVpcCidrBlock, disassociateVpcCidrBlock } from './operations/vpc-cidr-blocks.ts';
import {
  deleteVpc,
  describeVpcAttribute,
  describeVpcs,
  modifyVpcAttribute,
  modifyVpcTenancy,
} from './operations/vpcs.ts';
import type { Ec2Options } from './runtime.ts';
import { unbuiltOperations } from './unbuilt-operations.ts';
import { wireNames } from './wire-names.ts';

export type Ec2OperationName = CommandNames<typeof import('@aws-sdk/client-ec2')>;

/** Amazon EC2, as far as what is named in compute environments can be made: stored and shown, nothing runs in it. */
export function createEc2(runtime: Ec2Options): ServiceDefinition<Ec2OperationName> {
  return {
    name: 'ec2',
    apiVersion: '2016-11-15',
    protocol: { kind: 'ec2Query', xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/', names: wireNames },
    errors: {
      validation: 'InvalidParameterValue',
      internal: 'InternalError',
      parameters: { missing: 'MissingParameter', unrecognized: 'UnknownParameter' },
    },
    operations: {
      ...unbuiltOperations,
      AssociateSubnetCidrBlock: associateSubnetCidrBlock(runtime),
      AssociateVpcCidrBlock: associateVpcCidrBlock(runtime),
      AuthorizeSecurityGroupEgress: authorizeSecurityGroupEgress(runtime),
      AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress(runtime),
      CreateLaunchTemplate: createLaunchTemplate(runtime),
      CreateLaunchTemplateVersion: createLaunchTemplateVersion(runtime),
      CreatePlacementGroup: createPlacementGroup(runtime),
      CreateSecurityGroup: createSecurityGroup(runtime),
      CreateSubnet: createSubnet(runtime),
      CreateTags: createTags(runtime),
      CreateVpc: createVpc(runtime),
      DeleteKeyPair: deleteKeyPair(runtime),
      DeleteLaunchTemplate: deleteLaunchTemplate(runtime),
      DeletePlacementGroup: deletePlacementGroup(runtime),
      DeleteSecurityGroup: deleteSecurityGroup(runtime),
      DeleteSubnet: deleteSubnet(runtime),
      DeleteTags: deleteTags(runtime),
      DeleteVpc: deleteVpc(runtime),
      DescribeAccountAttributes: describeAccountAttributes(runtime),
      DescribeAvailabilityZones: describeAvailabilityZones(runtime),
      DescribeKeyPairs: describeKeyPairs(runtime),
      DescribeLaunchTemplateVersions: describeLaunchTemplateVersions(runtime),
      DescribeLaunchTemplates: describeLaunchTemplates(runtime),
      DescribeNetworkAcls: describeNetworkAcls(runtime),
      DescribeNetworkInterfaces: describeNetworkInterfaces(runtime),
      DescribePlacementGroups: describePlacementGroups(runtime),
      DescribeRouteTables: describeRouteTables(runtime),
      DescribeSecurityGroups: describeSecurityGroups(runtime),
      DescribeSubnets: describeSubnets(runtime),
      DescribeTags: describeTags(runtime),
      DescribeVpcAttribute: describeVpcAttribute(runtime),
      DescribeVpcs: describeVpcs(runtime),
      DisassociateSubnetCidrBlock: disassociateSubnetCidrBlock(runtime),
      DisassociateVpcCidrBlock: disassociateVpcCidrBlock(runtime),
      ImportKeyPair: importKeyPair(runtime),
      ModifyLaunchTemplate: modifyLaunchTemplate(runtime),
      ModifySubnetAttribute: modifySubnetAttribute(runtime),
      ModifyVpcAttribute: modifyVpcAttribute(runtime),
      ModifyVpcTenancy: modifyVpcTenancy(runtime),
      RevokeSecurityGroupEgress: revokeSecurityGroupEgress(runtime),
      RevokeSecurityGroupIngress: revokeSecurityGroupIngress(runtime),
    },
  };
}
