import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { commandPath, commandProtocol } from '../../core/command-frames.ts';
import { request as httpRequest } from '../../core/node-http.ts';
import { ServerUnreachable } from './api-error.ts';

/** What the server's ExecuteCommand answers. */
export interface CommandOffer {
  readonly sessionId: string;
  readonly token: string;
}

/** Connects to the session of a command. Rejects with `ServerUnreachable` where none is given. */
export function connectCommand(endpoint: URL, { sessionId, token }: CommandOffer): Promise<Duplex> {
  const request = endpoint.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = { connection: 'upgrade', upgrade: commandProtocol, authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const refuse = (words: string) => reject(new ServerUnreachable(words));
    request(new URL(commandPath + sessionId, endpoint), { headers, agent: false })
      .on('error', (error) => refuse(`the command's connection to ${endpoint.origin} failed: ${error.message}`))
      .on('response', (response: IncomingMessage) => {
        text(response).then((body) => refuse(`${endpoint.origin} gives no connection to the command: ${body}`), reject);
      })
      .on('upgrade', (_response: IncomingMessage, socket: Duplex, head: Buffer) => {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      })
      .end();
  });
}
