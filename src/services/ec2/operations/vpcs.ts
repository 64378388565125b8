import type {
  DeleteVpcCommandInput,
  DeleteVpcCommandOutput,
  DescribeVpcAttributeCommandInput,
  DescribeVpcAttributeCommandOutput,
  DescribeVpcsCommandInput,
  DescribeVpcsCommandOutput,
  ModifyVpcAttributeCommandInput,
  ModifyVpcAttributeCommandOutput,
  ModifyVpcTenancyCommandInput,
  ModifyVpcTenancyCommandOutput,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { listPage, namedRecords } from '../listing.ts';
import { ec2Operation, parameters } from '../operation.ts';
import {
  securityGroupRecords,
  subnetRecords,
  type VpcAttribute,
  type VpcRecord,
  vpcAttributes,
  vpcRecords,
} from '../records.ts';
import { demand, dependencyViolation, refusal } from '../refusals.ts';
import { flag, listed, texts } from '../shapes.ts';
import { putTags } from '../tags.ts';
import { findVpc, vpcView } from '../vpcs.ts';

const filters = {
  cidr: ({ cidr }: VpcRecord) => cidr,
  'cidr-block-association.association-id': ({ associationId }: VpcRecord) => associationId,
  'cidr-block-association.cidr-block': ({ cidr }: VpcRecord) => cidr,
  'dhcp-options-id': ({ dhcpOptionsId }: VpcRecord) => dhcpOptionsId,
  'ipv6-cidr-block-association.association-id': ({ ipv6 }: VpcRecord) => ipv6.map(({ id }) => id),
  'ipv6-cidr-block-association.ipv6-cidr-block': ({ ipv6 }: VpcRecord) => ipv6.map(({ cidr }) => cidr),
  'is-default': () => 'false',
  isDefault: () => 'false',
  'owner-id': ({ account }: VpcRecord) => account,
  state: () => 'available',
  'vpc-id': ({ id }: VpcRecord) => id,
};

export const describeVpcs = ec2Operation<DescribeVpcsCommandInput, DescribeVpcsCommandOutput>()({
  name: 'DescribeVpcs',
  schema: parameters({ ...listed, VpcIds: texts.optional() }),
  readOnly: true,
  handler: ({ ledger }, input, context) => {
    const { records, ...page } = listPage<VpcRecord>(
      {
        ...{ kind: 'DescribeVpcs', ledger, scope: context, filters },
        named: namedRecords(input.VpcIds, (id) => findVpc(ledger, context, id)),
        after: (after) => ledger.by(vpcRecords, context, 'id', { after }),
        keyOf: ({ id }) => id,
        idOf: ({ id }) => id,
      },
      input,
    );
    return { Vpcs: records.map((vpc) => vpcView(ledger, vpc)), ...page };
  },
});

export const deleteVpc = ec2Operation<DeleteVpcCommandInput, DeleteVpcCommandOutput>()({
  name: 'DeleteVpc',
  schema: parameters({ VpcId: z.string() }),
  readOnly: false,
  about: { kind: 'vpc', by: 'VpcId' },
  handler: ({ ledger }, { VpcId }, context) => {
    const vpc = findVpc(ledger, context, VpcId);
    const groups = [...ledger.by(securityGroupRecords, context, 'vpc', { value: VpcId })];
    if (ledger.countBy(subnetRecords, context, 'vpc', VpcId) > 0 || groups.length > 1)
      throw dependencyViolation('vpc', VpcId);
    ledger.transact((transaction) => {
      for (const { id } of groups) {
        transaction.delete(securityGroupRecords, context, id);
        putTags(transaction, context, id, {});
      }
      transaction.delete(vpcRecords, context, VpcId);
      for (const id of [VpcId, vpc.networkAclId, vpc.routeTableId]) putTags(transaction, context, id, {});
    });
    return {};
  },
});

const attributeNames = Object.fromEntries(
  vpcAttributes.map((name) => [name.replace('Enable', 'enable'), name]),
) as Readonly<Record<string, VpcAttribute>>;

export const describeVpcAttribute = ec2Operation<DescribeVpcAttributeCommandInput, DescribeVpcAttributeCommandOutput>()(
  {
    name: 'DescribeVpcAttribute',
    schema: parameters({
      VpcId: z.string(),
      Attribute: z.enum(['enableDnsSupport', 'enableDnsHostnames', 'enableNetworkAddressUsageMetrics']),
    }),
    readOnly: true,
    about: { kind: 'vpc', by: 'VpcId' },
    handler: ({ ledger }, { VpcId, Attribute }, context) => {
      const { attributes } = findVpc(ledger, context, VpcId);
      const name = attributeNames[Attribute];
      return { VpcId, ...(name && { [name]: { Value: attributes[name] } }) };
    },
  },
);

const setting = z.strictObject({ Value: flag.optional() });

/** One attribute a call, as on AWS. */
export const modifyVpcAttribute = ec2Operation<ModifyVpcAttributeCommandInput, ModifyVpcAttributeCommandOutput>()({
  name: 'ModifyVpcAttribute',
  schema: parameters({
    VpcId: z.string(),
    EnableDnsHostnames: setting.optional(),
    EnableDnsSupport: setting.optional(),
    EnableNetworkAddressUsageMetrics: setting.optional(),
  }),
  readOnly: false,
  about: { kind: 'vpc', by: 'VpcId' },
  handler: ({ ledger }, { VpcId, ...input }, context) => {
    const vpc = findVpc(ledger, context, VpcId);
    const given = vpcAttributes.filter((name) => input[name]?.Value !== undefined);
    const [name] = given;
    if (given.length !== 1 || name === undefined)
      throw refusal('InvalidParameterCombination', 'Exactly one attribute of the VPC must be specified.');
    const attributes = { ...vpc.attributes, [name]: input[name]?.Value === true };
    demand(
      attributes.EnableDnsSupport || !attributes.EnableDnsHostnames,
      'enableDnsHostnames needs enableDnsSupport to be true.',
    );
    ledger.transact((transaction) => transaction.put(vpcRecords, { ...vpc, attributes }));
    return {};
  },
});

export const modifyVpcTenancy = ec2Operation<ModifyVpcTenancyCommandInput, ModifyVpcTenancyCommandOutput>()({
  name: 'ModifyVpcTenancy',
  schema: parameters({ VpcId: z.string(), InstanceTenancy: z.enum(['default']) }),
  readOnly: false,
  about: { kind: 'vpc', by: 'VpcId' },
  handler: ({ ledger }, { VpcId, InstanceTenancy: tenancy }, context) => {
    const vpc = findVpc(ledger, context, VpcId);
    ledger.transact((transaction) => transaction.put(vpcRecords, { ...vpc, tenancy }));
    return { ReturnValue: true };
  },
});
