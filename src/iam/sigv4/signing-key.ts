import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { type CredentialScope, terminator } from './message.ts';

/** The key of one credential scope: four HMACs from the secret access key. */
export function deriveSigningKey(secretAccessKey: string, scope: CredentialScope): KeyObject {
  let key: Buffer = Buffer.from(`AWS4${secretAccessKey}`, 'utf8');
  for (const part of [scope.date, scope.region, scope.service, terminator]) {
    key = createHmac('sha256', key).update(part).digest();
  }
  return createSecretKey(key);
}

interface CachedKey {
  readonly secretAccessKey: string;
  readonly key: KeyObject;
}

/** Signing keys by credential scope, the oldest dropped when full: deriving one costs four times what using it does. */
export class SigningKeyCache {
  readonly #keys = new Map<string, CachedKey>();
  readonly #capacity: number;

  /** `capacity` is in keys, of about 200 bytes each. */
  constructor(capacity = 1024) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** The key of `scope` under `secretAccessKey`, derived if it is not here, or was derived from another secret. */
  get(secretAccessKey: string, scope: CredentialScope): KeyObject {
    const id = `${scope.accessKeyId}/${scope.date}/${scope.region}/${scope.service}`;
    const cached = this.#keys.get(id);
    if (cached?.secretAccessKey === secretAccessKey) return cached.key;
    const key = deriveSigningKey(secretAccessKey, scope);
    this.#keys.set(id, { secretAccessKey, key });
    this.#dropOldest();
    return key;
  }

  #dropOldest(): void {
    if (this.#keys.size <= this.#capacity) return;
    for (const oldest of this.#keys.keys()) {
      this.#keys.delete(oldest);
      return;
    }
  }
}
