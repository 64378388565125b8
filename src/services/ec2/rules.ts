import { z } from 'zod';
import type { Scope } from '../../core/arn.ts';
import type { Ledger } from '../../store/index.ts';
import { formatCidr, parseCidr } from './cidr.ts';
import type { RuleRecord } from './records.ts';
import { demand, refusal, required } from './refusals.ts';
import { findGroup } from './security-groups.ts';
import { whole } from './shapes.ts';

const description = z.string().max(255).optional();

/** Rules as requests carry them. */
export const permissionList = z
  .array(
    z.strictObject({
      IpProtocol: z.string().optional(),
      FromPort: whole.optional(),
      ToPort: whole.optional(),
      IpRanges: z
        .array(z.strictObject({ CidrIp: z.string().optional(), Description: description }))
        .max(1_000)
        .optional(),
      Ipv6Ranges: z
        .array(z.strictObject({ CidrIpv6: z.string().optional(), Description: description }))
        .max(1_000)
        .optional(),
      PrefixListIds: z
        .array(z.strictObject({ PrefixListId: z.string().optional(), Description: description }))
        .max(1_000)
        .optional(),
      UserIdGroupPairs: z
        .array(
          z.strictObject({
            GroupId: z.string().optional(),
            UserId: z.string().optional(),
            VpcId: z.string().optional(),
            Description: description,
          }),
        )
        .max(1_000)
        .optional(),
    }),
  )
  .max(1_000);
type Permission = z.infer<typeof permissionList>[number];

/** The rules of a request, one for each range and group. Throws for what AWS refuses. */
export function readRules(ledger: Ledger, scope: Scope, permissions: readonly Permission[]): readonly RuleRecord[] {
  return permissions.flatMap((permission) => {
    const match = readMatch(permission);
    const peers = [...rangesOf(permission), ...groupsOf(ledger, scope, permission)];
    demand(peers.length > 0, 'Must specify at least one of CIDR, CIDR IPv6, prefix list ID or referenced group ID');
    return peers.map(({ peer, Description }) => ({
      ...match,
      peer,
      ...(Description ? { description: readDescription(Description) } : {}),
    }));
  });
}

interface Peer {
  readonly peer: RuleRecord['peer'];
  readonly Description?: string | undefined;
}

function rangesOf({ IpRanges = [], Ipv6Ranges = [], PrefixListIds = [] }: Permission): readonly Peer[] {
  const [list] = PrefixListIds;
  if (list) {
    const message = `The prefix list ID '${list.PrefixListId}' does not exist`;
    throw refusal('InvalidPrefixListID.NotFound', message);
  }
  return [
    ...IpRanges.map(({ CidrIp, Description }) => ({ peer: readPeer(CidrIp, 'ipv4'), Description })),
    ...Ipv6Ranges.map(({ CidrIpv6, Description }) => ({ peer: readPeer(CidrIpv6, 'ipv6'), Description })),
  ];
}

function readPeer(text: string | undefined, kind: 'ipv4' | 'ipv6'): RuleRecord['peer'] {
  const given = required(text, kind === 'ipv4' ? 'CidrIp' : 'CidrIpv6');
  const cidr = parseCidr(given);
  demand(cidr?.family === (kind === 'ipv4' ? 4 : 6), `CIDR block ${given} is malformed`);
  return { kind, of: formatCidr(cidr) };
}

function groupsOf(ledger: Ledger, scope: Scope, { UserIdGroupPairs = [] }: Permission): readonly Peer[] {
  return UserIdGroupPairs.map(({ GroupId, UserId, Description }) => {
    const group = findGroup(ledger, scope, required(GroupId, 'GroupId'));
    demand(UserId === undefined || UserId === scope.account, `The account '${UserId}' is not known here`);
    return { peer: { kind: 'group', of: group.id, owner: scope.account }, Description };
  });
}

function readDescription(text: string): string {
  const isAllowed = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/.test(text);
  demand(
    isAllowed,
    'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  ' +
      'a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
  );
  return text;
}

/** Protocols by their numbers, which AWS shows by name. */
const named: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6', all: '-1' };

function readMatch({ IpProtocol, FromPort, ToPort }: Permission): Pick<RuleRecord, 'protocol' | 'fromPort' | 'toPort'> {
  const given = required(IpProtocol, 'IpProtocol').toLowerCase();
  const protocol = Object.hasOwn(named, given) ? (named[given] ?? given) : given;
  const isNumber = /^\d{1,3}$/.test(protocol) && Number(protocol) <= 255;
  const isNamed = ['tcp', 'udp', 'icmp', 'icmpv6', '-1'].includes(protocol);
  demand(isNamed || isNumber, `Invalid value '${IpProtocol}' for IP protocol. Unknown protocol.`);
  if (protocol === 'tcp' || protocol === 'udp') return { protocol, ...readPorts(FromPort, ToPort) };
  if (protocol === 'icmp' || protocol === 'icmpv6') return { protocol, fromPort: FromPort ?? -1, toPort: ToPort ?? -1 };
  // Ports of other protocols count for nothing.
  return { protocol };
}

function readPorts(fromPort: number | undefined, toPort: number | undefined) {
  demand(
    fromPort !== undefined && toPort !== undefined,
    'Invalid value for portRange. Must specify both from and to ports with TCP/UDP.',
  );
  for (const port of [fromPort, toPort]) demand(port >= 0 && port <= 65_535, `Invalid value '${port}' for port.`);
  demand(fromPort <= toPort, `Invalid value '${toPort}' for portRange. Must be higher than ${fromPort}.`);
  return { fromPort, toPort };
}
