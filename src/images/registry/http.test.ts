import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { Connections } from './http.ts';

test('a connection that is not used is closed, though the registry would keep it for ever', {
  timeout: 20_000,
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
