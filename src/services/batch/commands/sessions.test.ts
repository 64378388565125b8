import assert from 'node:assert/strict';
import { once } from 'node:events';
import { duplexPair, PassThrough } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '../../../core/clock.ts';
import { commandPath, encodeFrame, FrameDecoder } from '../../../core/command-frames.ts';
import { SystemRandom } from '../../../core/random.ts';
import { commandRefused, type EnteredCommand } from '../../../engines/index.ts';
import { commandLimits } from './limits.ts';
import { CommandSessions } from './sessions.ts';

/** Both ends of a connection, the server's and the client's. */
function connection() {
  const [server, client] = duplexPair();
  const frames: [string, string][] = [];
  const decoder = new FrameDecoder((kind, payload) => frames.push([kind, payload.toString()]));
  client.on('data', (bytes: Buffer) => decoder.push(bytes));
  return { server, client, frames };
}

class FakeCommand implements EnteredCommand {
  readonly kind = 'entered';
  readonly container = 'c';
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly #end = Promise.withResolvers<number>();
  readonly ended = this.#end.promise;
  kills = 0;

  kill(): void {
    this.kills += 1;
    this.exit(137);
  }

  exit(code: number): void {
    this.#end.resolve(code);
  }
}

function bench() {
  const clock = new ManualClock();
  const sessions = new CommandSessions(clock, new SystemRandom());
  const command = new FakeCommand();
  const offer = () => sessions.offer(async () => command);
  const take = ({ sessionId, token }: { readonly sessionId: string; readonly token: string }) =>
    sessions.connection(commandPath + sessionId, { authorization: `Bearer ${token}` });
  return { clock, sessions, command, offer, take };
}

test('a session is given to its token, once, and not after 30 seconds', () => {
  const { clock, sessions, offer, take } = bench();
  const first = offer();
  assert.ok(first);
  assert.equal(take({ ...first, token: 'another' }), undefined);
  assert.equal(sessions.connection(commandPath + first.sessionId, {}), undefined);
  assert.ok(take(first));
  assert.equal(take(first), undefined);
  const late = offer();
  assert.ok(late);
  clock.advance(commandLimits.connectTime);
  assert.equal(take(late), undefined);
});

test('there are no more sessions than the limit, those that wait for their client included', () => {
  const { clock, offer } = bench();
  for (let count = 0; count < commandLimits.sessions; count += 1) assert.ok(offer());
  assert.equal(offer(), undefined);
  clock.advance(commandLimits.connectTime);
  assert.ok(offer());
});

async function connected() {
  const parts = bench();
  const offer = parts.offer();
  assert.ok(offer);
  const ends = connection();
  parts.take(offer)?.(ends.server, encodeFrame('stdin', Buffer.from('early ')));
  await turn();
  return { ...parts, ...ends };
}

test('what the client sends is read by the command, and what that writes comes back with its exit code', async () => {
  const { command, client, frames } = await connected();
  client.write(Buffer.concat([encodeFrame('stdin', Buffer.from('late')), encodeFrame('stdinEnd')]));
  const read: Buffer[] = [];
  command.stdin.on('data', (bytes: Buffer) => read.push(bytes));
  await once(command.stdin, 'end');
  assert.equal(Buffer.concat(read).toString(), 'early late');
  command.stdout.write('out');
  command.stderr.write('err');
  await turn();
  command.exit(3);
  await once(client, 'end');
  assert.deepEqual(frames, [
    ['stdout', 'out'],
    ['stderr', 'err'],
    ['end', '{"exitCode":3}'],
  ]);
});

test('a client that goes takes the command along', async () => {
  const { command, server } = await connected();
  server.destroy();
  await turn();
  assert.ok(command.kills > 0);
});

test('what is no frame ends the command', async () => {
  const { command, client, server } = await connected();
  client.write(Buffer.from('GET / HTTP/1.1\r\n'));
  await once(server, 'close');
  assert.ok(command.kills > 0);
});

test('a session over which nothing goes is ended in words, and so are all when the server stops', async () => {
  const idle = await connected();
  idle.clock.advance(commandLimits.idleTime);
  await once(idle.client, 'end');
  assert.match(idle.frames.at(-1)?.[1] ?? '', /nothing went to or from the command for 60 minutes/);
  const stopped = await connected();
  const closing = stopped.sessions.close('the server stops');
  await once(stopped.client, 'end');
  stopped.server.destroy();
  await closing;
  assert.deepEqual(stopped.frames, [['end', '{"problem":"the server stops"}']]);
  assert.deepEqual([stopped.command.kills > 0, stopped.offer()], [true, undefined]);
});

test('a command reads no faster than it can, and is read no faster than its client reads', async () => {
  const { command, client, server } = await connected();
  const block = Buffer.alloc(64 * 1024);
  for (let count = 0; count < 64; count += 1) client.write(encodeFrame('stdin', block));
  await turn();
  assert.ok(command.stdin.readableLength + command.stdin.writableLength < 8 * block.length);
  client.removeAllListeners('data').pause();
  for (let count = 0; count < 64; count += 1) command.stdout.write(block);
  await turn();
  assert.ok(client.readableLength + server.writableLength < 8 * block.length);
});

test('a command that could not begin says why', async () => {
  const { sessions } = bench();
  const offer = sessions.offer(async () => commandRefused('no way in'));
  assert.ok(offer);
  const { server, client, frames } = connection();
  sessions.connection(commandPath + offer.sessionId, { authorization: `Bearer ${offer.token}` })?.(
    server,
    Buffer.alloc(0),
  );
  await once(client, 'end');
  assert.deepEqual(frames, [['end', '{"problem":"no way in"}']]);
});
