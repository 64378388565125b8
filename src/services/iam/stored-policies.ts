import { invariant } from '../../core/errors.ts';
import type { AccountId } from '../../core/ids.ts';
import {
  type CompiledPolicy,
  compilePolicy,
  findAwsManagedPolicy,
  type PolicyKind,
  type PolicyReads,
  readPolicy,
  type StoredIdentity,
  type StoredRole,
} from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import { entityArn } from './arns.ts';
import { type Changes, type Made, MadeOnce } from './changes.ts';
import { quotas } from './limits.ts';
import { findById, findByName, findPolicy } from './lookups.ts';
import {
  attachmentRecords,
  type GroupRecord,
  groupRecords,
  iamScope,
  inlinePolicyRecords,
  membershipRecords,
  policyVersionRecords,
  type RoleRecord,
  roleRecords,
  type UserRecord,
  userRecords,
  versionKey,
} from './records.ts';

type Policies = readonly CompiledPolicy[];
type OwnerKind = 'user' | 'group' | 'role';

interface Owner {
  readonly account: AccountId;
  readonly id: string;
  readonly name: string;
}

/** What decisions need of users, roles and policies: compiled when it is first asked for, and kept until something changes of it. */
export class StoredPolicies implements PolicyReads {
  readonly #ledger: Ledger;
  readonly #changes: Changes;
  readonly #identities: MadeOnce<StoredIdentity>;
  readonly #roles: MadeOnce<StoredRole>;
  readonly #owned: MadeOnce<Policies>;
  readonly #managed: MadeOnce<CompiledPolicy | undefined>;

  constructor(ledger: Ledger, changes: Changes) {
    this.#ledger = ledger;
    this.#changes = changes;
    this.#identities = new MadeOnce(changes, quotas.compiled);
    this.#roles = new MadeOnce(changes, quotas.compiled);
    this.#owned = new MadeOnce(changes, quotas.compiled);
    this.#managed = new MadeOnce(changes, quotas.compiled);
  }

  generation(_account: AccountId): number {
    return this.#changes.generation;
  }

  user(account: AccountId, userName: string): StoredIdentity | undefined {
    const user = findByName(this.#ledger, userRecords, account, userName);
    return user && this.#identities.get(user.id, () => this.#makeUser(user)).value;
  }

  role(account: AccountId, roleName: string): StoredRole | undefined {
    const role = findByName(this.#ledger, roleRecords, account, roleName);
    return role && this.#roles.get(role.id, () => this.#makeRole(role)).value;
  }

  managedPolicy(account: AccountId, arn: string): CompiledPolicy | undefined {
    return this.#compiled(account, arn, 'identity').value;
  }

  /** Those that every member of a group has by it. */
  ofGroup(group: GroupRecord): Policies {
    return this.#ownPolicies('group', group).value;
  }

  #makeUser(user: UserRecord): Made<StoredIdentity> {
    const own = this.#ownPolicies('user', user);
    const groups = this.#groupsOf(user).map((group) => this.#ownPolicies('group', group));
    const policies = [own, ...groups].flatMap(({ value }) => value);
    const boundary = this.#boundaryOf(user);
    return {
      value: { ...identityOf('user', user), policies: [...new Set(policies)], ...boundary.value },
      of: [user.id, ...own.of, ...groups.flatMap(({ of }) => of), ...boundary.of],
    };
  }

  #makeRole(role: RoleRecord): Made<StoredRole> {
    const { value: policies, of } = this.#ownPolicies('role', role);
    const boundary = this.#boundaryOf(role);
    const trust = compile(role.trust, 'trust', `trust policy of ${role.name}`);
    const { maxSessionDuration } = role;
    return {
      value: { ...identityOf('role', role), policies, ...boundary.value, trust, maxSessionDuration },
      of: [role.id, ...of, ...boundary.of],
    };
  }

  #groupsOf({ account, id }: UserRecord): readonly Owner[] {
    const memberships = this.#ledger.by(membershipRecords, iamScope(account), 'user', { value: id });
    return Array.from(memberships, ({ group }) => {
      const found = findById(this.#ledger, groupRecords, account, group);
      invariant(found, 'a group that has members exists');
      return found;
    });
  }

  /** Its own policies and those that are attached to it. */
  #ownPolicies(kind: OwnerKind, owner: Owner): Made<Policies> {
    return this.#owned.get(owner.id, () => {
      const scope = iamScope(owner.account);
      const inline = Array.from(
        this.#ledger.by(inlinePolicyRecords, scope, 'owner', { value: owner.id }),
        ({ name, document }) => compile(document, 'identity', `${kind}_${owner.name}_${name}`),
      );
      const attached = Array.from(
        this.#ledger.by(attachmentRecords, scope, 'owner', { value: owner.id }),
        ({ policyArn }) => this.#compiled(owner.account, policyArn, 'identity'),
      );
      const managed = attached.map(({ value }) => {
        invariant(value, 'a policy that is attached exists');
        return value;
      });
      return { value: [...inline, ...managed], of: [owner.id, ...attached.flatMap(({ of }) => of)] };
    });
  }

  #boundaryOf({ account, boundary }: UserRecord): Made<{ readonly boundary?: CompiledPolicy }> {
    if (boundary === undefined) return { value: {}, of: [] };
    const { value, of } = this.#compiled(account, boundary, 'boundary');
    invariant(value, 'a policy that is a boundary exists');
    return { value: { boundary: value }, of };
  }

  /** The default version of a managed policy. */
  #compiled(account: AccountId, arn: string, kind: PolicyKind): Made<CompiledPolicy | undefined> {
    const document = defaultDocument(this.#ledger, account, arn);
    if (document === undefined) return { value: undefined, of: [arn] };
    return this.#managed.get(`${kind} ${account} ${arn}`, () => ({
      value: compile(document, kind, arn),
      of: [arn],
    }));
  }
}

function identityOf(kind: 'user' | 'role', record: UserRecord): Omit<StoredIdentity, 'policies'> {
  return {
    arn: entityArn(kind, record),
    uniqueId: record.id,
    tags: new Map(Object.entries(record.tags)),
  };
}

function defaultDocument(ledger: Ledger, account: AccountId, arn: string): string | undefined {
  const builtIn = findAwsManagedPolicy(arn);
  if (builtIn) return builtIn.versions[builtIn.defaultVersion];
  const policy = findPolicy(ledger, account, arn);
  if (!policy) return undefined;
  return ledger.get(policyVersionRecords, policy, versionKey(policy.id, policy.defaultVersion))?.document;
}

/** Of a document that was found sound when it was saved. */
function compile(document: string, kind: PolicyKind, id: string): CompiledPolicy {
  const reading = readPolicy(document, kind);
  invariant(reading.kind === 'policy', `${id} is a policy of kind ${kind}`);
  return compilePolicy(reading.document, id);
}
