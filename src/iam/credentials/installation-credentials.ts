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

/** The credentials of an installation: its root key, and the sessions that STS gave out. */
export class InstallationCredentials implements CredentialSource {
  readonly #root: RootKey;
  readonly #rootUser: Principal;
  readonly #sessions: Sessions;
  readonly #tasks: TaskWatch;

  /** `tasks` says which sessions of jobs are over. */
  constructor(account: AccountId, root: RootKey, sessions: Sessions, tasks: TaskWatch) {
    this.#root = root;
    this.#rootUser = rootPrincipal(account, root.accessKeyId);
    this.#sessions = sessions;
    this.#tasks = tasks;
  }

  lookup(accessKeyId: string, sessionToken: string | undefined, now: EpochMilliseconds): CredentialLookup {
    if (sessionToken !== undefined)
      return endedWithTask(this.#sessions.lookup(accessKeyId, sessionToken, now), this.#tasks);
    if (accessKeyId !== this.#root.accessKeyId) return { kind: 'unknown' };
    return { kind: 'found', secretAccessKey: this.#root.secretAccessKey, principal: this.#rootUser };
  }
}
