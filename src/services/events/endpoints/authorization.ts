import { z } from 'zod';
import type { AuthorizationType } from './records.ts';

/** A parameter that a connection adds to requests. */
export interface Parameter {
  readonly key: string;
  readonly value: string;
  /** Whether nobody is shown the value. */
  readonly isSecret: boolean;
}

export interface Parameters {
  readonly headers: readonly Parameter[];
  readonly query: readonly Parameter[];
  readonly body: readonly Parameter[];
}

export const noParameters: Parameters = { headers: [], query: [], body: [] };

/** How a request proves who sends it. */
export type Proof =
  | { readonly type: 'BASIC'; readonly username: string; readonly password: string }
  | { readonly type: 'API_KEY'; readonly name: string; readonly value: string }
  | {
      readonly type: 'OAUTH_CLIENT_CREDENTIALS';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly endpoint: string;
      readonly method: 'GET' | 'POST' | 'PUT';
      readonly parameters: Parameters;
    };

/** All that a connection has that could be secret; without a proof once it was deauthorized. */
export interface Authorization {
  readonly proof?: Proof;
  readonly invocation: Parameters;
}

/** Members of requests whose values no record of a call has. */
export const hiddenMembers = ['ApiKeyValue', 'Password', 'ClientSecret', 'Value'] as const;

const version = 1;

export function toSecretText(authorization: Authorization): Uint8Array {
  return Buffer.from(JSON.stringify({ v: version, ...authorization }));
}

/** Throws on a version that this release does not know. */
export function fromSecretText(bytes: Uint8Array): Authorization {
  const { v, ...authorization } = JSON.parse(Buffer.from(bytes).toString()) as Authorization & { readonly v: number };
  if (v !== version) throw new Error(`a connection's secrets have version ${v}; this release reads ${version}`);
  return authorization;
}

const headerName = z
  .string()
  .max(512)
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/);
/** No control character: what is one begins another header. */
const headerValue = z
  .string()
  .max(512)
  .regex(/^[\t\x20-\x7e\x80-\uffff]*$/);

const listOf = <Key extends z.ZodString, Value extends z.ZodString>(Key: Key, Value: Value) =>
  z
    .array(z.object({ Key, Value: Value.optional(), IsValueSecret: z.boolean().optional() }))
    .max(100)
    .optional();

const httpParameters = z.object({
  HeaderParameters: listOf(headerName, headerValue),
  QueryStringParameters: listOf(z.string().min(1).max(512), z.string().max(512)),
  BodyParameters: listOf(z.string().min(1).max(512), z.string().max(512)),
});

/** A name that goes before a colon: it has none. */
const userName = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[\t\x20-\x39\x3b-\x7e\x80-\uffff]+$/);
const secret = z.string().min(1).max(512);

const basic = z.object({ Username: userName, Password: secret });
const client = z.object({ ClientID: secret, ClientSecret: secret });
const oauth = z.object({
  ClientParameters: client,
  AuthorizationEndpoint: z.string().min(1).max(2048),
  HttpMethod: z.enum(['GET', 'POST', 'PUT']),
  OAuthHttpParameters: httpParameters.optional(),
});
const apiKey = z.object({ ApiKeyName: headerName.min(1), ApiKeyValue: headerValue.min(1) });

/** Of a private endpoint. */
export const connectivity = z.object({ ResourceParameters: z.object({ ResourceConfigurationArn: z.string() }) });

const others = { InvocationHttpParameters: httpParameters.optional(), ConnectivityParameters: connectivity.optional() };

/** The parameters of CreateConnection. */
export const createAuthSchema = z.object({
  BasicAuthParameters: basic.optional(),
  OAuthParameters: oauth.optional(),
  ApiKeyAuthParameters: apiKey.optional(),
  ...others,
});

/** Those of UpdateConnection, which may leave out members. */
export const updateAuthSchema = z.object({
  BasicAuthParameters: basic.partial().optional(),
  OAuthParameters: oauth.extend({ ClientParameters: client.partial() }).partial().optional(),
  ApiKeyAuthParameters: apiKey.partial().optional(),
  ...others,
});
export type GivenAuth = z.infer<typeof updateAuthSchema>;
type GivenParameters = z.infer<typeof httpParameters>;

