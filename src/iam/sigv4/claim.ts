import type { EpochMilliseconds } from '../../core/ids.ts';
import { decodeWire } from './encoding.ts';
import { Memo } from './memo.ts';
import { algorithm, type CredentialScope, type HttpHead, terminator } from './message.ts';
import { formatAmzDate, parseAmzDate, parseDateHeader } from './timestamp.ts';

/** A signature as the caller states it, well-formed but not yet checked. */
export interface SignatureClaim {
  readonly scope: CredentialScope;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** When it was signed. */
  readonly time: EpochMilliseconds;
  /** The same, as it stands in the string to sign. */
  readonly amzDate: string;
  readonly sessionToken: string | undefined;
  /** Only in a presigned request that says so: for how many seconds it holds. */
  readonly expiresIn?: number;
}

/**
 * What a request says about its signature. `malformed` carries AWS's words, and the scope as far as it could be read,
 * so that the refusal can be given in the service's own protocol.
 */
export type SignatureReading =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'malformed'; readonly message: string; readonly scope?: CredentialScope }
  | { readonly kind: 'claimed'; readonly claim: SignatureClaim };

/** The longest that a presigned request may hold, in seconds. */
export const longestExpiry = 604_800;

/** Reads the `Authorization` header, or else the presigned query. Checks form only; `verifyClaim` does the rest. */
export function readSignature(message: HttpHead): SignatureReading {
  const header = message.headers.authorization;
  if (header !== undefined) return readHeader(header, message.headers);
  if (message.query.includes('X-Amz-')) return readPresigned(message);
  return { kind: 'unsigned' };
}

type Parameters = ReadonlyMap<string, string>;

function readHeader(header: string, headers: HttpHead['headers']): SignatureReading {
  const date = headers['x-amz-date'] ?? headers.date;
  const token = headers['x-amz-security-token'];
  const usual = date === undefined ? undefined : readUsual(header);
  if (usual && date !== undefined) return claimAt(usual, date, token, undefined);
  const parameters = readParameters(header);
  if (typeof parameters === 'string') return malformed(parameters);
  if (date === undefined || !required.every((name) => parameters.get(name))) return incomplete(parameters, date);
  return readClaim(parameters, date, token, undefined);
}

/** The parameters of an `Authorization` header, or what is wrong with it. */
function readParameters(header: string): Parameters | string {
  const text = header.trim();
  const blank = text.indexOf(' ');
  if ((blank < 0 ? text : text.slice(0, blank)) !== algorithm) {
    return `Authorization header must begin with '${algorithm}'.`;
  }
  const parameters = new Map<string, string>();
  for (const part of text.slice(algorithm.length).split(',')) {
    const trimmed = part.trim();
    const equals = trimmed.indexOf('=');
    if (equals < 1 || trimmed.includes(' ')) {
      if (trimmed === '') continue;
      return 'An element is not a valid key=value pair (missing equal-sign) in Authorization header.';
    }
    parameters.set(trimmed.slice(0, equals), trimmed.slice(equals + 1));
  }
  return parameters;
}

/** What a client sends all day long before the signature, taken apart once. */
type Stem = Pick<SignatureClaim, 'scope' | 'signedHeaders'>;

const signatureLength = 64;
const usualSignature = /^[0-9a-f]{64}$/;
const anySignature = '0'.repeat(signatureLength);
/** Longer headers are not remembered: no client of AWS sends them. */
const longestUsual = 1_024;
const stems = new Memo(readStem);

/** A header that ends with its signature, as all clients of AWS send it; undefined for any other, right or wrong. */
function readUsual(header: string): Signed | undefined {
  if (header.length > longestUsual) return undefined;
  const signature = header.slice(-signatureLength);
  if (!usualSignature.test(signature)) return undefined;
  const stem = stems.get(header.slice(0, -signatureLength));
  return stem === 'unusual' ? undefined : { scope: stem.scope, signedHeaders: stem.signedHeaders, signature };
}

function readStem(stem: string): Stem | 'unusual' {
  if (!/[ ,]Signature=$/.test(stem)) return 'unusual';
  const parameters = readParameters(stem + anySignature);
  if (typeof parameters === 'string' || !required.every((name) => parameters.get(name))) return 'unusual';
  const scope = readScope(parameters.get('Credential') ?? '');
  return scope ? { scope, signedHeaders: splitHeaders(parameters.get('SignedHeaders') ?? '') } : 'unusual';
}

