import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import { type RunningGateway, rawHead, startGateway } from '../../src/gateway/gateway.fixture.ts';
import { selfSignedCertificate } from '../../src/services/sns/deliveries/certificate.ts';

function identity() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = selfSignedCertificate({
    commonName: 'localhost',
    serial: Uint8Array.of(1),
    notBefore: Date.UTC(2024, 0),
    notAfter: Date.UTC(2049, 0),
    publicKey,
    privateKey,
  });
  return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** A client whose handshake is over. */
async function secure(test: TestContext, { address }: RunningGateway): Promise<Socket> {
  const socket = connect({ port: address.port, host: '127.0.0.1', rejectUnauthorized: false });
  test.after(() => socket.destroy());
  socket.on('error', () => {}); // 'close' follows
  await once(socket, 'secureConnect');
  return socket;
}

async function answer(socket: Socket, request: string): Promise<string> {
  const answered = once(socket, 'data');
  socket.write(request);
  const [bytes] = await answered;
  return String(bytes);
}

test('over TLS too strangers give way first, those that never shake hands among them, and who has signed stays', async (t) => {
  const running = await startGateway({ tls: identity(), limits: { connections: 3 } });
  t.after(() => running.gateway.close());
  const known = await secure(t, running);
  const signed = rawHead(running, { target: '/v1/echo' }, {});
  assert.match(await answer(known, signed), /^HTTP\/1.1 200/);
  const mute = connectPlain(running.address.port, '127.0.0.1');
  t.after(() => mute.destroy());
  mute.on('error', () => {}); // 'close' follows
  await once(mute, 'connect');
  const stranger = await secure(t, running);
  const [muteGone, strangerGone] = [closed(mute), closed(stranger)];
  const first = await secure(t, running);
  await muteGone;
  await secure(t, running);
  await strangerGone;
  assert.match(await answer(first, 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n'), /^HTTP\/1.1 200/);
  assert.match(await answer(known, signed), /^HTTP\/1.1 200/);
});
