import type { Duplex } from 'node:stream';
import { STATUS_CODES } from '../core/node-http.ts';
import type { WireError } from './answer.ts';
import { formatError } from './error-format.ts';

/** What Node's HTTP parser found wrong, by its error code. */
const parserErrors: Readonly<Record<string, Omit<WireError, 'message'>>> = {
  HPE_HEADER_OVERFLOW: { code: 'RequestHeaderSectionTooLarge', status: 431 },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { code: 'RequestEntityTooLargeException', status: 413 },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'RequestTimeout', status: 408 },
};

const messages: Readonly<Record<number, string>> = {
  400: 'The request is not valid HTTP.',
  408: 'The request was not sent in time.',
  413: 'The request is larger than this server takes.',
  431: 'The headers of the request are larger than this server takes.',
};

/** The error for a request that never became one. */
export function parserError(code: string | undefined): WireError {
  const { status, code: name } = parserErrors[code ?? ''] ?? { code: 'BadRequestException', status: 400 };
  return { code: name, status, message: messages[status] ?? '' };
}

/** Writes an error straight to a socket of which no request could be read, and closes it. */
export function writeToSocket(socket: Duplex, error: WireError, requestId: string): void {
  const { status, contentType, body, headers = [] } = formatError('restJson1', error, requestId);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `content-type: ${contentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-amzn-requestid: ${requestId}`,
    ...headers.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${headers[index + 1]}`] : [])),
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
