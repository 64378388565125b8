import type {
  AssociateVpcCidrBlockCommandInput,
  AssociateVpcCidrBlockCommandOutput,
  DisassociateVpcCidrBlockCommandInput,
  DisassociateVpcCidrBlockCommandOutput,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { contains, parseCidr } from '../cidr.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { subnetRecords, type VpcRecord, vpcRecords } from '../records.ts';
import { demand, refusal } from '../refusals.ts';
import { flag } from '../shapes.ts';
import { findVpc, ipv6View, newIpv6Association } from '../vpcs.ts';

/** An IPv6 range of Amazon's: the only other one that a VPC of Terraform's `aws_vpc` has. */
export const associateVpcCidrBlock = ec2Operation<
  AssociateVpcCidrBlockCommandInput,
  AssociateVpcCidrBlockCommandOutput
>()({
  name: 'AssociateVpcCidrBlock',
  schema: parameters({ VpcId: z.string(), AmazonProvidedIpv6CidrBlock: flag.optional() }),
  readOnly: false,
  about: { kind: 'vpc', by: 'VpcId' },
  handler: ({ ledger, random }, { VpcId, AmazonProvidedIpv6CidrBlock }, context) => {
    const vpc = findVpc(ledger, context, VpcId);
    demand(AmazonProvidedIpv6CidrBlock, 'Only an IPv6 range that Amazon provides can be associated.');
    if (vpc.ipv6.length > 0) throw refusal('CidrLimitExceeded', `The vpc '${VpcId}' has an IPv6 range already.`);
    const association = newIpv6Association(random);
    ledger.transact((transaction) => transaction.put(vpcRecords, { ...vpc, ipv6: [association] }));
    return { VpcId, Ipv6CidrBlockAssociation: ipv6View(vpc, association, 'associated') };
  },
});

export const disassociateVpcCidrBlock = ec2Operation<
  DisassociateVpcCidrBlockCommandInput,
  DisassociateVpcCidrBlockCommandOutput
>()({
  name: 'DisassociateVpcCidrBlock',
  schema: parameters({ AssociationId: z.string() }),
  readOnly: false,
  about: { kind: 'vpc' },
  handler: ({ ledger }, { AssociationId }, context) => {
    const vpcs = [...ledger.by(vpcRecords, context, 'id')];
    const vpc = vpcs.find(({ associationId, ipv6 }) =>
      [associationId, ...ipv6.map(({ id }) => id)].includes(AssociationId),
    );
    const association = vpc?.ipv6.find(({ id }) => id === AssociationId);
    if (!vpc) {
      const message = `The vpc CIDR block association ID '${AssociationId}' does not exist`;
      throw refusal('InvalidVpcCidrBlockAssociationID.NotFound', message);
    }
    if (!association)
      throw refusal('OperationNotPermitted', `The first CIDR block of '${vpc.id}' cannot be disassociated.`);
    const isUsed = [...ledger.by(subnetRecords, context, 'vpc', { value: vpc.id })].some(({ ipv6 }) =>
      ipv6.some(({ cidr }) => within(association.cidr, cidr)),
    );
    if (isUsed) throw refusal('InvalidCidrBlock.InUse', `The CIDR '${association.cidr}' is in use by a subnet.`);
    const left: VpcRecord = { ...vpc, ipv6: vpc.ipv6.filter(({ id }) => id !== AssociationId) };
    ledger.transact((transaction) => transaction.put(vpcRecords, left));
    return { VpcId: vpc.id, Ipv6CidrBlockAssociation: ipv6View(vpc, association, 'disassociating') };
  },
});

function within(outer: string, inner: string): boolean {
  const [one, other] = [parseCidr(outer), parseCidr(inner)];
  return one !== undefined && other !== undefined && contains(one, other);
}
