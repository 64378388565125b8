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
  const headers = [
    'content-type',
    answer.contentType,
    'content-length',
    String(typeof answer.body === 'string' ? Buffer.byteLength(answer.body) : answer.body.length),
    'x-amzn-requestid',
    requestId,
    'x-content-type-options',
    'nosniff',
  ];
  if (answer.headers) headers.push(...answer.headers);
  if (last) headers.push('connection', 'close');
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}
