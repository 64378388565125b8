import type { Subnet, SubnetIpv6CidrBlockAssociation } from '@aws-sdk/client-ec2';
import type { Scope } from '../../core/arn.ts';
import type { Ledger } from '../../store/index.ts';
import { contains, formatCidr, overlap, parseCidr, sizeOf } from './cidr.ts';
import { resourceArn, zoneIdOf, zoneLetters } from './names.ts';
import { type Ipv6Association, type SubnetRecord, subnetRecords, type VpcRecord } from './records.ts';
import { demand, notFound, refusal } from './refusals.ts';
import { tagSet } from './tags.ts';

/** Throws `InvalidSubnetID.NotFound`. */
export function findSubnet(ledger: Ledger, scope: Scope, id: string): SubnetRecord {
  const subnet = ledger.get(subnetRecords, scope, id);
  if (!subnet) throw notFound('subnet', id);
  return subnet;
}

/** Finds where subnets are. Undefined of one that there is not. */
export function subnetFinder(ledger: Ledger) {
  return ({ account, region }: Scope, id: string): Pick<SubnetRecord, 'zone'> | undefined => {
    const subnet = ledger.get(subnetRecords, { account, region }, id);
    return subnet && { zone: subnet.zone };
  };
}

/** The zone that is asked for by its name or id; the first one if none is. */
export function readZone({ region }: Scope, name: string | undefined, id: string | undefined): string {
  const zones = zoneLetters.map((letter) => `${region}${letter}`);
  const found = zones.find((zone) => (name === undefined ? id === undefined || zoneIdOf(zone) === id : zone === name));
  demand(
    found,
    `Value (${name ?? id}) for parameter availabilityZone is invalid. Subnets can currently only be created in the ` +
      `following availability zones: ${zones.join(', ')}.`,
  );
  return found;
}

/** Checks the IPv6 range of a subnet: a /64 of its VPC's that no other has. */
export function readIpv6(ledger: Ledger, vpc: VpcRecord, text: string): string {
  const cidr = parseCidr(text);
  demand(cidr?.family === 6, `Value (${text}) for parameter ipv6CidrBlock is invalid. This is not a valid CIDR block.`);
  const isInside = vpc.ipv6.some((range) => {
    const outer = parseCidr(range.cidr);
    return outer !== undefined && contains(outer, cidr);
  });
  if (cidr.prefix !== 64 || !isInside) throw refusal('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`);
  const others = subnetsOf(ledger, vpc).flatMap(({ ipv6 }) => ipv6.map((range) => range.cidr));
  checkFree(others, text);
  return formatCidr(cidr);
}

export function subnetsOf(ledger: Ledger, vpc: VpcRecord): readonly SubnetRecord[] {
  return [...ledger.by(subnetRecords, vpc, 'vpc', { value: vpc.id })];
}

/** Throws `InvalidSubnet.Conflict` if the range overlaps one of `others`. */
export function checkFree(others: readonly string[], text: string): void {
  const own = parseCidr(text);
  const isTaken = others.map(parseCidr).some((other) => own && other && overlap(own, other));
  if (isTaken) throw refusal('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`);
}

/** A subnet as the API shows it. */
export function subnetView(ledger: Ledger, subnet: SubnetRecord): Subnet {
  const { id, vpcId, cidr, zone, ipv6, attributes, account } = subnet;
  const { HostnameType, EnableResourceNameDnsARecord, EnableResourceNameDnsAAAARecord, ...flags } = attributes;
  return {
    SubnetId: id,
    SubnetArn: resourceArn(subnet, 'subnet', id),
    VpcId: vpcId,
    OwnerId: account,
    State: 'available',
    CidrBlock: cidr,
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneIdOf(zone),
    AvailableIpAddressCount: addressesOf(cidr),
    DefaultForAz: false,
    ...flags,
    MapCustomerOwnedIpOnLaunch: false,
    Ipv6Native: false,
    Ipv6CidrBlockAssociationSet: ipv6.map((association) => subnetIpv6View(association, 'associated')),
    PrivateDnsNameOptionsOnLaunch: {
      // Checked when it was given.
      HostnameType: HostnameType as 'ip-name' | 'resource-name',
      EnableResourceNameDnsARecord,
      EnableResourceNameDnsAAAARecord,
    },
    Tags: tagSet(ledger, subnet, id),
  };
}

/** AWS keeps five of each subnet. */
function addressesOf(text: string): number {
  const cidr = parseCidr(text);
  return cidr ? Number(sizeOf(cidr)) - 5 : 0;
}

export function subnetIpv6View(
  { id, cidr }: Ipv6Association,
  State: 'associated' | 'disassociating',
): SubnetIpv6CidrBlockAssociation {
  return { AssociationId: id, Ipv6CidrBlock: cidr, Ipv6CidrBlockState: { State } };
}
