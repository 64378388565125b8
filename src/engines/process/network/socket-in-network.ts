import { spawn } from 'node:child_process';
import type { Server } from 'node:net';
import { processLimits } from '../limits.ts';

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
 * A socket that listens in another network than that of this process, in which a program opens it and ends. The answer
 * accepts connections until it is closed. Rejects with what went wrong, in words, with the `code` of a system error if it
 * was one.
 */
export function openSocket({ enter, port }: SocketRequest): Promise<Server> {
  const [file = '', ...words] = [...enter, process.execPath, '-e', opening, String(port)];
  const { networkProgramMs: timeout, tailBytes } = processLimits;
  const child = spawn(file, words, {
    ...{ env: {}, cwd: '/', timeout, killSignal: 'SIGKILL' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-tailBytes);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (message: { readonly code?: string; readonly message?: string }, handle) => {
      if (handle) resolve(handle as Server);
      else reject(Object.assign(new Error(`no socket could be opened: ${message.message}`), { code: message.code }));
    });
    // Does nothing once it has told.
    child.once('close', (code, signal) => {
      if (child.killed) reject(new Error(`no socket could be opened within ${timeout / 1000} s`));
      else
        reject(
          new Error(said.trim().split('\n')[0] || `no socket could be opened: ${file} ended with ${signal ?? code}`),
        );
    });
  });
}
