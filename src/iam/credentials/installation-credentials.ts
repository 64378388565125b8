import type { AccountId, EpochMilliseconds } from '../../core/ids.ts';
import type { Principal } from '../../core/principal.ts';
import { rootPrincipal } from '../principals.ts';
import { endedWithTask, type TaskWatch } from './job-sessions.ts';
import type { Sessions } from './sessions.ts';
import type { CredentialLookup, CredentialSource } from './source.ts';

/** The account's root access key, made at first start. */
export interface RootKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The access keys of users. */
export interface UserKeys {
  lookup(account: AccountId, accessKeyId: string): CredentialLookup;
}

interface CredentialParts {
  readonly sessions: Sessions;
  /** Says which sessions of jobs are over. */
  readonly tasks: TaskWatch;
  readonly users: UserKeys;
}

/** The credentials of an installation: its root key, the keys of its users, and the sessions that STS gave out. */
export class InstallationCredentials implements CredentialSource {
  readonly #account: AccountId;
  readonly #root: RootKey;
  readonly #rootUser: Principal;
  readonly #sessions: Sessions;
  readonly #tasks: TaskWatch;
  readonly #users: UserKeys;

  constructor(account: AccountId, root: RootKey, { sessions, tasks, users }: CredentialParts) {
    this.#account = account;
    this.#root = root;
    this.#rootUser = rootPrincipal(account, root.accessKeyId);
    this.#sessions = sessions;
    this.#tasks = tasks;
    this.#users = users;
  }

  lookup(accessKeyId: string, sessionToken: string | undefined, now: EpochMilliseconds): CredentialLookup {
    if (sessionToken !== undefined)
      return endedWithTask(this.#sessions.lookup(accessKeyId, sessionToken, now), this.#tasks);
    if (accessKeyId !== this.#root.accessKeyId) return this.#users.lookup(this.#account, accessKeyId);
    return { kind: 'found', secretAccessKey: this.#root.secretAccessKey, principal: this.#rootUser };
  }
}
