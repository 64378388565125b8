import { timingSafeEqual } from 'node:crypto';
import type { EpochMilliseconds, Milliseconds } from '../../core/ids.ts';
import type { Principal } from '../../core/principal.ts';
import type { CredentialSource } from '../credentials/source.ts';
import { canonicalRequest, sha256 } from './canonical.ts';
import { readSignature, type SignatureClaim } from './claim.ts';
import { decodeWire } from './encoding.ts';
import type { CredentialScope, HttpHead, HttpMessage } from './message.ts';
import { stringToSign } from './sign.ts';
import type { SigningKeyCache } from './signing-key.ts';
import { formatAmzDate } from './timestamp.ts';

/** Why a request is not taken as its sender's. `message` is in AWS's words. */
export type SignatureRefusal =
  | { readonly kind: 'missing' }
  | { readonly kind: 'incomplete'; readonly message: string }
  /** The signature, its scope or its date is wrong. `canonical` is what should have been signed. */
  | { readonly kind: 'mismatch'; readonly message: string; readonly canonical?: CanonicalTexts }
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'expired-token' }
  | { readonly kind: 'request-expired' };

/** Both texts that a signer must come to; AWS's REST services show them, since most mistakes are seen at once there. */
export interface CanonicalTexts {
  readonly request: string;
  readonly stringToSign: string;
}

export type Verification =
  | { readonly kind: 'verified'; readonly principal: Principal; readonly scope: CredentialScope }
  | { readonly kind: 'refused'; readonly refusal: SignatureRefusal };

/** A claim of which all but the signature itself has been found good. */
export interface CheckedClaim {
  readonly claim: SignatureClaim;
  readonly principal: Principal;
  readonly secretAccessKey: string;
}

export type ClaimCheck =
  | { readonly kind: 'plausible'; readonly checked: CheckedClaim }
  | { readonly kind: 'refused'; readonly refusal: SignatureRefusal };

/** What a verification needs beside the request. */
export interface Verifier {
  readonly credentials: CredentialSource;
  readonly keys: SigningKeyCache;
  readonly now: EpochMilliseconds;
}

/** How far the caller's clock may be from ours, either way. */
export const allowedSkew: Milliseconds = 5 * 60_000;

/** Services that AWS lets callers leave the body out of the signature of. None of them is served here. */
const unsignedPayloadServices: ReadonlySet<string> = new Set(['s3']);

/** Reads and verifies the signature of a whole request. */
export function verifyRequest(message: HttpMessage, verifier: Verifier): Verification {
  const reading = readSignature(message);
  switch (reading.kind) {
    case 'unsigned':
      return refuse({ kind: 'missing' });
    case 'malformed':
      return refuse({ kind: 'incomplete', message: reading.message });
    case 'claimed': {
      const check = checkClaim(reading.claim, message, verifier);
      return check.kind === 'refused' ? check : verifyClaim(check.checked, message, verifier.keys);
    }
  }
}

/** All that can be known of a claimed signature before the body is there: its form, its date, and whose key it is. */
export function checkClaim(
  claim: SignatureClaim,
  head: HttpHead,
  { credentials, now }: Pick<Verifier, 'credentials' | 'now'>,
): ClaimCheck {
  const refusal = checkScope(claim) ?? checkSignedHeaders(claim, head) ?? checkTime(claim, now);
  if (refusal) return refuse(refusal);
  const found = credentials.lookup(claim.scope.accessKeyId, claim.sessionToken, now);
  if (found.kind === 'expired') return refuse({ kind: 'expired-token' });
  if (found.kind === 'unknown') return refuse({ kind: 'unknown-key' });
  const { principal, secretAccessKey } = found;
  return { kind: 'plausible', checked: { claim, principal, secretAccessKey } };
}

/** The rest, once the body is there: its hash and, in constant time, the signature itself. */
export function verifyClaim(checked: CheckedClaim, message: HttpMessage, keys: SigningKeyCache): Verification {
  const { claim, principal, secretAccessKey } = checked;
  const payloadHash = hashPayload(claim, message);
  if (payloadHash === undefined) return refuse({ kind: 'mismatch', message: bodyMismatch });
  const canonical = canonicalRequest(message, claim.scope.service, claim.signedHeaders, payloadHash);
  const text = stringToSign(claim.amzDate, claim.scope, canonical);
  const expected = keys.get(secretAccessKey, claim.scope).sign(text);
  if (equalSignatures(expected, claim.signature)) return { kind: 'verified', principal, scope: claim.scope };
  const canonicalTexts = { request: canonical, stringToSign: text };
  return refuse({ kind: 'mismatch', message: signatureMismatch, canonical: canonicalTexts });
}

