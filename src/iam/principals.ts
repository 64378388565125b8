import { createHash } from 'node:crypto';
import { type ArnParts, parseArn } from '../core/arn.ts';
import { awsId } from '../core/aws-id.ts';
import { ServiceError } from '../core/errors.ts';
import type { AccountId, Arn } from '../core/ids.ts';
import type { Principal, RoleSession, ServicePrincipalName, WebIdentity } from '../core/principal.ts';

/** The root user of `account`; with `accessKeyId` when it signed, without it with `--auth none`. */
export function rootPrincipal(account: AccountId, accessKeyId?: string): Principal {
  const arn = `arn:aws:iam::${account}:root` as Arn;
  return { kind: 'root', arn, userId: account, account, ...(accessKeyId === undefined ? {} : { accessKeyId }) };
}

/** Somebody who did not sign. */
export function anonymousPrincipal(account: AccountId): Principal {
  return { kind: 'anonymous', arn: 'anonymous' as Arn, userId: 'anonymous', account };
}

/** What a token of an identity provider says of whom it names. */
type WebIdentityParts = Pick<WebIdentity, 'account' | 'provider' | 'subject' | 'audience' | 'conditions' | 'given'>;

/** Whom a token names that has been verified. */
export function webIdentityPrincipal(parts: WebIdentityParts): WebIdentity {
  const { provider, audience, subject } = parts;
  const userId = `${provider}:${audience}:${subject}`;
  return { kind: 'web-identity', arn: userId as Arn, userId, ...parts };
}

/** A service that calls another in its own name, for something of `account`. */
export function servicePrincipal(account: AccountId, service: ServicePrincipalName): Principal {
  return { kind: 'service', service, arn: service as string as Arn, userId: service, account };
}

/** What a session of a role is made of. */
type SessionParts = Pick<RoleSession, 'account' | 'roleArn' | 'sessionName' | 'use' | 'session' | 'borrower'> & {
  /** Of a stored role, `AROA...`. */
  readonly roleId?: string;
};

/** A session of a role, which need not be stored. */
export function rolePrincipal({ roleId, ...session }: SessionParts): RoleSession {
  const { account, roleArn, sessionName } = session;
  const [, partition = 'aws'] = roleArn.split(':', 2);
  const role = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  const arn = `arn:${partition}:sts::${account}:assumed-role/${role}/${sessionName}` as Arn;
  return { kind: 'role-session', arn, userId: `${roleId ?? drawnRoleId(account, role)}:${sessionName}`, ...session };
}

/**
 * That an ARN is a role's, of the own account, whether or not IAM has it: what its trust policy says is the authority's to ask. Throws
 * what `sts:AssumeRole` answers else: `ValidationError`, `AccessDenied`.
 */
export function checkAssumable(arn: string, { account, principal }: AssumeAs): Arn {
  const parts = roleParts(arn);
  if (!parts) throw new ServiceError('ValidationError', `${arn} is invalid`);
  if (parts.account === account) return arn as Arn;
  throw notAssumable(arn, principal);
}

/** What `sts:AssumeRole` answers whom a role does not trust. */
export function notAssumable(roleArn: string, { arn }: Pick<Principal, 'arn'>): ServiceError {
  const message = `User: ${arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
  return new ServiceError('AccessDenied', message, { status: 403 });
}

/** The parts of a role's ARN; undefined for what is none. What they say ends in the ARN of a session, and so in logs. */
export function roleParts(arn: string): ArnParts | undefined {
  const parts = parseArn(arn);
  if (parts?.service !== 'iam' || parts.region !== '') return undefined;
  const isRole = /^role\/(?:[\x21-\x7e]+\/)?[\w+=,.@-]{1,64}$/.test(parts.resource);
  return isRole && /^aws(?:-[a-z]+)*$/.test(parts.partition) ? parts : undefined;
}

interface AssumeAs {
  readonly account: AccountId;
  readonly principal: Pick<Principal, 'arn'>;
}

/** AWS's unique id of a role; of one that is not stored it is drawn from its name. */
function drawnRoleId(account: string, role: string): string {
  const digest = createHash('sha256').update(`${account}/${role}`).digest();
  return awsId('AROA', digest.subarray(0, 17));
}
