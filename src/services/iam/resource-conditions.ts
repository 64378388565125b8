import type { AccountId } from '../../core/ids.ts';
import type { AccessRequest } from '../../core/operation.ts';
import type { Ledger, Tags } from '../../store/index.ts';
import { findByName, findPolicy } from './lookups.ts';
import { findOidcProvider } from './oidc-providers.ts';
import { instanceProfileRecords, roleRecords, userRecords } from './records.ts';

type Conditions = NonNullable<AccessRequest['conditions']>;

/** What the table of condition keys has of the entity that an ARN names: its tags, and its boundary. Empty for what is not there. */
export function entityConditions(ledger: Ledger, account: AccountId, arn: string): Conditions {
  const provider = findOidcProvider(ledger, account, arn);
  if (provider) return tagConditions(provider.tags, false);
  const entity = findNamed(ledger, account, arn);
  if (!entity) return {};
  const isPrincipal = 'boundary' in entity || /:(?:user|role)\//.test(arn);
  const boundary = 'boundary' in entity ? entity.boundary : undefined;
  return {
    ...tagConditions(entity.tags, isPrincipal),
    ...(boundary !== undefined && { 'iam:PermissionsBoundary': boundary }),
  };
}

function tagConditions(tags: Tags, isPrincipal: boolean): Conditions {
  const conditions = Object.entries(tags).flatMap(([key, value]) => [
    [`aws:ResourceTag/${key}`, value] as const,
    ...(isPrincipal ? [[`iam:ResourceTag/${key}`, value] as const] : []),
  ]);
  return Object.fromEntries(conditions);
}

function findNamed(ledger: Ledger, account: AccountId, arn: string) {
  const [, type, name = ''] = /^arn:[^:]*:iam::[^:]*:([a-z-]+)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  switch (type) {
    case 'user':
      return findByName(ledger, userRecords, account, name);
    case 'role':
      return findByName(ledger, roleRecords, account, name);
    case 'instance-profile':
      return findByName(ledger, instanceProfileRecords, account, name);
    case 'policy':
      return findPolicy(ledger, account, arn);
    default:
      return undefined;
  }
}
