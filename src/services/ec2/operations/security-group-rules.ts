import type {
  AuthorizeSecurityGroupEgressCommandInput,
  AuthorizeSecurityGroupEgressCommandOutput,
  AuthorizeSecurityGroupIngressCommandInput,
  AuthorizeSecurityGroupIngressCommandOutput,
  RevokeSecurityGroupEgressCommandInput,
  RevokeSecurityGroupEgressCommandOutput,
  RevokeSecurityGroupIngressCommandInput,
  RevokeSecurityGroupIngressCommandOutput,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import type { RequestContext } from '../../../core/operation.ts';
import { limits } from '../limits.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { type RuleRecord, securityGroupRecords } from '../records.ts';
import { refusal } from '../refusals.ts';
import { permissionList, readRules } from '../rules.ts';
import type { Ec2Runtime } from '../runtime.ts';
import { findGroup, ruleKey } from '../security-groups.ts';

type Direction = 'ingress' | 'egress';

const schema = parameters({ GroupId: z.string(), IpPermissions: permissionList.min(1) });
type Input = z.infer<typeof schema>;

function authorize(direction: Direction) {
  return ({ ledger }: Ec2Runtime, { GroupId, IpPermissions }: Input, context: RequestContext) => {
    const group = findGroup(ledger, context, GroupId);
    const added = readRules(ledger, context, IpPermissions);
    const keys = new Set(group[direction].map(ruleKey));
    for (const rule of added) {
      if (keys.has(ruleKey(rule)))
        throw refusal('InvalidPermission.Duplicate', `the specified rule "${describe(rule)}" already exists`);
      keys.add(ruleKey(rule));
    }
    if (keys.size > limits.rulesPerGroup) {
      const message = 'The maximum number of rules per security group has been reached.';
      throw refusal('RulesPerSecurityGroupLimitExceeded', message);
    }
    const rules = [...group[direction], ...added];
    ledger.transact((transaction) => transaction.put(securityGroupRecords, { ...group, [direction]: rules }));
    return { Return: true };
  };
}

function revoke(direction: Direction) {
  return ({ ledger }: Ec2Runtime, { GroupId, IpPermissions }: Input, context: RequestContext) => {
    const group = findGroup(ledger, context, GroupId);
    const removed = new Set(readRules(ledger, context, IpPermissions).map(ruleKey));
    const present = new Set(group[direction].map(ruleKey));
    for (const key of removed) {
      if (!present.has(key))
        throw refusal('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
    }
    const rules = group[direction].filter((rule) => !removed.has(ruleKey(rule)));
    ledger.transact((transaction) => transaction.put(securityGroupRecords, { ...group, [direction]: rules }));
    return { Return: true };
  };
}

/** `peer: 10.0.0.0/8, TCP, from port: 80, to port: 80, ALLOW`. */
function describe({ protocol, fromPort, toPort, peer }: RuleRecord): string {
  const shown = protocol === '-1' ? 'ALL' : protocol.toUpperCase();
  const ports = fromPort === undefined ? [] : [`from port: ${fromPort}`, `to port: ${toPort}`];
  return [`peer: ${peer.of}`, shown, ...ports, 'ALLOW'].join(', ');
}

const about = { kind: 'security-group', by: 'GroupId' } as const;

export const authorizeSecurityGroupIngress = ec2Operation<
  AuthorizeSecurityGroupIngressCommandInput,
  AuthorizeSecurityGroupIngressCommandOutput
>()({
  ...{ name: 'AuthorizeSecurityGroupIngress', schema, readOnly: false, about },
  handler: authorize('ingress'),
});

export const authorizeSecurityGroupEgress = ec2Operation<
  AuthorizeSecurityGroupEgressCommandInput,
  AuthorizeSecurityGroupEgressCommandOutput
>()({
  ...{ name: 'AuthorizeSecurityGroupEgress', schema, readOnly: false, about },
  handler: authorize('egress'),
});

export const revokeSecurityGroupIngress = ec2Operation<
  RevokeSecurityGroupIngressCommandInput,
  RevokeSecurityGroupIngressCommandOutput
>()({
  ...{ name: 'RevokeSecurityGroupIngress', schema, readOnly: false, about },
  handler: revoke('ingress'),
});

export const revokeSecurityGroupEgress = ec2Operation<
  RevokeSecurityGroupEgressCommandInput,
  RevokeSecurityGroupEgressCommandOutput
>()({
  ...{ name: 'RevokeSecurityGroupEgress', schema, readOnly: false, about },
  handler: revoke('egress'),
});