const signatureMismatch =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

const bodyMismatch = "The provided 'x-amz-content-sha256' header does not match what was computed.";

/** Any region name comes to life on first use, so it must at least look like one. */
const regionName = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

function checkScope(claim: SignatureClaim): SignatureRefusal | undefined {
  const { date, region } = claim.scope;
  const day = claim.amzDate.slice(0, 8);
  if (date !== day) {
    const explanation = `'${date}' != '${day}', from '${claim.amzDate}'.`;
    const message = `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ${explanation}`;
    return { kind: 'mismatch', message };
  }
  if (regionName.test(region)) return undefined;
  return { kind: 'mismatch', message: `Credential should be scoped to a valid region, not '${region}'. ` };
}

/** `host` and every `x-amz-*` header that was sent must be signed, and every signed header sent. */
function checkSignedHeaders(claim: SignatureClaim, message: HttpHead): SignatureRefusal | undefined {
  const { signedHeaders } = claim;
  if (!signedHeaders.includes('host')) return unsignedHeader('Host');
  for (const name in message.headers) {
    if (name.startsWith('x-amz-') && !signedHeaders.includes(name)) return unsignedHeader(name);
  }
  for (const name of signedHeaders) {
    if (Object.hasOwn(message.headers, name) && message.headers[name] !== undefined) continue;
    const text = `'${name}' is named as a SignedHeader, but it does not exist in the HTTP request.`;
    return { kind: 'incomplete', message: text };
  }
  return undefined;
}

function unsignedHeader(name: string): SignatureRefusal {
  return { kind: 'incomplete', message: `'${name}' must be a 'SignedHeader' in the AWS Authorization.` };
}

function checkTime({ time, amzDate, expiresIn }: SignatureClaim, now: EpochMilliseconds): SignatureRefusal | undefined {
  if (time > now + allowedSkew) {
    const limit = `${formatAmzDate(now + allowedSkew)} (${formatAmzDate(now)} + 5 min.)`;
    return { kind: 'mismatch', message: `Signature not yet current: ${amzDate} is still later than ${limit}` };
  }
  if (expiresIn !== undefined) return now > time + expiresIn * 1000 ? { kind: 'request-expired' } : undefined;
  if (time >= now - allowedSkew) return undefined;
  const limit = `${formatAmzDate(now - allowedSkew)} (${formatAmzDate(now)} - 5 min.)`;
  return { kind: 'mismatch', message: `Signature expired: ${amzDate} is now earlier than ${limit}` };
}

/** The body's hash as it stands in the canonical request, or undefined if the caller stated another. */
function hashPayload(claim: SignatureClaim, message: HttpMessage): string | undefined {
  const stated = message.headers['x-amz-content-sha256'] ?? statedInQuery(message.query);
  if (stated === 'UNSIGNED-PAYLOAD' && unsignedPayloadServices.has(claim.scope.service)) return stated;
  const actual = sha256(message.body);
  return stated === undefined || stated === actual ? actual : undefined;
}

function statedInQuery(query: string): string | undefined {
  if (query === '') return undefined;
  const value = /(?:^|&)X-Amz-Content-Sha256=([^&]*)/i.exec(query)?.[1];
  return value === undefined ? undefined : decodeWire(value);
}

const expectedBytes = Buffer.alloc(64);
const statedBytes = Buffer.alloc(64);

/** Compares two signatures of 64 hexadecimal digits in a time that does not depend on where they differ. */
function equalSignatures(expected: string, stated: string): boolean {
  if (stated.length !== 64) return false;
  expectedBytes.write(expected, 'latin1');
  statedBytes.write(stated, 'latin1');
  return timingSafeEqual(expectedBytes, statedBytes);
}

function refuse(refusal: SignatureRefusal): { readonly kind: 'refused'; readonly refusal: SignatureRefusal } {
  return { kind: 'refused', refusal };
}
