import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';
import { Agent as HttpAgent, request as httpRequest } from '../../../core/node-http.ts';
import { ForbiddenAddress, guardedLookup, isLinkLocal } from './address-guard.ts';

/** One POST to an endpoint. */
export interface PostRequest {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What became of a POST. */
export type PostOutcome =
  | { readonly kind: 'delivered' }
  /** It may go well another time: no answer, 5xx or 429. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** It never will: any other status. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface Poster {
  post(request: PostRequest, signal: AbortSignal): Promise<PostOutcome>;
  /** Closes connections that wait for more. */
  close(): void;
}

/** AWS's: an endpoint has this long to answer. */
const answerTime: Milliseconds = 15_000;

interface PosterOptions {
  readonly clock: Clock;
  /** Whether link-local addresses may be posted to. */
  readonly allowLinkLocal: boolean;
}

/** Posts over HTTP and HTTPS, keeping connections. Follows no redirections. */
export function createPoster({ clock, allowLinkLocal }: PosterOptions): Poster {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  return {
    post: async (request, signal) => {
      const url = new URL(request.endpoint);
      if (!allowLinkLocal && isLinkLocal(url.hostname)) return refused(`${url.hostname} is a link-local address`);
      const timeout = new AbortController();
      const cancel = clock.after(answerTime, () => timeout.abort(new Error('no answer within 15 seconds')));
      try {
        const either = AbortSignal.any([signal, timeout.signal]);
        return outcomeOf(await sendOnKept(url, request, either));
      } catch (error) {
        return failureOf(timeout.signal.aborted ? timeout.signal.reason : error);
      } finally {
        cancel();
      }
    },
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };

  /** A kept connection may have been closed at the other end just now: that says nothing of the endpoint. */
  async function sendOnKept(url: URL, request: PostRequest, signal: AbortSignal): Promise<number> {
    const agent = url.protocol === 'https:' ? agents.https : agents.http;
    try {
      return await send(url, request, signal, agent);
    } catch (error) {
      if (error instanceof StaleConnection) return send(url, request, signal, false);
      throw error;
    }
  }

  /** Answers the status. `agent` false takes a new connection, for this once. */
  function send(
    url: URL,
    { headers, body }: PostRequest,
    signal: AbortSignal,
    agent: InstanceType<typeof HttpAgent> | false,
  ): Promise<number> {
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      signal,
      agent,
      ...(allowLinkLocal ? {} : { lookup: guardedLookup }),
    };
    return new Promise((resolve, reject) => {
      const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
      request.on('error', (error: NodeJS.ErrnoException) => {
        const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(stale ? new StaleConnection(error.message, { cause: error }) : error);
      });
      request.on('response', (response) => {
        response.on('error', reject);
        // The status is all; what is said beside it is read so that the connection can be used again.
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      request.end(body);
    });
  }
}

/** A connection that was kept broke before it brought an answer. */
class StaleConnection extends Error {
  override readonly name = 'StaleConnection';
}

function outcomeOf(status: number): PostOutcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const reason = `the endpoint answered ${status}`;
  return status >= 500 || status === 429 ? { kind: 'failed', reason } : refused(reason);
}

function failureOf(error: unknown): PostOutcome {
  if (error instanceof ForbiddenAddress) return refused(error.message);
  return { kind: 'failed', reason: error instanceof Error ? error.message || error.name : String(error) };
}

function refused(reason: string): PostOutcome {
  return { kind: 'refused', reason };
}
