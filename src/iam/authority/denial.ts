import type { AccessRequest } from '../../core/operation.ts';
import type { Principal } from '../../core/principal.ts';
import type { PolicyDecision } from '../policy/index.ts';

/** Why something is decided as it is. */
export type Why =
  /** Of the account's root user nothing is asked. */
  | { readonly kind: 'root' }
  /** A fixed list, of a service or of a role that is not stored. */
  | { readonly kind: 'list' }
  /** The evaluator's answer: the statements that decided, or the kind of policy that lacks. */
  | { readonly kind: 'policies'; readonly decision: PolicyDecision }
  /** No policy speaks for the principal at all. */
  | { readonly kind: 'nobody' }
  /** The role's trust policy does not let whom it is used by. */
  | { readonly kind: 'untrusted'; readonly borrower: string; readonly roleArn: string }
  /** The role may, but is not used for that. */
  | { readonly kind: 'other-purpose' }
  /** What AWS keeps temporary credentials from, whatever policies say. */
  | { readonly kind: 'temporary' }
  /** The policies ask for more work than one decision may take. */
  | { readonly kind: 'too-costly' };

/** AWS's names of kinds of policies, with their article. */
const policyNames = {
  identity: ['an', 'identity-based policy'],
  resource: ['a', 'resource-based policy'],
  boundary: ['a', 'permissions boundary'],
  session: ['a', 'session policy'],
  organization: ['a', 'service control policy'],
} as const;

type PolicyName = keyof typeof policyNames;

/** The kind of policy that whoever has none would need. */
const needed: Readonly<Record<Principal['kind'], PolicyName>> = {
  root: 'identity',
  user: 'identity',
  'federated-user': 'session',
  'role-session': 'identity',
  service: 'resource',
  account: 'resource',
  anonymous: 'resource',
  'web-identity': 'resource',
};

/** A denial in AWS's words (spec 05 §1.6; IAM user guide, troubleshoot_access-denied). */
export function describeDenial(principal: Principal, request: AccessRequest, why: Why): string {
  if (why.kind === 'untrusted') {
    return `User: ${why.borrower} is not authorized to perform: sts:AssumeRole on resource: ${why.roleArn}`;
  }
  const { action, resource, shownAs = resource, trustOf } = request;
  // Of whom nothing is known but a token AWS names neither that nor the role.
  if (principal.kind === 'web-identity') return `Not authorized to perform ${action}`;
  const denied = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${shownAs}`;
  // Of a role that may not be assumed AWS gives no reason: it would tell whether there is one.
  return trustOf === undefined ? `${denied} ${reasonOf(principal, action, why)}` : denied;
}

function reasonOf(principal: Principal, action: string, why: Why): string {
  if (why.kind === 'temporary') return because('session', action);
  if (why.kind !== 'policies' || why.decision.verdict === 'allowed') return because(needed[principal.kind], action);
  const { decision } = why;
  if (decision.verdict === 'implicitDeny') return because(decision.lacks, action);
  const [article, name] = policyNames[denyingKind(decision)];
  return `with an explicit deny in ${article} ${name}`;
}

function because(lacks: PolicyName, action: string): string {
  return `because no ${policyNames[lacks][1]} allows the ${action} action`;
}

/** One kind is named even if several deny it. */
function denyingKind({ outcomes }: PolicyDecision): PolicyName {
  const order: readonly PolicyName[] = ['organization', 'identity', 'resource', 'boundary', 'session'];
  return order.find((kind) => outcomes[kind] === 'explicitDeny') ?? 'identity';
}
