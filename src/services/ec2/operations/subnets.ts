import type {
  CreateSubnetCommandInput,
  CreateSubnetCommandOutput,
  DeleteSubnetCommandInput,
  DeleteSubnetCommandOutput,
  DescribeSubnetsCommandInput,
  DescribeSubnetsCommandOutput,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { contains, formatCidr, parseCidr } from '../cidr.ts';
import { limits } from '../limits.ts';
import { listPage, namedRecords } from '../listing.ts';
import { newId, resourceArn, zoneIdOf } from '../names.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { type SubnetRecord, subnetRecords } from '../records.ts';
import { checkRoom, refusal, required } from '../refusals.ts';
import { listed, tagSpecifications, texts } from '../shapes.ts';
import { checkFree, findSubnet, readIpv6, readZone, subnetsOf, subnetView } from '../subnets.ts';
import { putTags, specifiedTags } from '../tags.ts';
import { findVpc, readRange } from '../vpcs.ts';

export const createSubnet = ec2Operation<CreateSubnetCommandInput, CreateSubnetCommandOutput>()({
  name: 'CreateSubnet',
  schema: parameters({
    VpcId: z.string(),
    CidrBlock: z.string().optional(),
    Ipv6CidrBlock: z.string().optional(),
    AvailabilityZone: z.string().optional(),
    AvailabilityZoneId: z.string().optional(),
    TagSpecifications: tagSpecifications.optional(),
  }),
  readOnly: false,
  about: { kind: 'subnet' },
  handler: ({ ledger, random }, input, context) => {
    const scope = scopeOf(context);
    const vpc = findVpc(ledger, scope, input.VpcId);
    const given = required(input.CidrBlock, 'cidrBlock');
    const cidr = readRange(given, 'InvalidSubnet.Range');
    const whole = parseCidr(vpc.cidr);
    if (!whole || !contains(whole, cidr)) throw refusal('InvalidSubnet.Range', `The CIDR '${given}' is invalid.`);
    checkFree(
      subnetsOf(ledger, vpc).map((subnet) => subnet.cidr),
      given,
    );
    const ipv6 = input.Ipv6CidrBlock === undefined ? undefined : readIpv6(ledger, vpc, input.Ipv6CidrBlock);
    const zone = readZone(scope, input.AvailabilityZone, input.AvailabilityZoneId);
    const tags = specifiedTags(input.TagSpecifications, 'subnet');
    const count = ledger.countBy(subnetRecords, scope, 'vpc', vpc.id);
    checkRoom(count, limits.subnetsPerVpc, 'SubnetLimitExceeded', 'subnets');
    const subnet: SubnetRecord = {
      ...{ ...scope, id: newId('subnet', random), vpcId: vpc.id, cidr: formatCidr(cidr), zone },
      ipv6: ipv6 === undefined ? [] : [{ id: newId('subnet-cidr-assoc', random), cidr: ipv6 }],
      aclAssociationId: newId('aclassoc', random),
      attributes: usual,
    };
    ledger.transact((transaction) => {
      transaction.put(subnetRecords, subnet);
      putTags(transaction, scope, subnet.id, tags);
    });
    return { Subnet: subnetView(ledger, subnet) };
  },
});

const usual: SubnetRecord['attributes'] = {
  MapPublicIpOnLaunch: false,
  AssignIpv6AddressOnCreation: false,
  EnableDns64: false,
  HostnameType: 'ip-name',
  EnableResourceNameDnsARecord: false,
  EnableResourceNameDnsAAAARecord: false,
};

const filters = {
  'availability-zone': ({ zone }: SubnetRecord) => zone,
  availabilityZone: ({ zone }: SubnetRecord) => zone,
  'availability-zone-id': ({ zone }: SubnetRecord) => zoneIdOf(zone),
  cidr: ({ cidr }: SubnetRecord) => cidr,
  'cidr-block': ({ cidr }: SubnetRecord) => cidr,
  'default-for-az': () => 'false',
  'ipv6-cidr-block-association.association-id': ({ ipv6 }: SubnetRecord) => ipv6.map(({ id }) => id),
  'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6 }: SubnetRecord) => ipv6.map(({ cidr }) => cidr),
  'map-public-ip-on-launch': ({ attributes }: SubnetRecord) => String(attributes.MapPublicIpOnLaunch),
  'owner-id': ({ account }: SubnetRecord) => account,
  state: () => 'available',
  'subnet-arn': (subnet: SubnetRecord) => resourceArn(subnet, 'subnet', subnet.id),
  'subnet-id': ({ id }: SubnetRecord) => id,
  'vpc-id': ({ vpcId }: SubnetRecord) => vpcId,
};

export const describeSubnets = ec2Operation<DescribeSubnetsCommandInput, DescribeSubnetsCommandOutput>()({
  name: 'DescribeSubnets',
  schema: parameters({ ...listed, SubnetIds: texts.optional() }),
  readOnly: true,
  handler: ({ ledger }, input, context) => {
    const { records, ...page } = listPage<SubnetRecord>(
      {
        ...{ kind: 'DescribeSubnets', ledger, scope: context, filters },
        named: namedRecords(input.SubnetIds, (id) => findSubnet(ledger, context, id)),
        after: (after) => ledger.by(subnetRecords, context, 'id', { after }),
        keyOf: ({ id }) => id,
        idOf: ({ id }) => id,
      },
      input,
    );
    return { Subnets: records.map((subnet) => subnetView(ledger, subnet)), ...page };
  },
});

export const deleteSubnet = ec2Operation<DeleteSubnetCommandInput, DeleteSubnetCommandOutput>()({
  name: 'DeleteSubnet',
  schema: parameters({ SubnetId: z.string() }),
  readOnly: false,
  about: { kind: 'subnet', by: 'SubnetId' },
  handler: ({ ledger }, { SubnetId }, context) => {
    findSubnet(ledger, context, SubnetId);
    ledger.transact((transaction) => {
      transaction.delete(subnetRecords, context, SubnetId);
      putTags(transaction, context, SubnetId, {});
    });
    return {};
  },
});
