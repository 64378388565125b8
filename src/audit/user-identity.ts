import type { CallSource, Principal } from '../core/principal.ts';
import type { UserIdentity } from './cloudtrail-record.ts';

/** A principal as CloudTrail describes it; of a call that a service makes for it, by which one. */
export function userIdentityOf(principal: Principal, source: CallSource): UserIdentity {
  const identity = described(principal);
  return source.kind === 'service' ? { ...identity, invokedBy: source.service } : identity;
}

function described(principal: Principal): UserIdentity {
  const { arn, userId: principalId, account: accountId, accessKeyId } = principal;
  const key = accessKeyId === undefined ? {} : { accessKeyId };
  switch (principal.kind) {
    case 'root':
      return { type: 'Root', principalId, arn, accountId, ...key };
    case 'user':
      return { type: 'IAMUser', principalId, arn, accountId, ...key, userName: principal.userName };
    case 'role-session':
      return { type: 'AssumedRole', principalId, arn, accountId, ...key, sessionContext: sessionOf(principal) };
    case 'service':
      return { type: 'AWSService', invokedBy: principal.service };
    case 'account':
      return { type: 'AWSAccount', principalId, accountId };
    case 'anonymous':
      return { type: 'AWSAccount', principalId: '', accountId: 'anonymous' };
  }
}

function sessionOf(principal: Extract<Principal, { kind: 'role-session' }>): object {
  const { roleArn, userId, issuedAt } = principal;
  const sessionIssuer = {
    type: 'Role',
    principalId: userId.slice(0, userId.indexOf(':')),
    arn: roleArn,
    accountId: roleArn.split(':', 5)[4],
    userName: roleArn.slice(roleArn.lastIndexOf('/') + 1),
  };
  const attributes = {
    ...(issuedAt === undefined ? {} : { creationDate: secondsText(issuedAt) }),
    mfaAuthenticated: 'false',
  };
  return { sessionIssuer, attributes };
}

/** A time as CloudTrail writes it: whole seconds. */
export function secondsText(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
