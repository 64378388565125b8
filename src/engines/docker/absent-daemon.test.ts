import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { type Clock, ManualClock, SystemClock } from '../../core/clock.ts';
import { newId } from '../conformance.ts';
import { onceBack } from '../conformance-going.ts';
import { stateOf } from '../conformance-stage.ts';
import { EngineUnavailable, StartDeclined, type TaskSpec } from '../contract.ts';
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

function taskOf(image: string): TaskSpec {
  const spec = task();
  return { ...spec, containers: spec.containers.map((container) => ({ ...container, image })) };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(10);
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

const stages: readonly (readonly [while_: string, call: RegExp])[] = [
  ['it looks for its image', /^GET \/images/],
  ['its container is being made', /^POST \/containers\/create/],
];

for (const [stage, call] of stages)
  test(`a task whose daemon goes while ${stage} is given back, and nothing of it is ever run`, limit, async (t) => {
    const [daemon, clock] = [await FakeDaemon.start(), new SystemClock()];
    const { engine, log } = await open(t, daemon, clock);
    const spec = task();
    daemon.hanging = call;
    assert.equal(await engine.start(spec), 'accepted');
    await daemon.called(call);
    await daemon.go();
    const { sequence, reason } = await log.givenBack(spec.taskId);
    assert.equal(sequence, 1);
    assert.match(reason, /docker\.sock does not answer: connect ENOENT/);
    assert.equal(await stateOf(engine, spec.taskId), 'tombstone');
    assert.equal(await engine.start(spec), 'tombstone');
    await assert.rejects(engine.start(task()), StartDeclined, 'it does not take another one');
    await engine.stop(spec.taskId, 0);
    daemon.resume();
    await daemon.comeBack();
    await onceBack(() => engine.release(spec.taskId));
    assert.deepEqual(await engine.recover(), []);
    const next = task();
    await onceBack(() => engine.start(next));
    await log.running(next.taskId);
    assert.deepEqual(log.of(spec.taskId).length, 1);
    await until(() => daemon.containers.size === 1);
    assert.ok(!daemon.calls.some((each) => /start$/.test(each) && each.includes(spec.taskId)));
  });

test('for a task that was given back, or stopped, while its image was looked for, none is pulled', limit, async (t) => {
  const [daemon, clock] = [await FakeDaemon.start(), new SystemClock()];
  const { engine, log } = await open(t, daemon, clock);
  daemon.hasImages = false;
  daemon.hanging = /^GET \/images/;
  // One pull of one image would be for all of them.
  const [stopped, givenBack, next] = [taskOf('stopped'), taskOf('given-back'), taskOf('next')];
  await engine.start(stopped);
  await daemon.called(/^GET \/images/);
  await engine.stop(stopped.taskId, 0);
  await log.ended(stopped.taskId);
  daemon.resume();
  daemon.hanging = /^GET \/images/;
  await engine.start(givenBack);
  await daemon.called(/^GET \/images/, 2);
  await daemon.go();
  await log.givenBack(givenBack.taskId);
  daemon.resume();
  await daemon.comeBack();
  await daemon.called(/^GET \/images\/given-back/, 2);
  await onceBack(() => engine.start(next));
  await log.ended(next.taskId);
  assert.equal(daemon.calls.filter((call) => call === 'POST /images/create').length, 1);
});

test(
  'a task whose daemon is stuck while its container is being made is given back, and one that is slow keeps it',
  limit,
  async (t) => {
    const [daemon, clock] = [await FakeDaemon.start(), new ManualClock()];
    const { engine, log } = await open(t, daemon, clock);
    const spec = task();
    daemon.hanging = /^POST \/containers\/create/;
    await engine.start(spec);
    await daemon.called(/^POST \/containers\/create/);
    const pings = () => daemon.calls.filter((call) => /_ping/.test(call)).length;
    const before = pings();
    clock.advance(dockerLimits.stuckMs);
    await until(() => pings() > before);
    // Enough of them for what would be done next.
    for (let turn = 0; turn < 200; turn += 1) await nextTurn();
    assert.deepEqual([await stateOf(engine, spec.taskId), log.of(spec.taskId)], ['claimed', []]);
    daemon.hanging = /^POST \/containers\/create|_ping/;
    await until(() => {
      clock.advance(1_000);
      return log.of(spec.taskId).length > 0;
    });
    assert.match((await log.givenBack(spec.taskId)).reason, /did not answer to GET \/_ping within 2 s/);
    assert.equal(await engine.start(spec), 'tombstone');
  },
);

test('a container that a daemon makes late for a task that was released goes, too', limit, async (t) => {
  const [daemon, clock] = [await FakeDaemon.start(), new SystemClock()];
  const { engine, log } = await open(t, daemon, clock);
  const spec = task();
  daemon.hanging = /^POST \/containers\/create/;
  await engine.start(spec);
  await daemon.called(/^POST \/containers\/create/);
  await engine.stop(spec.taskId, 0);
  await log.ended(spec.taskId);
  await engine.release(spec.taskId);
  daemon.resume();
  await daemon.called(/^DELETE \/containers/, 2);
  await until(() => daemon.containers.size === 0);
});

test(
  'a server that is closed after it has given a task back leaves it to the next one as if it had never been',
  limit,
  async (t) => {
    const [daemon, clock] = [await FakeDaemon.start(), new SystemClock()];
    const first = await open(t, daemon, clock);
    const spec = task();
    daemon.hanging = /^GET \/networks\/bridge/;
    await first.engine.start(spec);
    await until(() => daemon.containers.size === 1);
    await daemon.go();
    await first.log.givenBack(spec.taskId);
    await crash(first);
    daemon.resume();
    await daemon.comeBack();
    const { engine, log } = await openFakeServer(daemon, clock, 2);
    t.after(() => crash({ engine, log }));
    assert.deepEqual([await engine.recover(), daemon.containers.size], [[], 0]);
    assert.equal(await engine.start(spec), 'accepted');
    await log.running(spec.taskId);
  },
);

test('a node beside the main one is not given back: it says that it waits for its daemon', limit, async (t) => {
  const [daemon, clock] = [await FakeDaemon.start(), new SystemClock()];
  const { engine, log } = await open(t, daemon, clock);
  const spec = { ...task(), gang: { gang: newId(), size: 2, index: 1 } };
  daemon.hanging = /^GET \/images/;
  await engine.start(spec);
  await daemon.called(/^GET \/images/);
  assert.equal(engine.preparation?.(spec.taskId), undefined);
  await daemon.go();
  await until(() => engine.preparation?.(spec.taskId) !== undefined);
  assert.match(engine.preparation?.(spec.taskId) ?? '', /docker\.sock does not answer: connect ENOENT/);
  assert.deepEqual([await stateOf(engine, spec.taskId), log.of(spec.taskId)], ['claimed', []]);
});
