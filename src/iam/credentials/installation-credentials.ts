import type { AccountId, EpochMilliseconds } from '../../core/ids.ts';
import type { Principal } from '../../core/principal.ts';
import { rootPrincipal } from '../principals.ts';
import { endedWithTask, type TaskWatch } from './job-sessions.ts';
import type { Sessions } from './sessions.ts';
import type { CredentialLookup, CredentialSource, KeyUse } from './source.ts';

/** The account's root access key, made at first start. */
export interface RootKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The access keys of users. */
export interface UserKeys {
  lookup(account: AccountId, accessKeyId: string): CredentialLookup;
  used(account: AccountId, use: KeyUse): void;
}

interface CredentialParts {
  readonly sessions: Sessions;
  /** Says which sessions of jobs are over. */
  readonly tasks: TaskWatch;
  readonly users: UserKeys;
  /** Says whom the sessions of STS are of that is still there. @default everybody is */
  readonly isThere?: (principal: Principal) => boolean;
}

/** The credentials of an installation: its root key, the keys of its users, and the sessions that STS gave out. */
export class InstallationCredentials implements CredentialSource {
  readonly #account: AccountId;
  readonly #root: RootKey;
  readonly #rootUser: Principal;
  readonly #sessions: Sessions;
  readonly #tasks: TaskWatch;
  readonly #users: UserKeys;
  readonly #isThere: (principal: Principal) => boolean;

  constructor(account: AccountId, root: RootKey, parts: CredentialParts) {
    const { sessions, tasks, users, isThere = () => true } = parts;
    this.#account = account;
    this.#root = root;
    this.#rootUser = rootPrincipal(account, root.accessKeyId);
    this.#sessions = sessions;
    this.#tasks = tasks;
    this.#users = users;
    this.#isThere = isThere;
  }

  lookup(accessKeyId: string, sessionToken: string | undefined, now: EpochMilliseconds): CredentialLookup {
    if (sessionToken !== undefined) {
      const found = endedWithTask(this.#sessions.lookup(accessKeyId, sessionToken, now), this.#tasks);
      return found.kind === 'found' && isOfSts(found.principal) && !this.#isThere(found.principal)
        ? { kind: 'unknown' }
        : found;
    }
    if (accessKeyId !== this.#root.accessKeyId) return this.#users.lookup(this.#account, accessKeyId);
    return { kind: 'found', secretAccessKey: this.#root.secretAccessKey, principal: this.#rootUser };
  }

  used(use: KeyUse): void {
    this.#users.used(this.#account, use);
  }
}

/** Sessions of jobs end with their task, and with nothing else: what they may do then is another matter. */
function isOfSts(principal: Principal): boolean {
  return principal.kind !== 'role-session' || principal.use.kind === 'assumed';
}
