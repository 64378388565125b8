import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { test } from 'node:test';
import { ServerUnreachable } from './api-error.ts';
import { Transport } from './transport.ts';

/** What a request to `url` fails with. */
async function failure(url: string): Promise<string> {
  const transport = new Transport(new URL(url));
  try {
    await transport.send({ path: '/', headers: {}, body: '' });
    return assert.fail('it was answered');
  } catch (error) {
    assert.ok(error instanceof ServerUnreachable, String(error));
    return error.message;
  } finally {
    transport.close();
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a server without TLS that is called with it is said to be one', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n').on('error', () => {}));
  const port = await listening(server);
  assert.equal(
    await failure(`https://127.0.0.1:${port}`),
    `the server at https://127.0.0.1:${port} speaks no TLS: try http://127.0.0.1:${port}`,
  );
  server.close();
});

test('a server that hangs up on plain HTTP may have a certificate', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.destroy()));
  const port = await listening(server);
  assert.match(await failure(`http://127.0.0.1:${port}`), /hangs up on plain HTTP: .* try https:\/\/127\.0\.0\.1/);
  server.close();
});

test('where nobody listens, it is said how to start a server', async () => {
  const server = createServer();
  const port = await listening(server);
  server.close();
  await once(server, 'close');
  assert.match(
    await failure(`http://127.0.0.1:${port}`),
    /^no server answers at http:\S+; start one with `batchyard start`/,
  );
});

test('a TLS connection that is cut off is not taken for plain HTTP', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const port = await listening(server);
  assert.match(await failure(`https://127.0.0.1:${port}`), /^the request to https:\S+ failed: /);
  server.close();
});
