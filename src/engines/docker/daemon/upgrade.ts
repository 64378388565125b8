import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { request } from '../../../core/node-http.ts';
import { dockerLimits } from '../docker-limits.ts';
import { type DaemonCall, writeCall } from './daemon-call.ts';
import { AnswerTooLong, type WholeAnswer } from './exchange.ts';

/** A connection that has become a stream both ways. */
export interface Upgraded {
  readonly socket: Duplex;
  /** What came with the answer's head. */
  readonly head: Buffer;
}

/** A call for one that is under way. */
export interface AskedUpgrade {
  readonly answer: Promise<Upgraded | WholeAnswer>;
  cut(): void;
}

/** Asks, by `node:http`, for a connection that both sides write to. `over` is called when it has ended. */
export function askUpgrade(socketPath: string, call: DaemonCall, over: () => void): AskedUpgrade {
  const { target, headers, content } = writeCall(call);
  const asked = request({
    ...{ socketPath, method: call.method, path: target },
    headers: { ...headers, connection: 'Upgrade', upgrade: 'tcp' },
    agent: false,
  });
  const answer = new Promise<Upgraded | WholeAnswer>((resolve, reject) => {
    asked.once('error', reject);
    asked.once('upgrade', (_answer, socket, head) => resolve({ socket, head }));
    // What is no upgrade is a refusal.
    asked.once('response', (response) => void readAll(response).then(resolve, reject));
  });
  asked.once('close', over);
  asked.end(content);
  return { answer, cut: () => asked.destroy() };
}

async function readAll(answer: IncomingMessage): Promise<WholeAnswer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > dockerLimits.answerBytes) throw new AnswerTooLong(answer.statusCode ?? 500);
    pieces.push(piece);
  }
  return { status: answer.statusCode ?? 500, text: Buffer.concat(pieces, bytes).toString() };
}
