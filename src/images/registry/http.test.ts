import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { Connections, connectionError } from './http.ts';

test('a connection that is not used is closed, though the registry would keep it for ever', {
  timeout: 240_000,
}, async (t) => {
  const server = createServer((_request, answer) => answer.end('x'));
  server.keepAliveTimeout = 0;
  t.after(() => server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const connections = new Connections({ insecure: true }, 50);
  t.after(() => connections.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const answer = await connections.send({ url, headers: {}, signal: new AbortController().signal });
  answer.resume();
  const [socket] = await connected;
  await once(socket, 'close');
});

test('why a registry is not reached is said once', () => {
  const wordsOf = (error: Error, code: string) =>
    connectionError(Object.assign(error, { code }), new URL('https://nowhere.example/v2/')).message;
  const of = 'Get "https://nowhere.example/v2/": ';
  assert.equal(
    wordsOf(new Error('getaddrinfo ENOTFOUND nowhere.example'), 'ENOTFOUND'),
    `${of}getaddrinfo ENOTFOUND nowhere.example`,
  );
  assert.equal(wordsOf(new Error('socket hang up'), 'ECONNRESET'), `${of}ECONNRESET: socket hang up`);
  // Of several addresses that all refused.
  assert.equal(wordsOf(new AggregateError([]), 'ECONNREFUSED'), `${of}ECONNREFUSED`);
});
