import { ServiceError } from '../../core/errors.ts';
import type { AccountId } from '../../core/ids.ts';
import type { CredentialLookup, KeyUse, UserKeys } from '../../iam/index.ts';
import type { Ledger } from '../../store/index.ts';
import { ValueUnreadable, type Vault } from '../../vault/index.ts';
import { entityArn } from './arns.ts';
import { noteKeyUse } from './key-uses.ts';
import { findById } from './lookups.ts';
import { type AccessKeyRecord, accessKeyRecords, iamScope, placeOfKey, userRecords } from './records.ts';

/** The access keys of users, as signatures are checked by them: each secret is decrypted once. */
export class StoredAccessKeys implements UserKeys {
  readonly #ledger: Ledger;
  readonly #vault: Vault;
  /** A record that is changed is another one. */
  readonly #secrets = new WeakMap<AccessKeyRecord, string>();

  constructor(ledger: Ledger, vault: Vault) {
    this.#ledger = ledger;
    this.#vault = vault;
  }

  /** One that is inactive is as unknown as one that is not there. */
  lookup(account: AccountId, accessKeyId: string): CredentialLookup {
    const key = this.#ledger.get(accessKeyRecords, iamScope(account), accessKeyId);
    if (key?.status !== 'Active') return { kind: 'unknown' };
    const user = findById(this.#ledger, userRecords, account, key.user);
    if (!user) return { kind: 'unknown' };
    const { id: userId, name: userName } = user;
    const arn = entityArn('user', user);
    return {
      kind: 'found',
      secretAccessKey: this.#secretOf(key),
      principal: { kind: 'user', arn, userId, account, userName, accessKeyId },
    };
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
