import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { createServer } from '../../../core/node-http.ts';
import { rejectionOf } from '../../../core/operation.fixture.ts';
import type { Reach } from './address-guard.ts';
import { answerTime, createHttpClient } from './http-client.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on loopback that answers as it is told, and a client of it. */
async function grounds(answer: Answer, reach: Reach = 'any') {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clock = new ManualClock();
  const client = createHttpClient({ clock, reach });
  const send = (host: string, body = false) => {
    const url = new URL(`http://${host}:${port}/`);
    const request = { url, method: 'POST', headers: { 'x-a': 'b' }, body: 'text' };
    return client.send(request, { body }, new AbortController().signal);
  };
  return {
    ...{ clock, send },
    [Symbol.asyncDispose]: async () => {
      client.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a server that does not answer within five seconds is given up', async () => {
  const asked = Promise.withResolvers<void>();
  await using ground = await grounds(() => asked.resolve());
  const failed = rejectionOf(ground.send('127.0.0.1'));
  await asked.promise;
  ground.clock.advance(answerTime);
  assert.match(String(await failed), /no answer within 5 seconds/);
});

test('an answer without an end costs no more than its beginning', async () => {
  const gone = Promise.withResolvers<void>();
  await using ground = await grounds((_request, response) => {
    response.on('close', () => gone.resolve());
    const more = () => {
      while (response.write(Buffer.alloc(16_384)));
      response.once('drain', more);
    };
    more();
  });
  assert.equal((await ground.send('127.0.0.1')).status, 200);
  await gone.promise;
  const { body } = await ground.send('127.0.0.1', true);
  assert.ok(body.length < 200_000);
});

test('an answer that stops in its midst holds its connection no longer than the time for an answer', async () => {
  const gone = Promise.withResolvers<void>();
  await using ground = await grounds((_request, response) => {
    response.on('close', () => gone.resolve());
    response.writeHead(200).write('and then');
  });
  assert.equal((await ground.send('127.0.0.1')).status, 200);
  ground.clock.advance(answerTime);
  await gone.promise;
});

test('redirections are not followed', async () => {
  let count = 0;
  await using ground = await grounds((_request, response) => {
    count += 1;
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  assert.equal((await ground.send('127.0.0.1')).status, 302);
  assert.equal(count, 1);
});

test('a server that others can reach sends nothing to its own machine: neither by address nor by a name that leads there', async () => {
  let count = 0;
  await using ground = await grounds((_request, response) => {
    count += 1;
    response.end();
  }, 'not-local');
  assert.match(String(await rejectionOf(ground.send('127.0.0.1'))), /KeptFromAddress/);
  assert.match(String(await rejectionOf(ground.send('localhost'))), /KeptFromAddress: localhost is /);
  assert.equal(count, 0);
});
