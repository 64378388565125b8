import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { Authorization, Parameters, Proof } from './authorization.ts';
import type { HttpRequest } from './http-client.ts';
import type { ApiDestinationRecord } from './records.ts';

/** What a rule adds to requests to an API destination. */
export interface HttpParameters {
  readonly path: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** What cannot be sent, in words: it never will be. */
export class CannotBeSent extends Error {
  override readonly name = 'CannotBeSent';
}

/** Headers that AWS takes out of requests to API destinations, or lets nobody set. */
const own = new Set(
  (
    'a-im accept-charset accept-datetime accept-encoding cache-control connection content-encoding content-length ' +
    'content-md5 date expect forwarded from host http2-settings if-match if-modified-since if-none-match if-range ' +
    'if-unmodified-since max-forwards origin pragma proxy-authorization range referer te trailer transfer-encoding ' +
    'user-agent upgrade via warning'
  ).split(' '),
);

const always = {
  'user-agent': 'Amazon/EventBridge/ApiDestinations',
  range: 'bytes=0-1048575',
} as const;

interface Invocation {
  readonly destination: ApiDestinationRecord;
  readonly authorization: Authorization;
  /** Of OAuth. */
  readonly token: string | undefined;
  readonly parameters: HttpParameters;
  readonly payload: string;
  readonly eventId: string;
}

/** The request of an API destination: the target's parameters, then the connection's in their place, then its proof. */
export function invocationRequest(invocation: Invocation): HttpRequest {
  const { destination, authorization, parameters, payload, eventId } = invocation;
  const { invocation: added, proof } = authorization;
  const url = urlOf(destination.endpoint, parameters.path);
  const query = { ...parameters.query, ...pairs(added.query) };
  for (const [key, value] of Object.entries(query)) url.searchParams.append(key, value);
  const hasBody = destination.method !== 'GET' && destination.method !== 'HEAD';
  const headers = headersOf([
    ...(hasBody ? [['content-type', 'application/json; charset=utf-8'] as const] : []),
    ...Object.entries(parameters.headers),
    ...added.headers.map(({ key, value }) => [key, value] as const),
    ...proofHeaders(proof, invocation.token),
  ]);
  return {
    ...{ url, method: destination.method, headers: { ...headers, ...always, 'batchyard-event-id': eventId } },
    body: hasBody ? withBodyParameters(payload, added) : undefined,
  };
}

/** The endpoint with its `*`s filled in, one after the other. */
function urlOf(endpoint: string, values: readonly string[]): URL {
  const left = [...values];
  const [beforeQuery = '', ...query] = endpoint.split('?');
  const filled = beforeQuery.replaceAll('*', () => pathText(left.shift() ?? ''));
  return new URL([filled, ...query].join('?'));
}

/** No more than one part of a path: a value that could leave it would lead elsewhere on the host. */
function pathText(value: string): string {
  return encodeURIComponent(value).replace(/^\.{1,2}$/, (dots) => dots.replaceAll('.', '%2E'));
}

function pairs(list: Parameters['query']): Readonly<Record<string, string>> {
  return Object.fromEntries(list.map(({ key, value }) => [key, value]));
}

/** The last of equal names counts. What is no header cannot be sent. */
function headersOf(list: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  for (const [given, value] of list) {
    const name = given.toLowerCase();
    if (own.has(name)) continue;
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw new CannotBeSent(`The header ${given} has characters that no header may have.`);
    }
    headers.set(name, value);
  }
  return Object.fromEntries(headers);
}

function proofHeaders(proof: Proof | undefined, token: string | undefined): readonly (readonly [string, string])[] {
  switch (proof?.type) {
    case undefined:
      return [];
    case 'BASIC':
      return [['authorization', basic(proof.username, proof.password)]];
    case 'API_KEY':
      return [[proof.name, proof.value]];
    case 'OAUTH_CLIENT_CREDENTIALS':
      return token === undefined ? [] : [['authorization', `Bearer ${token}`]];
  }
}

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

function withBodyParameters(payload: string, { body }: Parameters): string {
  if (body.length === 0) return payload;
  const given = jsonOf(payload);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new CannotBeSent('The connection has body parameters, and what is sent is no JSON object.');
  }
  return JSON.stringify({ ...given, ...pairs(body) });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The request that a token is asked for by, as RFC 6749 has it (section 4.4): the client proves itself by its id and secret. */
export function tokenRequest(proof: Extract<Proof, { type: 'OAUTH_CLIENT_CREDENTIALS' }>): HttpRequest {
  const { clientId, clientSecret, endpoint, method, parameters } = proof;
  const url = new URL(endpoint);
  for (const { key, value } of parameters.query) url.searchParams.append(key, value);
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...pairs(parameters.body) });
  const headers = headersOf([
    ['accept', 'application/json'],
    ['content-type', 'application/x-www-form-urlencoded'],
    ['authorization', basic(clientId, clientSecret)],
    ...parameters.headers.map(({ key, value }) => [key, value] as const),
  ]);
  if (method === 'GET') for (const [key, value] of form) url.searchParams.append(key, value);
  return { url, method, headers: { ...headers, ...always }, body: method === 'GET' ? undefined : form.toString() };
}
