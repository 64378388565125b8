import { createPrivateKey, createPublicKey, generateKeyPair, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds, Milliseconds } from '../../../core/ids.ts';
import type { Ledger } from '../../../store/index.ts';
import type { Vault } from '../../../vault/index.ts';
import { placeOfTrailKey, type TrailKeyRecord, trailKeyRecords } from '../records.ts';
import { hashOf } from './digest.ts';

const day = 86_400_000;
/** How long a key signs. */
const signsFor: Milliseconds = 90 * day;
/** Clocks that are set back a little still find a key of their time. */
const before: Milliseconds = day;

interface SigningKeysOptions {
  readonly ledger: Ledger;
  readonly vault: Vault;
}

/** The keys that sign digests: each region has its own, made at first need, and another one each 90 days. None is forgotten. */
export class SigningKeys {
  readonly #options: SigningKeysOptions;

  constructor(options: SigningKeysOptions) {
    this.#options = options;
  }

  /** The key that signs a digest that ends at a time. Rejects with words if there is none and none can be sealed. */
  async keyFor(scope: Scope, time: EpochMilliseconds): Promise<TrailKeyRecord> {
    const { ledger } = this.#options;
    const found = ledger.list(trailKeyRecords, scope).find(({ from, to }) => from <= time && time < to);
    if (found) return found;
    const made = await this.#make(scope, time);
    ledger.transact((transaction) => transaction.put(trailKeyRecords, made));
    return made;
  }

  /** Those of a region that are good for any time of a range. */
  keysOf(scope: Scope, start: EpochMilliseconds, end: EpochMilliseconds): readonly TrailKeyRecord[] {
    return this.#options.ledger.list(trailKeyRecords, scope).filter(({ from, to }) => from <= end && to >= start);
  }

  /** The signature of a text in hexadecimal digits: always the same one. */
  sign(scope: Scope, fingerprint: string, text: string): string {
    const { ledger, vault } = this.#options;
    const key = ledger.get(trailKeyRecords, scope, fingerprint);
    if (!key) throw new Error(`there is no key ${fingerprint}`);
    const secret = createPrivateKey({
      key: vault.open(key.sealed, placeOfTrailKey(key)),
      format: 'der',
      type: 'pkcs8',
    });
    return sign('sha256', Buffer.from(text), secret).toString('hex');
  }

  async #make(scope: Scope, time: EpochMilliseconds): Promise<TrailKeyRecord> {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'pkcs1' });
    const fingerprint = hashOf(publicKey).slice(0, 32);
    const secret = privateKey.export({ format: 'der', type: 'pkcs8' });
    const sealed = this.#options.vault.seal(secret, placeOfTrailKey({ fingerprint }));
    const times = { from: time - before, to: time + signsFor };
    return { ...scopeOf(scope), fingerprint, publicKey: publicKey.toString('base64'), ...times, sealed };
  }
}
