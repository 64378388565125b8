import { type CommandNames, lateOperations, type ServiceDefinition } from '../../core/operation.ts';
import type { Ec2Options } from './runtime.ts';
import { unbuiltOperations } from './unbuilt-operations.ts';
import { wireNames } from './wire-names.ts';

export type Ec2OperationName = CommandNames<typeof import('@aws-sdk/client-ec2')>;

const reads = [
  'DescribeAccountAttributes',
  'DescribeAvailabilityZones',
  'DescribeInstanceAttribute',
  'DescribeInstanceStatus',
  'DescribeInstanceTypes',
  'DescribeInstances',
  'DescribeKeyPairs',
  'DescribeLaunchTemplateVersions',
  'DescribeLaunchTemplates',
  'DescribeNetworkAcls',
  'DescribeNetworkInterfaces',
  'DescribePlacementGroups',
  'DescribeRouteTables',
  'DescribeSecurityGroups',
  'DescribeSubnets',
  'DescribeTags',
  'DescribeVpcAttribute',
  'DescribeVpcs',
] as const;

const changes = [
  'AssociateSubnetCidrBlock',
  'AssociateVpcCidrBlock',
  'AuthorizeSecurityGroupEgress',
  'AuthorizeSecurityGroupIngress',
  'CreateLaunchTemplate',
  'CreateLaunchTemplateVersion',
  'CreatePlacementGroup',
  'CreateSecurityGroup',
  'CreateSubnet',
  'CreateTags',
  'CreateVpc',
  'DeleteKeyPair',
  'DeleteLaunchTemplate',
  'DeletePlacementGroup',
  'DeleteSecurityGroup',
  'DeleteSubnet',
  'DeleteTags',
  'DeleteVpc',
  'DisassociateSubnetCidrBlock',
  'DisassociateVpcCidrBlock',
  'ImportKeyPair',
  'ModifyLaunchTemplate',
  'ModifySubnetAttribute',
  'ModifyVpcAttribute',
  'ModifyVpcTenancy',
  'RevokeSecurityGroupEgress',
  'RevokeSecurityGroupIngress',
] as const;

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
      ...lateOperations({
        reads,
        changes,
        load: async () => (await import('./operations/index.ts')).ec2Operations(runtime),
      }),
    },
  };
}
