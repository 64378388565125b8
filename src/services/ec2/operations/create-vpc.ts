import type { CreateVpcCommandInput, CreateVpcCommandOutput } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { formatCidr } from '../cidr.ts';
import { limits } from '../limits.ts';
import { newId } from '../names.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { type SecurityGroupRecord, securityGroupRecords, type VpcRecord, vpcRecords } from '../records.ts';
import { checkRoom, required } from '../refusals.ts';
import { allowAll } from '../security-groups.ts';
import { flag, tagSpecifications } from '../shapes.ts';
import { putTags, specifiedTags } from '../tags.ts';
import { newIpv6Association, readRange, vpcView } from '../vpcs.ts';

/** Makes a VPC, with its default security group; its network ACL and its route table are as each VPC has them. */
export const createVpc = ec2Operation<CreateVpcCommandInput, CreateVpcCommandOutput>()({
  name: 'CreateVpc',
  schema: parameters({
    CidrBlock: z.string().optional(),
    InstanceTenancy: z.enum(['default', 'dedicated']).optional(),
    AmazonProvidedIpv6CidrBlock: flag.optional(),
    TagSpecifications: tagSpecifications.optional(),
  }),
  readOnly: false,
  about: { kind: 'vpc' },
  handler: ({ ledger, random }, input, context) => {
    const { InstanceTenancy = 'default', AmazonProvidedIpv6CidrBlock, TagSpecifications } = input;
    const scope = scopeOf(context);
    const cidr = readRange(required(input.CidrBlock, 'cidrBlock'), 'InvalidVpc.Range');
    const tags = specifiedTags(TagSpecifications, 'vpc');
    checkRoom(ledger.count(vpcRecords, scope), limits.vpcs, 'VpcLimitExceeded', 'VPCs');
    const vpc: VpcRecord = {
      ...scope,
      id: newId('vpc', random),
      cidr: formatCidr(cidr),
      tenancy: InstanceTenancy,
      attributes: { EnableDnsHostnames: false, EnableDnsSupport: true, EnableNetworkAddressUsageMetrics: false },
      associationId: newId('vpc-cidr-assoc', random),
      ipv6: AmazonProvidedIpv6CidrBlock ? [newIpv6Association(random)] : [],
      dhcpOptionsId: newId('dopt', random),
      networkAclId: newId('acl', random),
      routeTableId: newId('rtb', random),
      routeAssociationId: newId('rtbassoc', random),
    };
    ledger.transact((transaction) => {
      transaction.put(vpcRecords, vpc);
      transaction.put(securityGroupRecords, defaultGroup(vpc, newId('sg', random)));
      putTags(transaction, scope, vpc.id, tags);
    });
    return { Vpc: vpcView(ledger, vpc) };
  },
});

/** It lets in what comes from itself. */
function defaultGroup(vpc: VpcRecord, id: string): SecurityGroupRecord {
  const { account, region } = vpc;
  return {
    ...{ account, region, id, vpcId: vpc.id },
    name: 'default',
    description: 'default VPC security group',
    ingress: [{ protocol: '-1', peer: { kind: 'group', of: id, owner: account } }],
    egress: allowAll(vpc),
  };
}
