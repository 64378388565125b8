import type { AccountId, Arn } from '../../core/ids.ts';
import type { Principal, RoleSession } from '../../core/principal.ts';
import { roleActions, serviceActions } from '../allow-lists.ts';
import { type CompiledPolicy, compilePolicy, type Requester, readPolicy } from '../policy/index.ts';
import type { PolicyReads, StoredIdentity } from './policy-reads.ts';

/** By what it is decided what a principal may do, whatever its session adds to that. */
export type Standing =
  | { readonly kind: 'root' }
  /** Actions on any resource: of services, and of roles that are not stored. */
  | { readonly kind: 'list'; readonly actions: ReadonlySet<string> }
  | {
      readonly kind: 'policies';
      readonly requester: Requester;
      readonly policies: readonly CompiledPolicy[];
      readonly boundary: CompiledPolicy | undefined;
      readonly tags: ReadonlyMap<string, string>;
      /** What `aws:PrincipalArn` is. */
      readonly arn: Arn;
      /** The only actions that it is there for. @default all */
      readonly purpose?: ReadonlySet<string>;
    }
  /** Nothing that is known allows it anything. */
  | { readonly kind: 'nobody' };

/** What roles may do that are not stored: what they are for, or nothing. */
export type UnstoredRoles = 'their-purpose' | 'nothing';

/** More than an installation has principals that call at a time. */
const mostRemembered = 4096;

/** The standings of principals. Each is made once for each generation of what is stored. */
export class Standings {
  readonly #reads: PolicyReads;
  readonly #unstored: UnstoredRoles;
  readonly #remembered = new Map<string, { readonly generation: number; readonly standing: Standing }>();

  constructor(reads: PolicyReads, unstored: UnstoredRoles) {
    this.#reads = reads;
    this.#unstored = unstored;
  }

  of(principal: Principal): Standing {
    const { account } = principal;
    const key = `${account} ${keyOf(principal)}`;
    const generation = this.#reads.generation(account);
    const known = this.#remembered.get(key);
    if (known?.generation === generation) return known.standing;
    const standing = this.#make(principal);
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    this.#remembered.set(key, { generation, standing });
    return standing;
  }

  #make(principal: Principal): Standing {
    const { account } = principal;
    switch (principal.kind) {
      case 'root':
        return { kind: 'root' };
      case 'user':
        return this.#ofUser(account, principal.userName, principal.userId, { ...asUser(principal) });
      case 'federated-user': {
        const { voucher } = principal;
        const requester: Requester = { kind: 'federated-user', account, arn: principal.arn };
        if (voucher.kind === 'root') return { ...ofRoot, requester, arn: principal.arn };
        const standing = this.#ofUser(account, voucher.userName, voucher.userId, requester);
        return standing.kind === 'policies' ? { ...standing, arn: principal.arn } : standing;
      }
      case 'role-session':
        return this.#ofRole(principal);
      case 'service':
        return { kind: 'list', actions: new Set(serviceActions[principal.service]) };
      case 'account':
      case 'anonymous':
      case 'web-identity':
        return { kind: 'nobody' };
    }
  }

  /** A user who was deleted and made anew is another one. */
  #ofUser(account: AccountId, name: string, userId: string, requester: Requester): Standing {
    const stored = this.#reads.user(account, name);
    return stored?.uniqueId === userId ? ofStored(stored, requester) : { kind: 'nobody' };
  }

  #ofRole(session: RoleSession): Standing {
    const stored = this.#reads.role(session.account, roleNameOf(session.roleArn));
    if (!stored) return this.#ofUnstored(session);
    // Whoever may pass a role of that name under another path may not pass this one.
    if (!isSameRole(stored.arn, session.roleArn)) return { kind: 'nobody' };
    if (session.use.kind === 'assumed' && stored.uniqueId !== session.userId.split(':', 1)[0]) {
      return { kind: 'nobody' };
    }
    const { account, arn } = session;
    const standing = ofStored(stored, { kind: 'role-session', account, arn, roleArn: stored.arn });
    const purpose = purposeOf(session);
    // Of a job AWS knows no purpose: it may do whatever its role may.
    return purpose && session.use.kind !== 'job' ? { ...standing, purpose } : standing;
  }

  #ofUnstored(session: RoleSession): Standing {
    const actions = purposeOf(session);
    return actions && this.#unstored === 'their-purpose' ? { kind: 'list', actions } : { kind: 'nobody' };
  }
}

/** The name of the role that an ARN names. */
export function roleNameOf(roleArn: string): string {
  return roleArn.slice(roleArn.lastIndexOf('/') + 1);
}

/** Whether two ARNs are of one role, whichever partition a region puts it in. */
export function isSameRole(one: string, other: string): boolean {
  return one.split(':').slice(2).join(':') === other.split(':').slice(2).join(':');
}

/** All that a standing is made of: of a session's role the path too, which the session's own ARN lacks, and what it is used for. */
function keyOf(principal: Principal): string {
  switch (principal.kind) {
    case 'role-session': {
      const { use, roleArn, userId } = principal;
      const actions = 'actions' in use ? use.actions.join() : '';
      return `role-session ${roleArn} ${userId} ${use.kind} ${actions}`;
    }
    case 'federated-user': {
      const { arn, voucher } = principal;
      return `federated-user ${arn} ${voucher.kind === 'user' ? voucher.userId : ''}`;
    }
    default:
      return `${principal.kind} ${principal.arn} ${principal.userId}`;
  }
}

function asUser({ account, arn }: Principal): Requester {
  return { kind: 'user', account, arn };
}

function ofStored(stored: StoredIdentity, requester: Requester): Extract<Standing, { kind: 'policies' }> {
  const { policies, boundary, tags, arn } = stored;
  return { kind: 'policies', requester, policies, boundary, tags, arn };
}

function purposeOf({ use }: RoleSession): ReadonlySet<string> | undefined {
  if ('actions' in use) return new Set(use.actions);
  return use.kind === 'assumed' ? undefined : new Set(roleActions[use.kind]);
}

/** Of a federated user whom root vouches for. */
const ofRoot = {
  kind: 'policies',
  policies: [everything()],
  boundary: undefined,
  tags: new Map<string, string>(),
} as const;

function everything(): CompiledPolicy {
  const text = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';
  const reading = readPolicy(text, 'identity');
  if (reading.kind !== 'policy') throw new Error('a policy that allows everything is malformed');
  return compilePolicy(reading.document, 'root');
}
