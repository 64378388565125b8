import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, ManualClock, SystemClock } from '../../core/clock.ts';
import { EngineUnavailable, StartDeclined } from '../contract.ts';
import { dockerLimits } from './docker-limits.ts';
import { FakeDaemon } from './testing/fake-daemon.ts';
import { crash, type FakeServer, openFakeServer, task } from './testing/fake-server.ts';

const limit = { timeout: 120_000 };

async function open(t: TestContext, daemon: FakeDaemon, clock: Clock): Promise<FakeServer> {
  const server = await openFakeServer(daemon, clock);
  t.after(async () => {
    await crash(server);
    if (clock instanceof SystemClock) clock.close();
    await daemon.dispose();
  });
  return server;
}

test('a start that meets no daemon is declined, and the same to whoever asks at the same time', limit, async (t) => {
  const daemon = await FakeDaemon.start();
  const clock = new ManualClock();
  const { engine } = await open(t, daemon, clock);
  const spec = task();
  clock.advance(dockerLimits.freshMs + 1);
  daemon.hanging = /_ping/;
  const pings = daemon.calls.filter((call) => /_ping/.test(call)).length;
  const started = [engine.start(spec), engine.start(spec)].map((start) => assert.rejects(start, StartDeclined));
  await daemon.called(/_ping/, pings + 1);
  await daemon.go();
  await Promise.all(started);
  assert.equal(daemon.calls.filter((call) => /_ping/.test(call)).length, pings + 1);
  assert.deepEqual(await engine.recover(), []);
  daemon.resume();
  await daemon.comeBack();
  assert.equal(await engine.start(spec), 'accepted');
});

test('a start before it is known what a server before this one has left is not declined', limit, async (t) => {
  const [daemon, clock] = [await FakeDaemon.start(), new SystemClock()];
  await daemon.go();
  const { engine } = await open(t, daemon, clock);
  const isPlain = (error: unknown) => error instanceof EngineUnavailable && !(error instanceof StartDeclined);
  await assert.rejects(engine.start(task()), isPlain);
});

test('a task whose daemon goes before it has begun says that it waits for it', limit, async (t) => {
  const [daemon, clock] = [await FakeDaemon.start(), new SystemClock()];
  const { engine, log } = await open(t, daemon, clock);
  const spec = task();
  daemon.hanging = /^GET \/images/;
  await engine.start(spec);
  await daemon.called(/^GET \/images/);
  assert.equal(engine.preparation?.(spec.taskId), undefined);
  await daemon.go();
  while (engine.preparation?.(spec.taskId) === undefined) await nextTurn();
  assert.match(engine.preparation(spec.taskId) ?? '', /docker\.sock does not answer: connect ENOENT/);
  daemon.resume();
  await daemon.comeBack();
  await log.running(spec.taskId);
  assert.equal(engine.preparation?.(spec.taskId), undefined);
});
