import type {
  AssociateSubnetCidrBlockCommandInput,
  AssociateSubnetCidrBlockCommandOutput,
  DisassociateSubnetCidrBlockCommandInput,
  DisassociateSubnetCidrBlockCommandOutput,
  ModifySubnetAttributeCommandInput,
  ModifySubnetAttributeCommandOutput,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { newId } from '../names.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { type SubnetAttributes, subnetRecords } from '../records.ts';
import { demand, refusal, required } from '../refusals.ts';
import { flag } from '../shapes.ts';
import { findSubnet, readIpv6, subnetIpv6View } from '../subnets.ts';
import { findVpc } from '../vpcs.ts';

const setting = z.strictObject({ Value: flag.optional() });

export const modifySubnetAttribute = ec2Operation<
  ModifySubnetAttributeCommandInput,
  ModifySubnetAttributeCommandOutput
>()({
  name: 'ModifySubnetAttribute',
  schema: parameters({
    SubnetId: z.string(),
    AssignIpv6AddressOnCreation: setting.optional(),
    EnableDns64: setting.optional(),
    EnableResourceNameDnsAAAARecordOnLaunch: setting.optional(),
    EnableResourceNameDnsARecordOnLaunch: setting.optional(),
    MapPublicIpOnLaunch: setting.optional(),
    PrivateDnsHostnameTypeOnLaunch: z.enum(['ip-name', 'resource-name']).optional(),
  }),
  readOnly: false,
  about: { kind: 'subnet', by: 'SubnetId' },
  handler: ({ ledger }, { SubnetId, DryRun: _dryRun, ...input }, context) => {
    const subnet = findSubnet(ledger, context, SubnetId);
    const given = Object.values(input).filter((each) => each !== undefined);
    if (given.length !== 1)
      throw refusal('InvalidParameterCombination', 'Exactly one attribute of the subnet must be specified.');
    const set: Partial<Record<keyof SubnetAttributes, string | boolean | undefined>> = {
      AssignIpv6AddressOnCreation: input.AssignIpv6AddressOnCreation?.Value,
      EnableDns64: input.EnableDns64?.Value,
      EnableResourceNameDnsAAAARecord: input.EnableResourceNameDnsAAAARecordOnLaunch?.Value,
      EnableResourceNameDnsARecord: input.EnableResourceNameDnsARecordOnLaunch?.Value,
      MapPublicIpOnLaunch: input.MapPublicIpOnLaunch?.Value,
      HostnameType: input.PrivateDnsHostnameTypeOnLaunch,
    };
    const changes = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
    const attributes: SubnetAttributes = { ...subnet.attributes, ...changes };
    demand(
      !attributes.AssignIpv6AddressOnCreation || subnet.ipv6.length > 0,
      `The subnet '${SubnetId}' has no IPv6 CIDR block.`,
    );
    ledger.transact((transaction) => transaction.put(subnetRecords, { ...subnet, attributes }));
    return {};
  },
});

export const associateSubnetCidrBlock = ec2Operation<
  AssociateSubnetCidrBlockCommandInput,
  AssociateSubnetCidrBlockCommandOutput
>()({
  name: 'AssociateSubnetCidrBlock',
  schema: parameters({ SubnetId: z.string(), Ipv6CidrBlock: z.string().optional() }),
  readOnly: false,
  about: { kind: 'subnet', by: 'SubnetId' },
  handler: ({ ledger, random }, { SubnetId, Ipv6CidrBlock }, context) => {
    const subnet = findSubnet(ledger, context, SubnetId);
    const vpc = findVpc(ledger, context, subnet.vpcId);
    if (subnet.ipv6.length > 0)
      throw refusal('InvalidSubnet.Conflict', `The subnet '${SubnetId}' has an IPv6 CIDR block already.`);
    const cidr = readIpv6(ledger, vpc, required(Ipv6CidrBlock, 'ipv6CidrBlock'));
    const association = { id: newId('subnet-cidr-assoc', random), cidr };
    ledger.transact((transaction) => transaction.put(subnetRecords, { ...subnet, ipv6: [association] }));
    return { SubnetId, Ipv6CidrBlockAssociation: subnetIpv6View(association, 'associated') };
  },
});

export const disassociateSubnetCidrBlock = ec2Operation<
  DisassociateSubnetCidrBlockCommandInput,
  DisassociateSubnetCidrBlockCommandOutput
>()({
  name: 'DisassociateSubnetCidrBlock',
  schema: parameters({ AssociationId: z.string() }),
  readOnly: false,
  about: { kind: 'subnet' },
  handler: ({ ledger }, { AssociationId }, context) => {
    const [subnet] = ledger.by(subnetRecords, context, 'association', { value: AssociationId });
    const association = subnet?.ipv6.find(({ id }) => id === AssociationId);
    if (!subnet || !association) {
      const message = `The subnet CIDR block association ID '${AssociationId}' does not exist`;
      throw refusal('InvalidSubnetCidrBlockAssociationID.NotFound', message);
    }
    const attributes = { ...subnet.attributes, AssignIpv6AddressOnCreation: false };
    ledger.transact((transaction) => transaction.put(subnetRecords, { ...subnet, ipv6: [], attributes }));
    return { SubnetId: subnet.id, Ipv6CidrBlockAssociation: subnetIpv6View(association, 'disassociating') };
  },
});
