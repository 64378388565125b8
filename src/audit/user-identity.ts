import type { CallSource, Principal } from '../core/principal.ts';
import { secondsText } from '../core/seconds-text.ts';
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
    case 'user': {
      const { userName, session } = principal;
      const context = session ? { sessionContext: { attributes: attributesOf(principal) } } : {};
      return { type: 'IAMUser', principalId, arn, accountId, ...key, userName, ...context };
    }
    case 'role-session':
      return { type: 'AssumedRole', principalId, arn, accountId, ...key, sessionContext: sessionOf(principal) };
    case 'federated-user':
      return {
        type: 'FederatedUser',
        principalId,
        arn,
        accountId,
        ...key,
        sessionContext: federatedSession(principal),
      };
    case 'service':
      return { type: 'AWSService', invokedBy: principal.service };
    case 'account':
      return { type: 'AWSAccount', principalId, accountId };
    case 'web-identity': {
      const { subject: userName, provider: identityProvider } = principal;
      return { type: 'WebIdentityUser', principalId, userName, identityProvider };
    }
    case 'anonymous':
      return { type: 'AWSAccount', principalId: '', accountId: 'anonymous' };
  }
}

function sessionOf(principal: Extract<Principal, { kind: 'role-session' }>): object {
  const { roleArn, userId, session } = principal;
  const sessionIssuer = {
    type: 'Role',
    principalId: userId.slice(0, userId.indexOf(':')),
    arn: roleArn,
    accountId: roleArn.split(':', 5)[4],
    userName: roleArn.slice(roleArn.lastIndexOf('/') + 1),
  };
  const source = session?.sourceIdentity === undefined ? {} : { sourceIdentity: session.sourceIdentity };
  const provider = session?.federatedProvider;
  const web = provider === undefined ? {} : { webIdFederationData: { federatedProvider: provider, attributes: {} } };
  return { sessionIssuer, ...web, attributes: attributesOf(principal), ...source };
}

/** Who vouches issued it. */
function federatedSession(principal: Extract<Principal, { kind: 'federated-user' }>): object {
  const { account: accountId, voucher } = principal;
  const sessionIssuer =
    voucher.kind === 'root'
      ? { type: 'Root', principalId: accountId, accountId }
      : { type: 'IAMUser', principalId: voucher.userId, accountId, userName: voucher.userName };
  return { sessionIssuer, attributes: attributesOf(principal) };
}

function attributesOf({ session }: Principal): object {
  const issuedAt = session?.issuedAt;
  return {
    ...(issuedAt === undefined ? {} : { creationDate: secondsText(issuedAt) }),
    mfaAuthenticated: 'false',
  };
}
