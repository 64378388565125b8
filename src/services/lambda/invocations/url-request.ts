import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { request as httpRequest } from '../../../core/node-http.ts';

export interface UrlAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Undefined if it is longer than was asked for. */
  readonly text: string | undefined;
}

interface UrlQuestion {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The longest answer that is read, in bytes. */
  readonly longest: number;
  readonly signal: AbortSignal;
}

/**
 * Posts to a URL, over a connection of its own: a function may take longer than `fetch` waits for headers, and listen on a port, or
 * want a password, that `fetch` does not take.
 */
export function postTo(url: URL, { headers, body, longest, signal }: UrlQuestion): Promise<UrlAnswer> {
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    signal,
    agent: false as const,
  };
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    request.on('error', reject);
    request.on('response', (response) => {
      textOf(response, longest).then(
        (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        reject,
      );
    });
    request.end(body);
  });
}

async function textOf(response: IncomingMessage, longest: number): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length;
    // Leaving the loop closes the connection.
    if (size > longest) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
