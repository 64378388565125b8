import { ServiceError } from '../../core/errors.ts';
import type { AccountId } from '../../core/ids.ts';
import type { Principal } from '../../core/principal.ts';
import type { CredentialLookup, KeyUse, UserKeys } from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import { ValueUnreadable, type Vault } from '../../vault/index.ts';
import { entityArn } from './arns.ts';
import type { Changes } from './changes.ts';
import { noteKeyUse } from './key-uses.ts';
import { findById } from './lookups.ts';
import { type AccessKeyRecord, accessKeyRecords, iamScope, placeOfKey, userRecords } from './records.ts';

type KeyUser = Extract<Principal, { kind: 'user' }>;

/** The access keys of users, as signatures are checked by them: each secret is decrypted once. */
export class StoredAccessKeys implements UserKeys {
  readonly #ledger: Ledger;
  readonly #vault: Vault;
  /** A record that is changed is another one. */
  readonly #secrets = new WeakMap<AccessKeyRecord, string>();
  readonly #changes: Pick<Changes, 'generation'>;
  /** Whose keys they are, each one object until something of IAM changes: what others make of it is kept with it. */
  readonly #users = new WeakMap<AccessKeyRecord, { readonly generation: number; readonly user: KeyUser | undefined }>();

  constructor(ledger: Ledger, vault: Vault, changes: Pick<Changes, 'generation'>) {
    this.#ledger = ledger;
    this.#vault = vault;
    this.#changes = changes;
  }

  /** One that is inactive is as unknown as one that is not there. */
  lookup(account: AccountId, accessKeyId: string): CredentialLookup {
    const key = this.#ledger.get(accessKeyRecords, iamScope(account), accessKeyId);
    if (key?.status !== 'Active') return { kind: 'unknown' };
    const principal = this.#userOf(account, key);
    return principal ? { kind: 'found', secretAccessKey: this.#secretOf(key), principal } : { kind: 'unknown' };
  }

  #userOf(account: AccountId, key: AccessKeyRecord): KeyUser | undefined {
    const { generation } = this.#changes;
    const known = this.#users.get(key);
    if (known?.generation === generation) return known.user;
    const found = findById(this.#ledger, userRecords, account, key.user);
    const user = found && {
      ...({ kind: 'user', arn: entityArn('user', found), userId: found.id, account } as const),
      ...{ userName: found.name, accessKeyId: key.id },
    };
    this.#users.set(key, { generation, user });
    return user;
  }

  used(account: AccountId, use: KeyUse): void {
    noteKeyUse(this.#ledger, account, use);
  }

  #secretOf(key: AccessKeyRecord): string {
    const known = this.#secrets.get(key);
    if (known !== undefined) return known;
    const secret = openSecret(this.#vault, key);
    this.#secrets.set(key, secret);
    return secret;
  }
}

/** Whoever asks has not proven yet who they are, and is not told what is wrong. */
function openSecret(vault: Vault, key: AccessKeyRecord): string {
  try {
    return vault.open(key.sealed, placeOfKey(key)).toString();
  } catch (error) {
    if (!(error instanceof ValueUnreadable)) throw error;
    const message = 'The secret of this access key cannot be decrypted.';
    throw new ServiceError('InternalFailure', message, { status: 500, cause: error });
  }
}
