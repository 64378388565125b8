import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Credentials } from '../../src/iam/index.ts';
import { submitRequest } from './signed-requests.ts';
import { type ThreadTimes, threadTimesBetween, threadTimesOf } from './thread-times.ts';

/** Who submits, and to which server. */
export interface Submitter {
  readonly url: string;
  readonly pid: number;
  readonly credentials: Credentials;
  readonly jobDefinition: string;
}

export interface SubmitTurn {
  readonly perSecond: number;
  /** Microseconds of CPU of the server for one request, by thread. */
  readonly cpu: ThreadTimes;
}

let submitted = 0;

/**
 * So many distinct SubmitJobs, signed before, on so many connections of this process: each asks once it is answered. Throws at the
 * first answer that is no success. What this client costs is its own: it slows all that are compared alike.
 */
export async function submitMany(to: Submitter, connections: number, count: number): Promise<SubmitTurn> {
  const requests = Array.from({ length: count }, () => {
    submitted += 1;
    return submitRequest(to, submitted);
  });
  const { hostname, port } = new URL(to.url);
  const sockets = Array.from({ length: connections }, () => connect(Number(port), hostname).setNoDelay());
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const before = threadTimesOf(to.pid);
  const startedAt = performance.now();
  await Promise.all(sockets.map((socket) => askAll(socket, requests)));
  const seconds = (performance.now() - startedAt) / 1000;
  const { main, v8, store, audit } = threadTimesBetween(before, threadTimesOf(to.pid));
  for (const socket of sockets) socket.destroy();
  return {
    perSecond: count / seconds,
    cpu: { main: main / count, v8: v8 / count, store: store / count, audit: audit / count },
  };
}

/** Takes requests of the list until it is empty. */
function askAll(socket: Socket, requests: string[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let answer = '';
  const next = () => {
    const request = requests.pop();
    if (request === undefined) resolve();
    else socket.write(request);
  };
  socket.on('error', reject);
  socket.on('close', () => reject(new Error('the server closed a connection')));
  socket.setEncoding('latin1');
  socket.on('data', (part: string) => {
    answer += part;
    if (!isWhole(answer)) return;
    if (!answer.startsWith('HTTP/1.1 200 ')) reject(new Error(`a request failed:\n${answer}`));
    answer = '';
    next();
  });
  next();
  return promise;
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(answer)?.[1];
  return answer.length >= end + 4 + Number(length ?? 0);
}
