import type { Vpc, VpcIpv6CidrBlockAssociation } from '@aws-sdk/client-ec2';
import type { Scope } from '../../core/arn.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Ledger } from '../../store/index.ts';
import { type Cidr, formatCidr, parseCidr } from './cidr.ts';
import { newId } from './names.ts';
import { type Ipv6Association, type VpcRecord, vpcRecords } from './records.ts';
import { demand, notFound, refusal } from './refusals.ts';
import { tagSet } from './tags.ts';

/** Throws `InvalidVpcID.NotFound`. */
export function findVpc(ledger: Ledger, scope: Scope, id: string): VpcRecord {
  const vpc = ledger.get(vpcRecords, scope, id);
  if (!vpc) throw notFound('vpc', id);
  return vpc;
}

/** The IPv4 range of a VPC or a subnet: AWS takes /16 to /28. */
export function readRange(text: string, code: 'InvalidVpc.Range' | 'InvalidSubnet.Range'): Cidr {
  const cidr = parseCidr(text);
  demand(cidr?.family === 4, `Value (${text}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`);
  if (cidr.prefix < 16 || cidr.prefix > 28) throw refusal(code, `The CIDR '${text}' is invalid.`);
  return cidr;
}

/** A /56 for a VPC, of one of the ranges that Amazon gives out. */
export function newIpv6Association(random: RandomSource): Ipv6Association {
  const [first = 0, second = 0, third = 0] = random.bytes(3);
  const text = `2600:1f18:${((first << 8) | second).toString(16)}:${(third << 8).toString(16)}::/56`;
  const cidr = parseCidr(text);
  if (!cidr) throw new Error(`${text} is no range`);
  return { id: newId('vpc-cidr-assoc', random), cidr: formatCidr(cidr) };
}

/** A VPC as the API shows it. */
export function vpcView(ledger: Ledger, vpc: VpcRecord): Vpc {
  const { id, cidr, tenancy, associationId, ipv6, dhcpOptionsId, account } = vpc;
  return {
    VpcId: id,
    OwnerId: account,
    State: 'available',
    CidrBlock: cidr,
    DhcpOptionsId: dhcpOptionsId,
    // Checked when it was given.
    InstanceTenancy: tenancy as NonNullable<Vpc['InstanceTenancy']>,
    IsDefault: false,
    CidrBlockAssociationSet: [
      { AssociationId: associationId, CidrBlock: cidr, CidrBlockState: { State: 'associated' } },
    ],
    Ipv6CidrBlockAssociationSet: ipv6.map((association) => ipv6View(vpc, association, 'associated')),
    Tags: tagSet(ledger, vpc, id),
  };
}

export function ipv6View(
  { region }: Scope,
  { id, cidr }: Ipv6Association,
  State: 'associated' | 'disassociating',
): VpcIpv6CidrBlockAssociation {
  return {
    AssociationId: id,
    Ipv6CidrBlock: cidr,
    Ipv6CidrBlockState: { State },
    NetworkBorderGroup: region,
    Ipv6Pool: 'Amazon',
  };
}
