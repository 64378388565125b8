import type { AccountId } from '../../core/ids.ts';
import type { Ledger } from '../../store/index.ts';
import { entityArn } from './arns.ts';
import { checkDocument, sizeOf } from './documents.ts';
import { quotas } from './limits.ts';
import { findByName } from './lookups.ts';
import { roleRecords, userRecords } from './records.ts';
import { malformed, overQuota } from './refusals.ts';

/** A host, as of the identity providers that are everybody's, or the ARN of a provider of an account. */
const federated = /^(\*|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|arn:aws[a-z-]*:iam::\d{12}:(oidc|saml)-provider\/\S+)$/;

/** Refuses what cannot be the trust policy of a role. Throws `MalformedPolicyDocument`, `LimitExceeded`. */
export function checkTrust(ledger: Ledger, account: AccountId, text: string): void {
  if (sizeOf(text) > quotas.trustPolicySize) throw overQuota('ACLSizePerRole', quotas.trustPolicySize);
  const { statements } = checkDocument(text, 'trust');
  for (const { type, name } of statements.flatMap(({ principals }) => principals?.entries ?? [])) {
    if (type === 'AWS' && !isThere(ledger, account, name))
      throw malformed(`Invalid principal in policy: "AWS":"${name}"`);
    if (type === 'Federated' && !federated.test(name))
      throw malformed('Federated principals must be valid domain names or SAML metadata ARNs');
  }
}

/** Users and roles of the account must exist; of others nobody knows. */
function isThere(ledger: Ledger, account: AccountId, arn: string): boolean {
  const [, kind, name] = new RegExp(`^arn:aws[a-z-]*:iam::${account}:(user|role)/(?:.*/)?([^/]+)$`).exec(arn) ?? [];
  if (kind === undefined || name === undefined) return true;
  if (kind === 'user') {
    const user = findByName(ledger, userRecords, account, name);
    return user !== undefined && entityArn('user', user) === arn;
  }
  const role = findByName(ledger, roleRecords, account, name);
  return role !== undefined && entityArn('role', role) === arn;
}
