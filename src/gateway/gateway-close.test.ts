import assert from 'node:assert/strict';
import { Agent, request as httpRequest } from 'node:http';
import { test } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import { startGateway } from './gateway.fixture.ts';

test('close lets a request in flight finish, and ends its connection', async () => {
  const running = await startGateway();
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  running.hooks.wait = () => {
    start();
    return ended;
  };
  const answer = running.call({ target: '/v1/wait' });
  await started;
  const closed = running.gateway.close();
  assert.equal(running.gateway.close(), closed, 'closing twice is closing once');
  end('done');
  const response = await answer;
  assert.deepEqual([response.status, JSON.parse(response.body).waited], [200, 'done']);
  assert.equal(response.headers.connection, 'close');
  await closed;
  await assert.rejects(running.send({ method: 'GET', target: '/healthz' }), /ECONNREFUSED/);
});

test('close ends idle keep-alive connections at once', async () => {
  const running = await startGateway();
  const agent = new Agent({ keepAlive: true });
  const { promise, resolve } = Promise.withResolvers<void>();
  httpRequest({ agent, port: running.address.port, host: '127.0.0.1', path: '/healthz' }, (response) => {
    response.resume().on('end', () => resolve());
  }).end();
  await promise;
  await running.gateway.close();
  agent.destroy();
});

test('what does not finish in time is aborted', async () => {
  const clock = new ManualClock();
  const running = await startGateway({ clock, limits: { closeTime: 5_000 } });
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const { promise: aborted, resolve: abort } = Promise.withResolvers<unknown>();
  running.hooks.wait = ({ signal }) => {
    signal.addEventListener('abort', () => abort(signal.reason));
    start();
    return aborted;
  };
  const answer = assert.rejects(running.call({ target: '/v1/wait' }), /hang up|ECONNRESET/);
  await started;
  const closed = running.gateway.close();
  clock.advance(5_000);
  await closed;
  await answer;
  assert.match(String(await aborted), /the server stops/);
  assert.equal(clock.pending, 0);
});

test("a handler's signal is aborted when its client goes away", async () => {
  const running = await startGateway();
  const { promise: aborted, resolve: abort } = Promise.withResolvers<unknown>();
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  running.hooks.wait = ({ signal }) => {
    signal.addEventListener('abort', () => abort(signal.reason));
    start();
    return aborted;
  };
  const controller = new AbortController();
  const { sign } = await import('./gateway.fixture.ts');
  const headers = sign({ target: '/v1/wait' }, running.address.port, running.clock.now());
  const { port } = running.address;
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path: '/v1/wait',
    method: 'POST',
    headers,
    signal: controller.signal,
  });
  request.on('error', () => {});
  request.end();
  await started;
  controller.abort();
  assert.match(String(await aborted), /client went away/);
  await running.gateway.close();
});
