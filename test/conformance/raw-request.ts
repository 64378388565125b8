import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Credentials, signRequest } from '../../src/iam/index.ts';
import type { Endpoint } from '../support/sdk.ts';

/** A request that no SDK would send. */
export interface RawRequest {
  /** @default POST */
  readonly method?: string;
  readonly path: string;
  /** Without `?`. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The signing name; `unsigned` for none. @default batch */
  readonly service?: string;
  readonly region?: string;
  readonly credentials?: Credentials;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends one request, signed with the endpoint's key unless told otherwise, on a connection of its own. */
export async function sendRaw(endpoint: Endpoint, raw: RawRequest): Promise<RawAnswer> {
  const { method = 'POST', path, query = '', service = 'batch', body = '' } = raw;
  const { host } = new URL(endpoint.url);
  const headers = { host, 'content-type': 'application/json', ...raw.headers };
  const message = { method, path, query, headers, body };
  const { region = 'us-east-1', credentials = endpoint.credentials } = raw;
  const signing = { credentials, region, service, now: Date.now() };
  const signed = service === 'unsigned' ? headers : signRequest(message, signing);
  const target = new URL(`${endpoint.url}${path}${query === '' ? '' : `?${query}`}`);
  return new Promise((resolve, reject) => {
    request(target, { method, headers: { ...signed, 'content-length': Buffer.byteLength(body) }, agent: false })
      .on('response', (response) => {
        text(response).then(
          (received) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }),
          reject,
        );
      })
      .on('error', reject)
      .end(body);
  });
}

/** The error code of an answer, however its protocol carries it. */
export function errorCodeOf({ headers, body }: RawAnswer): string {
  return String(headers['x-amzn-errortype'] ?? /<Code>([^<]*)<\/Code>/.exec(body)?.[1] ?? '');
}
