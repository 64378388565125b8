import type { PrincipalPatterns } from './policy.ts';
import type { Requester } from './requester.ts';

/**
 * What a statement names the requester by. In its own account `account` grants nothing by itself, and `role` no more than its
 * boundary and session policy let through; all others grant whatever other policies leave out.
 */
export type Naming = 'everybody' | 'account' | 'role' | 'requester';

const strength: Readonly<Record<Naming, number>> = { account: 0, role: 1, everybody: 2, requester: 3 };

/** Whether a statement of a policy of a thing speaks of a requester; undefined if not. */
export function namingOf(
  { isNot, entries }: PrincipalPatterns,
  requester: Requester,
  hasBoundary: boolean,
): Naming | undefined {
  if (isNot) return isSpared(entries, requester, hasBoundary) ? undefined : 'everybody';
  let best: Naming | undefined;
  for (const entry of entries) {
    const naming = namingBy(entry, requester);
    if (naming && (!best || strength[naming] > strength[best])) best = naming;
  }
  return best;
}

type Entry = PrincipalPatterns['entries'][number];

function namingBy({ type, name }: Entry, requester: Requester): Naming | undefined {
  if (type === 'AWS' && name === '*') return 'everybody';
  switch (requester.kind) {
    case 'service':
      return type === 'Service' && ['*', requester.service, requester.regional].includes(name)
        ? 'requester'
        : undefined;
    case 'federated':
      return type === 'Federated' && (name === '*' || name === requester.provider) ? 'requester' : undefined;
    case 'anonymous':
      return undefined;
    default:
      return type === 'AWS' ? namingOfAccount(name, requester) : undefined;
  }
}

type OfAccount = Extract<Requester, { account: string }>;

function namingOfAccount(name: string, requester: OfAccount): Naming | undefined {
  if (isAccount(name, requester.account)) return requester.kind === 'root' ? 'requester' : 'account';
  if (requester.kind === 'root') return undefined;
  if (name === requester.arn) return requester.kind === 'role' ? 'role' : 'requester';
  return requester.kind === 'role-session' && name === requester.roleArn ? 'role' : undefined;
}

function isAccount(name: string, account: string): boolean {
  return name === account || accountArn.exec(name)?.[1] === account;
}

const accountArn = /^arn:aws[a-z-]*:iam::(\d{12}):root$/;

/**
 * NotPrincipal spares only who is named by all that they are: a session with its role and account, a user with the account. It
 * hits whoever has a boundary.
 */
function isSpared(entries: readonly Entry[], requester: Requester, hasBoundary: boolean): boolean {
  if (entries.some(({ type, name }) => type === 'AWS' && name === '*')) return true;
  if (hasBoundary) return false;
  const names = (test: (name: string) => boolean) => entries.some(({ type, name }) => type === 'AWS' && test(name));
  switch (requester.kind) {
    case 'service':
    case 'federated':
      return entries.some((entry) => namingBy(entry, requester) !== undefined);
    case 'anonymous':
      return false;
    case 'root':
      return names((name) => isAccount(name, requester.account));
    case 'role-session':
      return (
        [requester.arn, requester.roleArn].every((arn) => names((name) => name === arn)) &&
        namesAccount(names, requester)
      );
    default:
      return names((name) => name === requester.arn) && namesAccount(names, requester);
  }
}

function namesAccount(names: (test: (name: string) => boolean) => boolean, { account }: OfAccount): boolean {
  return names((name) => isAccount(name, account));
}
