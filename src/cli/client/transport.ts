import type { Agent as HttpAgent, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { Agent, request as httpRequest } from '../../core/node-http.ts';
import { ServerUnreachable } from './api-error.ts';

/** A request that is ready to travel: signed. */
export interface WireRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Sends POST requests to one endpoint over kept connections. */
export class Transport {
  readonly endpoint: URL;
  readonly #howToStart: string;
  readonly #agent: HttpAgent | HttpsAgent;

  /** `howToStart` says how a server comes to be at the endpoint. */
  constructor(endpoint: URL, howToStart = 'start one with `batchyard start`') {
    this.endpoint = endpoint;
    this.#howToStart = howToStart;
    this.#agent = endpoint.protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  }

  /** Sends one request. Rejects with `ServerUnreachable` when no whole answer comes back. */
  async send(wire: WireRequest): Promise<WireResponse> {
    try {
      const response = await this.#exchange(wire);
      return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
    } catch (error) {
      throw new ServerUnreachable(explain(this.endpoint, this.#howToStart, error as NodeJS.ErrnoException), {
        cause: error,
      });
    }
  }

  /** Drops the kept connections. */
  close(): void {
    this.#agent.destroy();
  }

  #exchange({ path, headers, body, signal }: WireRequest): Promise<IncomingMessage> {
    const request = this.endpoint.protocol === 'https:' ? httpsRequest : httpRequest;
    const options = { method: 'POST', headers, agent: this.#agent, ...(signal && { signal }) };
    return new Promise((resolve, reject) => {
      request(new URL(path, this.endpoint), options, resolve).on('error', reject).end(body);
    });
  }
}

function explain(endpoint: URL, howToStart: string, { code = '', message }: NodeJS.ErrnoException): string {
  const { origin, hostname, protocol } = endpoint;
  if (code === 'ECONNREFUSED') {
    return `no server answers at ${origin}; ${howToStart}, or name another with --endpoint`;
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `nobody knows where the host ${hostname} is`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) {
    return `the server at ${origin} speaks no TLS: try ${origin.replace('https:', 'http:')}`;
  }
  if (code === 'ECONNRESET' && protocol === 'http:') {
    return `${origin} hangs up on plain HTTP: if the server has a certificate, try ${origin.replace('http:', 'https:')}`;
  }
  if (distrust.test(code)) {
    return `the certificate of ${origin} is not trusted (${message}): name its authority in NODE_EXTRA_CA_CERTS`;
  }
  return `the request to ${origin} failed: ${message || code}`;
}

/** Codes of Node for a certificate whose chain, name or time is wrong. */
const distrust = /CERT|SIGNED|UNABLE_TO/;