const required = ['Credential', 'Signature', 'SignedHeaders'] as const;

function incomplete(parameters: Parameters, date: string | undefined): SignatureReading {
  const missing = required
    .filter((name) => !parameters.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (date === undefined) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  return malformed(missing.join(' '), scopeOf(parameters.get('Credential')));
}

function readPresigned(message: HttpHead): SignatureReading {
  const found = new Map<string, string>();
  for (const part of message.query.split('&')) {
    const equals = part.indexOf('=');
    const name = decodeWire(equals < 0 ? part : part.slice(0, equals));
    if (!name.startsWith('X-Amz-')) continue;
    if (found.has(name)) return malformed(`Query-string parameter '${name}' must not be repeated.`);
    found.set(name, equals < 0 ? '' : decodeWire(part.slice(equals + 1)));
  }
  if (!found.has('X-Amz-Algorithm') && !found.has('X-Amz-Signature')) return { kind: 'unsigned' };
  const scope = scopeOf(found.get('X-Amz-Credential'));
  const missing = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']
    .filter((name) => !found.get(name))
    .map((name) => `AWS query-string parameters must include '${name}'.`);
  if (missing.length > 0) return malformed(missing.join(' '), scope);
  if (found.get('X-Amz-Algorithm') !== algorithm)
    return malformed(`Query-string algorithm must be '${algorithm}'.`, scope);
  const parameters = new Map(
    ['Credential', 'Signature', 'SignedHeaders'].map((name) => [name, found.get(`X-Amz-${name}`) ?? ''] as const),
  );
  const token = found.get('X-Amz-Security-Token') ?? message.headers['x-amz-security-token'];
  return readClaim(parameters, found.get('X-Amz-Date') ?? '', token, found.get('X-Amz-Expires'));
}

function readClaim(
  parameters: Parameters,
  date: string,
  sessionToken: string | undefined,
  expires: string | undefined,
): SignatureReading {
  const credential = parameters.get('Credential') ?? '';
  const scope = scopeOf(credential);
  if (!scope) return malformed(describeBadCredential(credential));
  const signedHeaders = headerLists.get(parameters.get('SignedHeaders') ?? '');
  return claimAt({ scope, signedHeaders, signature: parameters.get('Signature') ?? '' }, date, sessionToken, expires);
}

type Signed = Pick<SignatureClaim, 'scope' | 'signedHeaders' | 'signature'>;

function claimAt(
  { scope, signedHeaders, signature }: Signed,
  date: string,
  sessionToken: string | undefined,
  expires: string | undefined,
): SignatureReading {
  const time = parseDateHeader(date);
  if (time === undefined) {
    return malformed(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
      scope,
    );
  }
  const expiresIn = expires === undefined ? undefined : readExpires(expires);
  if (expiresIn === 'invalid') {
    return malformed(`X-Amz-Expires must be a number of seconds from 1 to ${longestExpiry}.`, scope);
  }
  const claim: SignatureClaim = {
    scope,
    signedHeaders,
    signature,
    time,
    amzDate: parseAmzDate(date) === undefined ? formatAmzDate(time) : date,
    sessionToken,
    ...(expiresIn === undefined ? {} : { expiresIn }),
  };
  return { kind: 'claimed', claim };
}

function readExpires(text: string): number | 'invalid' {
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return seconds >= 1 && seconds <= longestExpiry ? seconds : 'invalid';
}

/** Those of presigned and unusual requests repeat too. */
const scopes = new Memo(readScope);
const headerLists = new Memo(splitHeaders);

function splitHeaders(list: string): readonly string[] {
  return list.split(';');
}

function scopeOf(credential: string | undefined): CredentialScope | undefined {
  return credential === undefined ? undefined : scopes.get(credential);
}

function readScope(credential: string): CredentialScope | undefined {
  const [accessKeyId, date, region, service, end, ...rest] = credential.split('/');
  if (!accessKeyId || !date || !region || !service || end !== terminator || rest.length > 0) return undefined;
  return { accessKeyId, date, region, service };
}

function describeBadCredential(credential: string): string {
  const parts = credential.split('/');
  if (parts.length === 5 && parts[4] !== terminator) {
    return `Credential should be scoped with a valid terminator: '${terminator}', not '${parts[4]}'.`;
  }
  return `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`;
}

function malformed(message: string, scope?: CredentialScope): SignatureReading {
  return scope ? { kind: 'malformed', message, scope } : { kind: 'malformed', message };
}
