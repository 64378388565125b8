import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { guardedLookup, isLinkLocal } from './address-guard.ts';
import { selfSignedCertificate } from './certificate.ts';
import { createPoster } from './post.ts';

const never = new AbortController().signal;

async function serverOf(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function posterOf(context: TestContext, clock = new ManualClock()) {
  const poster = createPoster({ clock, allowLinkLocal: false });
  context.after(() => poster.close());
  return poster;
}

test('2xx delivers, 5xx and 429 may go well later, and any other status never will', async (context) => {
  const statuses = [200, 204, 500, 503, 429, 400, 404, 302];
  const endpoint = await serverOf(context, (request, response) => {
    response.writeHead(Number(request.url?.slice(1)), { location: '/200' }).end();
  });
  const poster = posterOf(context);
  const kinds = statuses.map((status) => poster.post({ endpoint: endpoint + status, headers: {}, body: 'x' }, never));
  assert.deepEqual(
    (await Promise.all(kinds)).map(({ kind }) => kind),
    ['delivered', 'delivered', 'failed', 'failed', 'failed', 'refused', 'refused', 'refused'],
  );
});

test('an endpoint that does not answer for 15 seconds has failed', async (context) => {
  const clock = new ManualClock();
  const endpoint = await serverOf(context, () => clock.advance(15_000));
  const outcome = await posterOf(context, clock).post({ endpoint, headers: {}, body: 'x' }, never);
  assert.deepEqual(outcome, { kind: 'failed', reason: 'no answer within 15 seconds' });
  assert.equal(clock.pending, 0);
});

test('an endpoint that nobody listens at has failed', async (context) => {
  const outcome = await posterOf(context).post({ endpoint: 'http://127.0.0.1:1/', headers: {}, body: 'x' }, never);
  assert.equal(outcome.kind, 'failed');
});

test('a kept connection that breaks is no failure: the post goes over another one', async (context) => {
  const used = new WeakSet<object>();
  const endpoint = await serverOf(context, (request, response) => {
    if (used.has(request.socket)) request.socket.destroy();
    used.add(request.socket);
    response.end();
  });
  const poster = posterOf(context);
  for (const body of ['first', 'second']) {
    assert.deepEqual(await poster.post({ endpoint, headers: {}, body }, never), { kind: 'delivered' });
  }
});

test('HTTPS goes to servers alone whose certificate is trusted', async (context) => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [notBefore, notAfter] = [Date.UTC(2000), Date.UTC(2100)];
  const serial = Uint8Array.of(0, 200, 1);
  const cert = selfSignedCertificate({ ...pair, commonName: '127.0.0.1', serial, notBefore, notAfter });
  const read = new X509Certificate(cert);
  assert.deepEqual([read.subject, read.serialNumber], ['CN=127.0.0.1', 'C801']);
  assert.deepEqual([read.validFromDate.getTime(), read.validToDate.getTime()], [notBefore, notAfter]);
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = createSecureServer({ cert, key }, (_request, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const outcome = await posterOf(context).post({ endpoint, headers: {}, body: 'x' }, never);
  assert.equal(outcome.kind, 'failed');
  assert.match(outcome.reason, /self-signed certificate/);
});

test('link-local addresses are never posted to, however they are written', async (context) => {
  const poster = posterOf(context);
  const hosts = ['169.254.169.254', '0xA9FEA9FE', '[fe80::1]', '[::ffff:169.254.169.254]', '[fd00:ec2::254]'];
  for (const host of hosts) {
    const outcome = await poster.post({ endpoint: `http://${host}/latest/meta-data/`, headers: {}, body: 'x' }, never);
    assert.equal(outcome.kind, 'refused', host);
  }
  assert.ok(!isLinkLocal('127.0.0.1') && !isLinkLocal('169.253.0.1') && !isLinkLocal('example.com'));
});

test('a name is resolved as it is, in either form that Node asks for', async () => {
  const answers = await Promise.all(
    [true, false].map(
      (all) =>
        new Promise((resolve) => {
          guardedLookup('127.0.0.1', { all, family: 4 }, (_error, addresses) => resolve(addresses));
        }),
    ),
  );
  assert.deepEqual(answers, [[{ address: '127.0.0.1', family: 4 }], '127.0.0.1']);
});
