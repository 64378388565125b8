import type { ServerResponse } from 'node:http';
import type { ErrorMembers } from '../core/errors.ts';

/** What goes back to the client. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
  /** Further headers: name, value, name, value... */
  readonly headers?: readonly string[];
}

/** An answer that goes on for as long as its events do. */
export interface StreamedAnswer extends Omit<Answer, 'body'> {
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** An error on its way to a client, in AWS's terms but not yet in a protocol's. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly members?: ErrorMembers;
  /** Methods for the `Allow` header of a 405. */
  readonly allow?: readonly string[];
}

/**
 * Sends `answer` as one block. Every answer carries the request id under the names that the SDKs look for;
 * `last` closes the connection after it.
 */
export function sendAnswer(response: ServerResponse, answer: Answer, requestId: string, last: boolean): void {
  const length = typeof answer.body === 'string' ? Buffer.byteLength(answer.body) : answer.body.length;
  const headers = answerHeaders(answer, requestId);
  headers.push('content-length', String(length));
  if (last) headers.push('connection', 'close');
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}

/** What every answer says of itself: name, value, name, value... */
export function answerHeaders({ contentType, headers = [] }: Omit<Answer, 'body'>, requestId: string): string[] {
  return ['content-type', contentType, 'x-amzn-requestid', requestId, 'x-content-type-options', 'nosniff', ...headers];
}
