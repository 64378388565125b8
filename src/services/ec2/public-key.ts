import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { KeyPairRecord } from './records.ts';
import { refusal } from './refusals.ts';

/** A public key in OpenSSH's form, with the fingerprint that AWS shows of it. Throws `InvalidKey.Format`. */
export function readPublicKey(text: string): Pick<KeyPairRecord, 'type' | 'fingerprint' | 'publicKey'> {
  const [, format = '', encoded = ''] = /^\s*(ssh-rsa|ssh-ed25519)\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(text) ?? [];
  const blob = Buffer.from(encoded, 'base64');
  const [name, ...fields] = fieldsOf(blob) ?? [];
  if (!name || name.toString() !== format) throw wrongFormat();
  const publicKey = `${format} ${encoded}`;
  if (format === 'ssh-ed25519') {
    if (fields.length !== 1 || fields[0]?.length !== 32) throw wrongFormat();
    const fingerprint = createHash('sha256').update(blob).digest('base64');
    return { type: 'ed25519', fingerprint, publicKey };
  }
  return { type: 'rsa', fingerprint: md5Of(rsaKey(fields)), publicKey };
}

/** What the blob of an OpenSSH key is made of: texts that begin with their length; undefined for what is not. */
function fieldsOf(blob: Buffer): readonly Buffer[] | undefined {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    if (at + 4 > blob.length) return undefined;
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function rsaKey([exponent, modulus, ...others]: readonly Buffer[]): KeyObject {
  if (!exponent || !modulus || others.length > 0) throw wrongFormat();
  const [e, n] = [numberOf(exponent), numberOf(modulus)];
  const key = publicKeyOf(e, n);
  if (!key || !lengths.has(key.asymmetricKeyDetails?.modulusLength ?? 0)) throw wrongFormat();
  return key;
}

/** Bits of the keys that AWS takes. */
const lengths: ReadonlySet<number> = new Set([1024, 2048, 4096]);

/** Undefined for numbers that make no key. */
function publicKeyOf(e: string, n: string): KeyObject | undefined {
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'RSA', e, n } });
  } catch {
    return undefined;
  }
}

/** Without the zero that keeps it positive. */
function numberOf(field: Buffer): string {
  return field.subarray(field[0] === 0 ? 1 : 0).toString('base64url');
}

/** Of the key in DER, in pairs of digits: what AWS shows of an RSA key that was imported. */
function md5Of(key: KeyObject): string {
  const digest = createHash('md5')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  return (digest.match(/../g) ?? []).join(':');
}

function wrongFormat() {
  return refusal('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');
}
