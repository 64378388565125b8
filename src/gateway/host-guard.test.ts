import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostGuard } from './host-guard.ts';

function isRefused(guard: HostGuard, host: string, localAddress = '10.0.0.7'): boolean {
  return guard.refuse({ host }, ['Host', host], { localAddress }) !== undefined;
}

test('a server that is bound everywhere is known by the address connected to, with the prefix of an SDK too', () => {
  const guard = new HostGuard([]);
  for (const host of ['10.0.0.7', '10.0.0.7:9470', 'sync-10.0.0.7:9470', 'stream-10.0.0.7', 'streaming-10.0.0.7']) {
    assert.equal(isRefused(guard, host), false, host);
    assert.equal(isRefused(guard, host, '10.0.0.8'), true, `${host} elsewhere`);
  }
  for (const host of ['sync-sync-10.0.0.7', 'sync-evil.example', 'async-10.0.0.7']) {
    assert.equal(isRefused(guard, host), true, host);
  }
});

test('a name of the server is known behind one prefix, and no more', () => {
  const guard = new HostGuard(['batch.example']);
  assert.equal(isRefused(guard, 'sync-batch.example:80'), false);
  assert.equal(isRefused(guard, 'sync-stream-batch.example'), true);
});

test('who reaches a server that is bound everywhere by loopback may name it by the names of loopback, nobody else', () => {
  const guard = new HostGuard([]);
  for (const host of ['localhost:9470', 'batchyard.localhost', 'sync-batchyard.localhost:9470']) {
    for (const local of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      assert.equal(isRefused(guard, host, local), false, host);
    for (const elsewhere of ['10.0.0.7', '::2']) assert.equal(isRefused(guard, host, elsewhere), true, host);
  }
  assert.equal(isRefused(guard, 'evil.localhost', '127.0.0.1'), true);
});
