import type { EpochMilliseconds } from '../../core/ids.ts';
import { canonicalRequest, sha256 } from './canonical.ts';
import { encodeText } from './encoding.ts';
import { algorithm, type CredentialScope, formatScope, type HttpMessage } from './message.ts';
import { deriveSigningKey } from './signing-key.ts';
import { formatAmzDate } from './timestamp.ts';

/** An access key; `sessionToken` only with temporary credentials. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Who signs, for what, and when. */
export interface SigningOptions {
  readonly credentials: Credentials;
  readonly region: string;
  /** The signing name: `batch`, `logs`, `sts`. */
  readonly service: string;
  readonly now: EpochMilliseconds;
}

/** Headers that travel changed or that Node adds on its own: AWS's signers leave them out too. */
const unsignedHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'expect',
  'keep-alive',
  'transfer-encoding',
  'user-agent',
  'x-amzn-trace-id',
]);

/** The text that is signed, and the signature of it. */
export function stringToSign(amzDate: string, scope: CredentialScope, canonical: string): string {
  return `${algorithm}\n${amzDate}\n${formatScope(scope)}\n${sha256(canonical)}`;
}

/**
 * Signs a request by headers: answers the headers to send (the given ones, `x-amz-date`, `x-amz-content-sha256`,
 * `x-amz-security-token` with temporary credentials, and `authorization`). `message.headers` must hold `host`; the path
 * must be percent-encoded as it will travel.
 */
export function signRequest(message: HttpMessage, options: SigningOptions): Record<string, string> {
  const amzDate = formatAmzDate(options.now);
  const payloadHash = sha256(message.body);
  const headers = definedHeaders(message.headers);
  headers['x-amz-date'] = amzDate;
  headers['x-amz-content-sha256'] = payloadHash;
  if (options.credentials.sessionToken) headers['x-amz-security-token'] = options.credentials.sessionToken;
  const scope = scopeOf(options, amzDate);
  const signedHeaders = signableNames(headers);
  const canonical = canonicalRequest({ ...message, headers }, options.service, signedHeaders, payloadHash);
  const key = deriveSigningKey(options.credentials.secretAccessKey, scope);
  const signature = key.sign(stringToSign(amzDate, scope, canonical));
  const credential = `${scope.accessKeyId}/${formatScope(scope)}`;
  headers.authorization = `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
  return headers;
}

/**
 * Signs a request by its query: answers the whole query string, good for `expiresIn` seconds (1 to 604,800).
 * Every header of `message` is signed and must be sent; usually that is `host` alone.
 */
export function presignRequest(message: HttpMessage, options: SigningOptions & { readonly expiresIn: number }): string {
  const amzDate = formatAmzDate(options.now);
  const scope = scopeOf(options, amzDate);
  const headers = definedHeaders(message.headers);
  const signedHeaders = signableNames(headers);
  const parameters: Record<string, string> = {
    'X-Amz-Algorithm': algorithm,
    'X-Amz-Credential': `${scope.accessKeyId}/${formatScope(scope)}`,
    'X-Amz-Date': amzDate,
    'X-Amz-Expires': String(options.expiresIn),
    'X-Amz-SignedHeaders': signedHeaders.join(';'),
  };
  if (options.credentials.sessionToken) parameters['X-Amz-Security-Token'] = options.credentials.sessionToken;
  const added = Object.entries(parameters).map(([name, value]) => `${name}=${encodeText(value)}`);
  const query = [...(message.query === '' ? [] : [message.query]), ...added].join('&');
  const canonical = canonicalRequest(
    { ...message, headers, query },
    options.service,
    signedHeaders,
    sha256(message.body),
  );
  const key = deriveSigningKey(options.credentials.secretAccessKey, scope);
  return `${query}&X-Amz-Signature=${key.sign(stringToSign(amzDate, scope, canonical))}`;
}

function scopeOf(options: SigningOptions, amzDate: string): CredentialScope {
  const { region, service } = options;
  return { accessKeyId: options.credentials.accessKeyId, date: amzDate.slice(0, 8), region, service };
}

function definedHeaders(headers: HttpMessage['headers']): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) defined[name.toLowerCase()] = value;
  return defined;
}

function signableNames(headers: Record<string, string>): string[] {
  return Object.keys(headers)
    .filter((name) => !unsignedHeaders.has(name))
    .sort();
}
