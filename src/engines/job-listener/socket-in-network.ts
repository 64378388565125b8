import { spawn } from 'node:child_process';
import type { Server } from 'node:net';
import { jobListenerLimits } from './job-listener-limits.ts';

/** Programs and time that a socket of another network is opened with. */
export interface SocketRequest {
  /** The words before those of a program that is to run in that network. */
  readonly enter: readonly string[];
  /** Of 127.0.0.1 there. */
  readonly port: number;
}

/**
 * JavaScript, and kept in memory: what runs as an upgrade replaces our files is whole. It leaves once its socket is on its
 * way, since it would accept connections as long as it lives.
 */
const opening = `
const server = require('node:net').createServer();
process.on('disconnect', () => process.exit(1));
server.on('error', ({ code, message }) => process.send({ code, message }, () => process.exit(1)));
const send = () => process.send({}, server, () => process.exit(0));
server.listen({ host: '127.0.0.1', port: Number(process.argv[1]) }, send);
`;

/**
 * A socket that listens in another network than that of this process, in which a program opens it and ends: to hand on, and
 * to close. Rejects with what went wrong, in words, with the `code` of a system error if it
 * was one.
 */
export function openSocket({ enter, port }: SocketRequest): Promise<Server> {
  const [file = '', ...rest] = [...enter, process.execPath, '-e', opening, String(port)];
  const { openMs: timeout, tailBytes } = jobListenerLimits;
  const child = spawn(file, rest, {
    ...{ env: {}, cwd: '/', timeout, killSignal: 'SIGKILL' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-tailBytes);
  });
  const words = (code: number | null, signal: NodeJS.Signals | null) => {
    if (child.killed) return `no socket could be opened within ${timeout / 1000} s`;
    return said.trim().split('\n')[0] || `no socket could be opened: ${file} ended with ${signal ?? code}`;
  };
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (failure: { readonly code?: string; readonly message?: string }, handle) => {
      if (handle) resolve(quiet(handle as Server));
      else reject(Object.assign(new Error(`no socket could be opened: ${failure.message}`), { code: failure.code }));
    });
    // After both nothing more comes of it, and it does nothing if something came.
    let ends = 0;
    const onEnd = () => {
      ends += 1;
      if (ends === 2) reject(new Error(words(child.exitCode, child.signalCode)));
    };
    child.once('disconnect', onEnd).once('close', onEnd);
  });
}

/** Whoever comes before it is handed on comes in vain. */
function quiet(server: Server): Server {
  return server.on('connection', (early) => early.destroy()).on('error', () => {});
}
