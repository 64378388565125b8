import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import type { Scope } from '../../core/arn.ts';
import type { Ledger } from '../../store/index.ts';
import { resourceArn } from './names.ts';
import { type RuleRecord, type SecurityGroupRecord, securityGroupRecords, type VpcRecord } from './records.ts';
import { notFound } from './refusals.ts';
import { tagSet } from './tags.ts';

/** Throws `InvalidGroup.NotFound`. */
export function findGroup(ledger: Ledger, scope: Scope, id: string): SecurityGroupRecord {
  const group = ledger.get(securityGroupRecords, scope, id);
  if (!group) throw notFound('security-group', id);
  return group;
}

/** What a new group lets out: everything. */
export function allowAll({ ipv6 }: VpcRecord): readonly RuleRecord[] {
  const toAll: RuleRecord = { protocol: '-1', peer: { kind: 'ipv4', of: '0.0.0.0/0' } };
  return ipv6.length === 0 ? [toAll] : [toAll, { protocol: '-1', peer: { kind: 'ipv6', of: '::/0' } }];
}

/** Two rules that say the same are one: what they are described as does not count. */
export function ruleKey({ protocol, fromPort, toPort, peer }: RuleRecord): string {
  return [protocol, fromPort, toPort, peer.kind, peer.of].join(' ');
}

/** A security group as the API shows it: rules of one protocol and range of ports stand together. */
export function groupView(ledger: Ledger, group: SecurityGroupRecord): SecurityGroup {
  const { id, name, description, vpcId, ingress, egress, account } = group;
  return {
    GroupId: id,
    SecurityGroupArn: resourceArn(group, 'security-group', id),
    GroupName: name,
    Description: description,
    VpcId: vpcId,
    OwnerId: account,
    IpPermissions: permissionsOf(ingress),
    IpPermissionsEgress: permissionsOf(egress),
    Tags: tagSet(ledger, group, id),
  };
}

function permissionsOf(rules: readonly RuleRecord[]): IpPermission[] {
  const grouped = Map.groupBy(rules, ({ protocol, fromPort, toPort }) => `${protocol} ${fromPort} ${toPort}`);
  return [...grouped.values()].flatMap((alike) => {
    const [first] = alike;
    return first ? [permissionOf(first, alike)] : [];
  });
}

function permissionOf({ protocol, fromPort, toPort }: RuleRecord, alike: readonly RuleRecord[]): IpPermission {
  const permission = {
    IpProtocol: protocol,
    ...(fromPort === undefined ? {} : { FromPort: fromPort }),
    ...(toPort === undefined ? {} : { ToPort: toPort }),
    IpRanges: [] as NonNullable<IpPermission['IpRanges']>,
    Ipv6Ranges: [] as NonNullable<IpPermission['Ipv6Ranges']>,
    PrefixListIds: [],
    UserIdGroupPairs: [] as NonNullable<IpPermission['UserIdGroupPairs']>,
  };
  for (const { peer, description } of alike) {
    const described = description === undefined ? {} : { Description: description };
    if (peer.kind === 'ipv4') permission.IpRanges.push({ CidrIp: peer.of, ...described });
    else if (peer.kind === 'ipv6') permission.Ipv6Ranges.push({ CidrIpv6: peer.of, ...described });
    else permission.UserIdGroupPairs.push({ GroupId: peer.of, UserId: peer.owner, ...described });
  }
  return permission;
}
