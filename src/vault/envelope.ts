import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import type { RandomSource } from '../core/random.ts';

/** A key that values are sealed under, and the name that envelopes know it by. */
export interface ValueKey {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly key: KeyObject;
}

const version = '1';
const cipher = 'aes-256-gcm';
/** Of GCM: a fresh one for each value, which 96 random bits are for far more values than a key ever seals. */
const nonceLength = 12;
const tagLength = 16;

/**
 * Encrypts a value under a key (AES-256-GCM) for one place, which is told again to open it: an envelope that was moved to
 * another record does not open there. Text: version, key id, and base64 of nonce, ciphertext and tag, with points between.
 */
export function sealEnvelope(value: Uint8Array, place: string, { id, key }: ValueKey, random: RandomSource): string {
  const nonce = random.bytes(nonceLength);
  const encryption = createCipheriv(cipher, key, nonce, { authTagLength: tagLength }).setAAD(Buffer.from(place));
  const hidden = [nonce, encryption.update(value), encryption.final(), encryption.getAuthTag()];
  return [version, id, Buffer.concat(hidden).toString('base64')].join('.');
}

/** The id of the key that an envelope was sealed under; undefined for a text that is none. */
export function keyIdOf(envelope: string): string | undefined {
  const [, id] = /^1\.([0-9a-f]{16})\./.exec(envelope) ?? [];
  return id;
}

/** The value in an envelope; undefined if it is not whole, or was sealed for another place or under another key. */
export function openEnvelope(envelope: string, place: string, { id, key }: ValueKey): Buffer | undefined {
  if (keyIdOf(envelope) !== id) return undefined;
  const bytes = Buffer.from(envelope.slice(version.length + id.length + 2), 'base64');
  if (bytes.length < nonceLength + tagLength) return undefined;
  const decryption = createDecipheriv(cipher, key, bytes.subarray(0, nonceLength), { authTagLength: tagLength })
    .setAAD(Buffer.from(place))
    .setAuthTag(bytes.subarray(-tagLength));
  const value = decryption.update(bytes.subarray(nonceLength, -tagLength));
  try {
    return Buffer.concat([value, decryption.final()]);
  } catch {
    // What Node throws when the tag is not that of the ciphertext, the place and the key; it has no code to tell it by.
    return undefined;
  }
}