function readParameters(given: GivenParameters): Parameters {
  const read = (list: GivenParameters['BodyParameters'] = []) =>
    list.map(({ Key: key, Value: value = '', IsValueSecret: isSecret = false }) => ({ key, value, isSecret }));
  return {
    headers: read(given.HeaderParameters),
    query: read(given.QueryStringParameters),
    body: read(given.BodyParameters),
  };
}

/** The proof that is given, or the one before with what is given in its place; undefined if something is lacking. */
function readProof(type: AuthorizationType, given: GivenAuth, before: Proof | undefined): Proof | undefined {
  switch (type) {
    case 'BASIC': {
      const known = before?.type === type ? before : undefined;
      const { Username: username = known?.username, Password: password = known?.password } =
        given.BasicAuthParameters ?? {};
      return username === undefined || password === undefined ? undefined : { type, username, password };
    }
    case 'API_KEY': {
      const known = before?.type === type ? before : undefined;
      const { ApiKeyName: name = known?.name, ApiKeyValue: value = known?.value } = given.ApiKeyAuthParameters ?? {};
      return name === undefined || value === undefined ? undefined : { type, name, value };
    }
    case 'OAUTH_CLIENT_CREDENTIALS':
      return readOAuth(given, before?.type === type ? before : undefined);
  }
}

type OAuth = Extract<Proof, { type: 'OAUTH_CLIENT_CREDENTIALS' }>;

function readOAuth({ OAuthParameters: given = {} }: GivenAuth, known: OAuth | undefined): OAuth | undefined {
  const { ClientID: clientId = known?.clientId, ClientSecret: clientSecret = known?.clientSecret } =
    given.ClientParameters ?? {};
  const { AuthorizationEndpoint: endpoint = known?.endpoint, HttpMethod: method = known?.method } = given;
  const parameters = given.OAuthHttpParameters
    ? readParameters(given.OAuthHttpParameters)
    : (known?.parameters ?? noParameters);
  if (clientId === undefined || clientSecret === undefined || endpoint === undefined || !method) return undefined;
  return { type: 'OAUTH_CLIENT_CREDENTIALS', clientId, clientSecret, endpoint, method, parameters };
}

/** What is given, in the place of what was before; undefined if the proof that its type needs is not whole. */
export function readAuthorization(
  type: AuthorizationType,
  given: GivenAuth,
  before: Authorization | undefined,
): (Authorization & { readonly proof: Proof }) | undefined {
  const proof = readProof(type, given, before?.proof);
  const invocation = given.InvocationHttpParameters
    ? readParameters(given.InvocationHttpParameters)
    : (before?.invocation ?? noParameters);
  return proof && { proof, invocation };
}

function shownParameters({ headers, query, body }: Parameters) {
  const show = (list: readonly Parameter[]) =>
    list.map(({ key, value, isSecret }) => ({
      Key: key,
      ...(isSecret ? {} : { Value: value }),
      IsValueSecret: isSecret,
    }));
  return {
    ...(headers.length > 0 && { HeaderParameters: show(headers) }),
    ...(query.length > 0 && { QueryStringParameters: show(query) }),
    ...(body.length > 0 && { BodyParameters: show(body) }),
  };
}

function shownProof(proof: Proof | undefined) {
  switch (proof?.type) {
    case undefined:
      return {};
    case 'BASIC':
      return { BasicAuthParameters: { Username: proof.username } };
    case 'API_KEY':
      return { ApiKeyAuthParameters: { ApiKeyName: proof.name } };
    case 'OAUTH_CLIENT_CREDENTIALS':
      return {
        OAuthParameters: {
          ClientParameters: { ClientID: proof.clientId },
          ...{ AuthorizationEndpoint: proof.endpoint, HttpMethod: proof.method },
          OAuthHttpParameters: shownParameters(proof.parameters),
        },
      };
  }
}

/** What anybody who may describe the connection is shown: nothing secret. */
export function shownAuthorization({ proof, invocation }: Authorization) {
  const parameters = shownParameters(invocation);
  return {
    ...shownProof(proof),
    ...(Object.keys(parameters).length > 0 && { InvocationHttpParameters: parameters }),
  };
}
