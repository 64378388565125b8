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
  const text = header.trim();
  const blank = text.indexOf(' ');
  if ((blank < 0 ? text : text.slice(0, blank)) !== algorithm) {
    return malformed(`Authorization header must begin with '${algorithm}'.`);
  }
  const parameters = new Map<string, string>();
  for (const part of text.slice(algorithm.length).split(',')) {
    const trimmed = part.trim();
    const equals = trimmed.indexOf('=');
    if (equals < 1 || trimmed.includes(' ')) {
      if (trimmed === '') continue;
      return malformed('An element is not a valid key=value pair (missing equal-sign) in Authorization header.');
    }
    parameters.set(trimmed.slice(0, equals), trimmed.slice(equals + 1));
  }
  const date = headers['x-amz-date'] ?? headers.date;
  if (date === undefined || !required.every((name) => parameters.get(name))) return incomplete(parameters, date);
  return readClaim(parameters, date, headers['x-amz-security-token'], undefined);
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
    signedHeaders: headerLists.get(parameters.get('SignedHeaders') ?? ''),
    signature: parameters.get('Signature') ?? '',
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

/** A client sends the same credential and header list all day long: they are taken apart once. */
const scopes = new Memo(readScope);
const headerLists = new Memo((list: string): readonly string[] => list.split(';'));

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
