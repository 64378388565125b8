import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../core/clock.ts';
import { ConnectionLost } from './connection-lost.ts';
import { connectionError } from './http.ts';
import type { Patience } from './patience.ts';

export interface BodyOptions {
  readonly clock: Clock;
  readonly patience: Patience;
  readonly url: URL;
  readonly signal: AbortSignal;
}

/**
 * The pieces of a body as they come; one that is not asked for is not read. Throws `ConnectionLost` where it breaks off, is
 * silent, or takes too long. Whoever stops early ends the connection.
 */
export async function* piecesOf(answer: IncomingMessage, options: BodyOptions): AsyncGenerator<Buffer, void, void> {
  const { clock, patience, url, signal } = options;
  const end = (words: string) => () => answer.destroy(new ConnectionLost(`${url.origin}: ${words}`));
  const cancelWhole = clock.after(patience.body, end(`a body took longer than ${patience.body / 1000} s`));
  const pieces: AsyncIterator<Buffer> = answer[Symbol.asyncIterator]();
  try {
    for (;;) {
      const cancel = clock.after(patience.silence, end(`nothing came for ${patience.silence / 1000} s`));
      const next = await pieces.next().finally(cancel);
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw connectionError(error, url);
  } finally {
    cancelWhole();
    if (!answer.complete) answer.destroy();
  }
}

/** A small body whole; undefined for one of more bytes than `limit`. */
export async function readBody(
  answer: IncomingMessage,
  limit: number,
  options: BodyOptions,
): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  const patience = { ...options.patience, body: options.patience.smallBody };
  for await (const piece of piecesOf(answer, { ...options, patience })) {
    length += piece.length;
    if (length > limit) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces, length);
}
