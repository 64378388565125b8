import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseUrl } from './base-url.ts';
import type { CompiledOptions } from './compiled-options.ts';

const listen: CompiledOptions['listen'] = { address: '127.0.0.1', port: 0, loopback: true, allowedHosts: [] };

test('links begin with the name that the operator gave, else with the address that the server is bound to', () => {
  assert.equal(baseUrl(listen, 'http://127.0.0.1:9470'), 'http://127.0.0.1:9470');
  assert.equal(baseUrl(listen, 'http://[::1]:9470'), 'http://[::1]:9470');
  assert.equal(
    baseUrl({ ...listen, allowedHosts: ['batch.test', 'b'] }, 'http://127.0.0.1:9470'),
    'http://batch.test:9470',
  );
});

test('a server that is bound everywhere is reached by loopback; one with a certificate by https', () => {
  const tls = { certificateFile: 'c', keyFile: 'k' };
  assert.equal(baseUrl({ ...listen, tls }, 'https://0.0.0.0:1'), 'https://127.0.0.1:1');
  assert.equal(baseUrl(listen, 'http://[::]:1'), 'http://[::1]:1');
});
