import type { AccountId, Arn, Region } from '../../core/ids.ts';
import type { Principal } from '../../core/principal.ts';
import { compilePolicy, type PolicyKind, readPolicy } from '../policy/index.ts';
import type { CallFacts } from './call-keys.ts';
import type { PolicyReads, StoredIdentity, StoredRole } from './policy-reads.ts';

export const account = '123456789012' as AccountId;

/** A call of a principal from this machine. */
export function callAs(principal: Principal, more: Partial<CallFacts> = {}): CallFacts {
  const region = 'us-east-1' as Region;
  return {
    account,
    region,
    now: Date.UTC(2026, 0, 2),
    source: { kind: 'network', address: '::1' },
    principal,
    ...more,
  };
}

/** A policy of statements, or of a whole document. */
export function policyOf(statements: unknown, kind: PolicyKind = 'identity', id = 'a policy') {
  const reading = readPolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind);
  if (reading.kind === 'malformed') throw new Error(reading.message);
  return compilePolicy(reading.document, id);
}

export function statement(effect: 'Allow' | 'Deny', action: unknown, resource: unknown = '*', condition?: unknown) {
  return { Effect: effect, Action: action, Resource: resource, ...(condition ? { Condition: condition } : {}) };
}

/** Who is given, in memory. Whatever is changed is a new generation. */
export class FakePolicies implements PolicyReads {
  readonly #users = new Map<string, StoredIdentity>();
  readonly #roles = new Map<string, StoredRole>();
  readonly #managed = new Map<string, ReturnType<typeof policyOf>>();
  #generation = 0;

  generation(): number {
    return this.#generation;
  }

  user(_account: AccountId, userName: string): StoredIdentity | undefined {
    return this.#users.get(userName);
  }

  role(_account: AccountId, roleName: string): StoredRole | undefined {
    return this.#roles.get(roleName);
  }

  managedPolicy(_account: AccountId, arn: string) {
    return this.#managed.get(arn);
  }

  putUser(name: string, given: Partial<StoredIdentity> = {}): Principal {
    this.#generation += 1;
    const arn = `arn:aws:iam::${account}:user/${name}` as Arn;
    const user = { arn, uniqueId: `AIDA${name.toUpperCase()}`, tags: new Map(), policies: [], ...given };
    this.#users.set(name, user);
    return { kind: 'user', userName: name, arn: user.arn, userId: user.uniqueId, account };
  }

  putRole(name: string, given: Partial<StoredRole> = {}): StoredRole {
    this.#generation += 1;
    const role: StoredRole = {
      arn: `arn:aws:iam::${account}:role/${name}` as Arn,
      uniqueId: `AROA${name.toUpperCase()}`,
      tags: new Map(),
      policies: [],
      trust: trusting({ AWS: account, Service: usersOfStoredRoles }),
      maxSessionDuration: 3600,
      ...given,
    };
    this.#roles.set(name, role);
    return role;
  }

  putManaged(arn: string, policy: ReturnType<typeof policyOf>): void {
    this.#generation += 1;
    this.#managed.set(arn, policy);
  }

  remove(name: string): void {
    this.#generation += 1;
    this.#users.delete(name);
    this.#roles.delete(name);
  }
}

/** A trust policy for a principal, as documents name it. */
export function trusting(principal: unknown, actions: readonly string[] = ['sts:AssumeRole'], condition?: unknown) {
  const given = { Effect: 'Allow', Principal: principal, Action: actions };
  return policyOf(condition ? { ...given, Condition: condition } : given, 'trust', 'trust policy');
}

/** Whom roles of tests trust beside their account. */
const usersOfStoredRoles = ['states.amazonaws.com', 'events.amazonaws.com', 'ecs-tasks.amazonaws.com'];
