import { createHmac, hash } from 'node:crypto';
import { type CredentialScope, terminator } from './message.ts';

/** Bytes that SHA-256 takes at a time, and of its digest. */
const blockLength = 64;
const digestLength = 32;
/** Longest text, in bytes, that needs no buffer of its own; a string to sign has about 140. */
const usualText = 448;

/**
 * A key of HMAC-SHA256 (RFC 2104), made ready: both hashes of an HMAC begin with a block made of the key alone. Two one-shot
 * hashes behind blocks that are kept cost half of what Node's `createHmac` does.
 */
export class SigningKey {
  /** The key with the inner pad, and room for a text. */
  readonly #inner = Buffer.alloc(blockLength + usualText, innerPad, 'latin1');
  /** The key with the outer pad, and room for the inner digest. */
  readonly #outer = Buffer.alloc(blockLength + digestLength, outerPad, 'latin1');

  /** `key` has at most 64 bytes: a longer one would have to be hashed first, and none of ours is. */
  constructor(key: Uint8Array) {
    if (key.length > blockLength) throw new RangeError('a signing key of more than 64 bytes');
    for (const [index, byte] of key.entries()) {
      this.#inner[index] = byte ^ innerByte;
      this.#outer[index] = byte ^ outerByte;
    }
  }

  /** HMAC-SHA256 of `text` in UTF-8, in lower-case hexadecimal. */
  sign(text: string): string {
    this.#outer.write(hash('sha256', this.#innerMessage(text), 'latin1'), blockLength, 'latin1');
    return hash('sha256', this.#outer, 'hex');
  }

  #innerMessage(text: string): Uint8Array {
    // Three bytes of UTF-8 at most for each unit of UTF-16.
    if (text.length * 3 <= usualText) {
      return this.#inner.subarray(0, blockLength + this.#inner.write(text, blockLength, 'utf8'));
    }
    return Buffer.concat([this.#inner.subarray(0, blockLength), Buffer.from(text, 'utf8')]);
  }
}

const innerByte = 0x36;
const outerByte = 0x5c;
const innerPad = String.fromCharCode(innerByte);
const outerPad = String.fromCharCode(outerByte);

/** The key of one credential scope: four HMACs from the secret access key. */
export function deriveSigningKey(secretAccessKey: string, scope: CredentialScope): SigningKey {
  let key: Buffer = Buffer.from(`AWS4${secretAccessKey}`, 'utf8');
  for (const part of [scope.date, scope.region, scope.service, terminator]) {
    key = createHmac('sha256', key).update(part).digest();
  }
  return new SigningKey(key);
}

interface CachedKey {
  readonly secretAccessKey: string;
  readonly key: SigningKey;
}

/** Signing keys by credential scope, the oldest dropped when full: deriving one costs four times what using it does. */
export class SigningKeyCache {
  readonly #keys = new Map<string, CachedKey>();
  readonly #capacity: number;

  /** `capacity` is in keys, of about a kilobyte each. */
  constructor(capacity = 1024) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** The key of `scope` under `secretAccessKey`, derived if it is not here, or was derived from another secret. */
  get(secretAccessKey: string, scope: CredentialScope): SigningKey {
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
