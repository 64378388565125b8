import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { Forwarding } from './forwarding.ts';

const limit = { timeout: 240_000 };

async function listening(
  onConnection: (socket: Socket) => void,
  { port = 0, allowHalfOpen = true } = {},
): Promise<[Server, number]> {
  const server = createServer({ allowHalfOpen }, onConnection);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  return [server, address.port];
}

/** Answers how much it was told, once all was said. */
function echo(socket: Socket): void {
  let heard = 0;
  socket.on('data', (part) => {
    heard += part.length;
  });
  socket.on('end', () => socket.end(`heard ${heard}${'.'.repeat(heard)}`));
}

/** Ends when the other side does. */
function polite(socket: Socket): Socket {
  return socket
    .resume()
    .on('error', () => {})
    .once('end', () => socket.end());
}

/** A node's socket that leads to a listener that does `act`. */
async function rig(act: (socket: Socket) => void, most = 10) {
  const [target, targetPort] = await listening(act);
  const [door, port] = await listening(() => {}, { allowHalfOpen: false }); // as one that was handed over
  const forwarding = new Forwarding(most);
  forwarding.serve('node', door, targetPort);
  const call = () => connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const close = () => {
    forwarding.end('node');
    target.close();
  };
  return { target, targetPort, door, forwarding, call, close };
}

/** All that is heard of a connection until it is closed, in good order or not. */
function heardOf(socket: Socket): Promise<string> {
  let heard = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    heard += part;
  });
  return new Promise((resolve) =>
    socket
      .on('error', () => {})
      .once('close', () => resolve(heard))
      .once('end', () => socket.end()),
  );
}

/** Once it is, in good order or not. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.on('error', () => {}).once('close', () => resolve()));
}

test('each side may say all that it has and then only listen', limit, async () => {
  const { call, close } = await rig(echo);
  const socket = call();
  socket.end('x'.repeat(3_000_000));
  assert.equal((await heardOf(socket)).length, 'heard 3000000'.length + 3_000_000);
  close();
});

test('who listens may go and come again: each connection is made anew', limit, async () => {
  const { call, target, targetPort, close } = await rig(echo);
  target.close();
  await once(target, 'close');
  assert.equal(await heardOf(call()), '');
  const [again] = await listening(echo, { port: targetPort });
  const socket = call();
  socket.end('you');
  assert.equal(await heardOf(socket), 'heard 3...');
  again.close();
  close();
});

test('no more connections than allowed are open at once, and one that ends makes room', limit, async () => {
  const { call, close } = await rig((socket) => polite(socket).write('hello'), 2);
  const [one, other] = [call(), call()];
  await Promise.all([one, other].map((socket) => once(socket, 'data')));
  assert.equal(await heardOf(call()), '');
  one.destroy();
  // It is closed here before the other side has heard of it.
  for (let isIn = false; !isIn; ) {
    const next = call();
    isIn = await Promise.race([once(next, 'data').then(() => true), heardOf(next).then(() => false)]);
    next.destroy();
  }
  other.destroy();
  close();
});

test('the end of a side that breaks off is the end of the other', limit, async () => {
  const arrived = Promise.withResolvers<Socket>();
  const { call, close } = await rig((socket) => arrived.resolve(polite(socket)));
  const socket = call();
  socket.write('x');
  const far = await arrived.promise;
  socket.resetAndDestroy();
  await closed(far);
  close();
});

test('with a node all its connections end, and nobody listens any more', limit, async () => {
  const arrived = Promise.withResolvers<Socket>();
  const { call, forwarding, close } = await rig((socket) => arrived.resolve(polite(socket)));
  const socket = call();
  socket.on('error', () => {});
  socket.write('x');
  const far = await arrived.promise;
  forwarding.end('node');
  await Promise.all([closed(far), closed(socket.resume())]);
  const [error] = await once(call(), 'error');
  assert.equal(error.code, 'ECONNREFUSED');
  close();
});

test('one that cannot be taken for want of a descriptor is no end of the others', limit, async () => {
  const { call, door, close } = await rig(echo);
  door.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
  const socket = call();
  socket.end('you');
  assert.equal(await heardOf(socket), 'heard 3...');
  close();
});
