import type { IncomingMessage } from 'node:http';
import type { WireError } from './answer.ts';

export type BodyReading =
  | { readonly kind: 'body'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  /** The client went away, or sent less than it announced. */
  | { readonly kind: 'broken' };

/**
 * Reads a whole body, whatever its content type says, and calls `done` once. What is beyond `limit` bytes is not kept;
 * Node lets it drain, so that the client can read the refusal.
 */
export function readBody(request: IncomingMessage, limit: number, done: (reading: BodyReading) => void): void {
  if (Number(request.headers['content-length']) > limit) {
    done({ kind: 'too-large' });
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  const finish = (reading: BodyReading) => {
    request.off('data', onData).off('end', onEnd).off('error', onError);
    // A client that breaks off after it was refused is no news.
    request.on('error', () => {});
    done(reading);
  };
  const onData = (chunk: Buffer) => {
    length += chunk.length;
    if (length > limit) finish({ kind: 'too-large' });
    else chunks.push(chunk);
  };
  const onEnd = () => finish({ kind: 'body', body: joined(chunks, length) });
  const onError = () => finish({ kind: 'broken' });
  request.on('data', onData).on('end', onEnd).on('error', onError);
}

/** The error for a body that could not be read. */
export function bodyError(reading: Exclude<BodyReading, { kind: 'body' }>, limit: number): WireError {
  if (reading.kind === 'broken') {
    return { code: 'BadRequestException', status: 400, message: 'The request body could not be read.' };
  }
  const message = `The request body is larger than ${limit} bytes.`;
  return { code: 'RequestEntityTooLargeException', status: 413, message };
}

function joined(chunks: readonly Buffer[], length: number): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks, length);
}
