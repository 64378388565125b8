import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import type { Arn, Region } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { SystemRandom } from '../core/random.ts';
import { rolePrincipal } from '../iam/index.ts';
import { account, type CallRequest, credentials, rootKey, sendRaw, startGateway } from './gateway.fixture.ts';
import { createGateway } from './gateway.ts';
import { OperationRegistry } from './operation-registry.ts';
import type { GatewayOptions } from './options.ts';

const page = { status: 200, contentType: 'text/plain', body: 'a page\n' };
const roleArn = 'arn:aws:iam::123456789012:role/r' as Arn;
const mounted = rolePrincipal({ account, roleArn, sessionName: 'mounted', use: { kind: 'job' } });
const key = { accessKeyId: 'KEY', secretAccessKey: 'secret' };

const options: Partial<GatewayOptions> = {
  health: false,
  pages: ({ method, path }) => {
    if (path === '/later') return Promise.resolve(page);
    if (path === '/broken') return Promise.reject(new Error('a bug'));
    return path === '/page' ? { ...page, body: `${method} ${page.body}` } : undefined;
  },
  mount: (path) => {
    if (!path.startsWith('/as/me')) return undefined;
    const lookup = (id: string) =>
      id === key.accessKeyId
        ? ({ kind: 'found', secretAccessKey: key.secretAccessKey, principal: mounted } as const)
        : ({ kind: 'unknown' } as const);
    return { path: path.slice('/as/me'.length), credentials: { lookup } };
  },
};

test('pages need no signature, come now or later, and go through the same guard as calls', async (t) => {
  const running = await startGateway(options);
  t.after(() => running.gateway.close());
  const get = (target: string, headers = {}) => running.send({ method: 'GET', target, headers });
  assert.equal((await get('/page?a=b')).body, 'GET a page\n');
  assert.equal((await get('/later')).body, 'a page\n');
  assert.equal((await get('/page', { host: 'evil.example' })).status, 403);
  assert.equal((await get('/page', { origin: 'https://evil.example' })).status, 403);
  assert.equal((await get('/pages')).status, 403, 'it is a call, and unsigned');
  assert.equal((await get('/broken')).status, 500);
  const two = await sendRaw(
    running.address.port,
    `POST /page HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\r\nGET GET /later HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`,
  );
  assert.equal(two.split('a page').length, 3, 'a body is dropped, and the next request is answered');
});

test('a page is never logged with its path, and below the level of calls', async (t) => {
  const running = await startGateway(options);
  t.after(() => running.gateway.close());
  await running.send({ method: 'GET', target: '/page', headers: { authorization: 'secret words' } });
  assert.deepEqual(
    running.logged.map(({ level }) => level),
    ['debug'],
  );
  assert.doesNotMatch(JSON.stringify(running.logged), /page"|\/page|secret words/);
});

test('a server without health pages takes their paths for calls', async (t) => {
  const running = await startGateway(options);
  t.after(() => running.gateway.close());
  for (const target of ['/healthz', '/readyz', '/metrics'])
    assert.equal((await running.send({ method: 'GET', target })).status, 403, target);
});

test('calls below a mounted path are signed with that path, by those whom it names and nobody else', async (t) => {
  const running = await startGateway(options);
  t.after(() => running.gateway.close());
  const call: CallRequest = { target: '/as/me/v1/wait', body: '{}' };
  // The operation is known, who signed it too; and he may not.
  const refused = await running.call({ ...call, credentials: key });
  assert.match(refused.body, /assumed-role\/r\/mounted is not authorized to perform: batch:Wait/);
  const signatures = [
    { ...call, credentials: rootKey },
    { ...call, credentials: { ...key, secretAccessKey: 'x' } },
    { ...call, target: '/v1/wait', credentials: key },
  ];
  const codes = await Promise.all(
    signatures.map(async (each) => (await running.call(each)).headers['x-amzn-errortype']),
  );
  assert.deepEqual(codes, ['UnrecognizedClientException', 'InvalidSignatureException', 'UnrecognizedClientException']);
  const json: CallRequest = {
    target: '/as/me/',
    body: '{}',
    service: 'logs',
    headers: { 'x-amz-target': 'Logs_20140328.Wait' },
  };
  assert.match((await running.call({ ...json, credentials: key })).body, /not authorized to perform: logs:Wait/);
});

test('two gateways count into one registry', async (t) => {
  const metrics = new Registry();
  const [one, other] = [await startGateway({ metrics }), await startGateway({ metrics, ...options })];
  t.after(() => Promise.all([one, other].map(({ gateway }) => gateway.close())));
  await one.call({ target: '/v1/echo', body: '{}' });
  await other.call({ target: '/v1/echo', body: '{}' });
  await other.send({ method: 'GET', target: '/page' });
  const text = await metrics.metrics();
  assert.match(text, /batchyard_requests_total\{service="batch",operation="Echo",status="200"\} 2/);
  assert.match(text, /batchyard_requests_total\{service="pages",operation="unknown",status="200"\} 1/);
  assert.match(text, /batchyard_connections \d/);
});

test('a gateway that was refused a port listens on another', async (t) => {
  const first = await startGateway();
  t.after(() => first.gateway.close());
  const other = createGateway({
    ...{
      registry: new OperationRegistry([]),
      credentials,
      authMode: 'sigv4',
      account,
      defaultRegion: 'us-east-1' as Region,
    },
    ...{ clock: first.clock, random: new SystemRandom(), logger: silentLogger, metrics: new Registry() },
    settled: async () => {},
    readable: async () => {},
    readiness: () => ({ ready: true }),
    onInternalError: () => {},
  });
  t.after(() => other.close());
  const { host, port } = first.address;
  await assert.rejects(other.listen({ host, port }), { code: 'EADDRINUSE' });
  const { url } = await other.listen({ host, port: 0 });
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});
