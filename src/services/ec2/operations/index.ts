import type { Ec2Runtime } from '../runtime.ts';
import { createVpc } from './create-vpc.ts';
import { describeInstanceAttribute } from './instance-attribute.ts';
import { describeInstanceStatus } from './instance-status.ts';
import { describeInstanceTypes } from './instance-types.ts';
import { describeInstances } from './instances.ts';
import { deleteKeyPair, describeKeyPairs, importKeyPair } from './key-pairs.ts';
import { createLaunchTemplateVersion, describeLaunchTemplateVersions } from './launch-template-versions.ts';
import {
  createLaunchTemplate,
  deleteLaunchTemplate,
  describeLaunchTemplates,
  modifyLaunchTemplate,
} from './launch-templates.ts';
import { describeNetworkAcls, describeNetworkInterfaces, describeRouteTables } from './network-reads.ts';
import { createPlacementGroup, deletePlacementGroup, describePlacementGroups } from './placement-groups.ts';
import { describeAccountAttributes, describeAvailabilityZones } from './regional-reads.ts';
import {
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  revokeSecurityGroupEgress,
  revokeSecurityGroupIngress,
} from './security-group-rules.ts';
import { createSecurityGroup, deleteSecurityGroup, describeSecurityGroups } from './security-groups.ts';
import { associateSubnetCidrBlock, disassociateSubnetCidrBlock, modifySubnetAttribute } from './subnet-attributes.ts';
import { createSubnet, deleteSubnet, describeSubnets } from './subnets.ts';
import { createTags, deleteTags, describeTags } from './tags.ts';
import { associateVpcCidrBlock, disassociateVpcCidrBlock } from './vpc-cidr-blocks.ts';
import { deleteVpc, describeVpcAttribute, describeVpcs, modifyVpcAttribute, modifyVpcTenancy } from './vpcs.ts';

/** All operations that are built. */
export const ec2Operations = (runtime: Ec2Runtime) => ({
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
  DescribeInstanceAttribute: describeInstanceAttribute(runtime),
  DescribeInstanceStatus: describeInstanceStatus(runtime),
  DescribeInstanceTypes: describeInstanceTypes(runtime),
  DescribeInstances: describeInstances(runtime),
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
});
