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
}

export interface WireResponse {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Sends POST requests to one endpoint over kept connections. */
export class Transport {
  readonly endpoint: URL;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(endpoint: URL) {
    this.endpoint = endpoint;
    this.#agent = endpoint.protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  }

  /** Sends one request. Rejects with `ServerUnreachable` when no whole answer comes back. */
  async send(wire: WireRequest): Promise<WireResponse> {
    try {
      const response = await this.#exchange(wire);
      return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
    } catch (error) {
      throw new ServerUnreachable(explain(this.endpoint, error as NodeJS.ErrnoException), { cause: error });
    }
  }

  /** Drops the kept connections. */
  close(): void {
    this.#agent.destroy();
  }

  #exchange({ path, headers, body }: WireRequest): Promise<IncomingMessage> {
    const request = this.endpoint.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      request(new URL(path, this.endpoint), { method: 'POST', headers, agent: this.#agent }, resolve)
        .on('error', reject)
        .end(body);
    });
  }
}

function explain(endpoint: URL, error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') {
    return `no server answers at ${endpoint.origin}; start one with \`batchyard start\`, or name another with --endpoint`;
  }
  return `the request to ${endpoint.origin} failed: ${error.message || error.code}`;
}
