import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { Agent as HttpAgent, request as httpRequest } from '../../../core/node-http.ts';
import { guardedLookup, isKeptFrom, KeptFromAddress, type Reach } from './address-guard.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Where it was asked for: its first 64 KiB. */
  readonly body: string;
}

/** Sends one request. Rejects with `KeptFromAddress`, or whatever else kept an answer from coming. */
export type SendHttp = (
  request: HttpRequest,
  want: { readonly body: boolean },
  signal: AbortSignal,
) => Promise<HttpAnswer>;

export interface HttpClient {
  readonly send: SendHttp;
  /** Closes connections that wait for more. */
  close(): void;
}

/** AWS's: an endpoint has this long to answer. */
export const answerTime: Milliseconds = 5_000;
const longestBody = 65_536;

/** A kept connection broke before it brought an answer. */
class StaleConnection extends Error {
  override readonly name = 'StaleConnection';
}

/** Sends over HTTP and HTTPS, keeping connections. Follows no redirections: they would lead where nobody has looked. */
export function createHttpClient({ clock, reach }: { readonly clock: Clock; readonly reach: Reach }): HttpClient {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  return {
    send: async (request, { body }, signal) => {
      const { hostname, protocol } = request.url;
      if (reach !== 'any' && isKeptFrom(hostname)) {
        throw new KeptFromAddress(`${hostname} is an address that this server sends nothing to`);
      }
      const agent = protocol === 'https:' ? agents.https : agents.http;
      const way = { clock, reach, wantsBody: body, signal };
      try {
        return await sendOnce(request, { ...way, agent });
      } catch (error) {
        // Closed at the other end just now: that says nothing of the endpoint.
        if (error instanceof StaleConnection) return sendOnce(request, { ...way, agent: false });
        throw error;
      }
    },
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Way {
  readonly clock: Clock;
  readonly reach: Reach;
  readonly wantsBody: boolean;
  readonly signal: AbortSignal;
  /** False takes a new connection, for this once. */
  readonly agent: InstanceType<typeof HttpAgent> | false;
}

/** The time for an answer is that for all of it: one that never ends holds its connection no longer. */
function sendOnce({ url, method, headers, body }: HttpRequest, { clock, reach, wantsBody, signal, agent }: Way) {
  const options = {
    ...{ method, signal, agent },
    headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
    ...(reach === 'any' ? {} : { lookup: guardedLookup }),
  };
  return new Promise<HttpAnswer>((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    const late = () => request.destroy(new Error('no answer within 5 seconds'));
    request.on('close', clock.after(answerTime, late));
    request.on('error', (error: NodeJS.ErrnoException) => {
      const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(stale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    request.on('response', (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      const retryAfter = answered['retry-after'];
      let [text, size] = ['', 0];
      const done = () => resolve({ status, retryAfter, body: Buffer.from(text, 'latin1').toString() });
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (wantsBody && text.length < longestBody) text += chunk.toString('latin1');
        if (size <= longestBody) return;
        // A small rest is read, so that the connection can be used again; an endless one is not.
        done();
        request.destroy();
      });
      response.on('end', done);
      if (!wantsBody) done();
    });
    request.end(body);
  });
}
