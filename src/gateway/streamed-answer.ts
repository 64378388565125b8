import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { Milliseconds } from '../core/ids.ts';
import { answerHeaders, type StreamedAnswer } from './answer.ts';

interface StreamOptions {
  readonly clock: Clock;
  readonly requestId: string;
  /** How long a client may read nothing. */
  readonly answerTime: Milliseconds;
  /** Aborted when the client goes away or the server stops. */
  readonly signal: AbortSignal;
}

/**
 * Sends an answer whose length nobody knows, piece by piece, as fast as the client reads: no more is asked for while it does
 * not. Resolves when it is over, whoever ended it; its connection is not used again.
 */
export async function streamAnswer(
  response: ServerResponse,
  answer: StreamedAnswer,
  options: StreamOptions,
): Promise<void> {
  response.writeHead(answer.status, [...answerHeaders(answer, options.requestId), 'connection', 'close']);
  response.flushHeaders();
  try {
    for await (const piece of answer.pieces) {
      if (options.signal.aborted) break;
      if (!response.write(piece)) await drained(response, options);
    }
    response.end();
  } catch (error) {
    const isOver = options.signal.aborted || response.destroyed;
    response.destroy();
    if (!isOver) throw error;
  }
}

async function drained(response: ServerResponse, { clock, answerTime, signal }: StreamOptions): Promise<void> {
  const cancel = clock.after(answerTime, () => response.destroy(new Error('the client reads nothing')));
  try {
    await once(response, 'drain', { signal });
  } finally {
    cancel();
  }
}
