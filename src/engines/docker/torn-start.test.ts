import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import { dockerLimits } from './docker-limits.ts';
import { crash, task } from './testing/fake-server.ts';
import { FakeStage } from './testing/fake-stage.ts';

const limit = { timeout: 120_000 };
const stage = FakeStage.ofEachTest();
const { open, starts } = stage;

test(
  'a container that Docker was killed over while it started it may have run: its task is lost, and starts no more',
  limit,
  async () => {
    const { engine, log } = await open();
    const spec = task();
    stage.daemon.hanging = /\/start$/;
    await engine.start(spec);
    await stage.daemon.called(/\/start$/);
    await stage.daemon.go();
    stage.daemon.hanging = undefined;
    await stage.daemon.comeBack();
    assert.equal((await log.ended(spec.taskId)).cause, 'lost');
    assert.deepEqual([starts(), stage.daemon.containers.size], [1, 0]);
  },
);

/** Lets time go by until so many calls have come that match. */
async function passUntilCalled(manual: ManualClock, pattern: RegExp, times: number): Promise<void> {
  while (stage.daemon.calls.filter((call) => pattern.test(call)).length < times) {
    manual.advance(dockerLimits.firstRetryMs);
    await nextTurn();
  }
}

for (const server of ['same', 'next'])
  test(
    `so it is for the ${server} server where a Docker that has come back is late to take it away`,
    limit,
    async () => {
      const manual = new ManualClock();
      stage.clock = manual;
      const warned = Promise.withResolvers<void>();
      const logger = { info: () => {}, warn: (words: string) => void (/tried again/.test(words) && warned.resolve()) };
      const first = await open(1, { logger });
      const spec = task();
      stage.daemon.hanging = /\/start$/;
      await first.engine.start(spec);
      await stage.daemon.called(/\/start$/);
      if (server === 'next') await crash(first);
      await stage.daemon.go();
      stage.daemon.hanging = /^DELETE /;
      await stage.daemon.comeBack();
      const { log } = server === 'next' ? await open(2, { logger }) : first;
      await passUntilCalled(manual, /^DELETE /, 1);
      stage.daemon.hanging = undefined;
      manual.advance(dockerLimits.removeMs);
      await warned.promise;
      manual.advance(dockerLimits.lastRetryMs);
      assert.deepEqual([(await log.ended(spec.taskId)).cause, stage.daemon.containers.size], ['lost', 0]);
    },
  );

test('so it is for the next server where a Docker that has come back is late to say what it is', limit, async () => {
  const manual = new ManualClock();
  stage.clock = manual;
  const first = await open();
  const spec = task();
  stage.daemon.hanging = /\/start$/;
  await first.engine.start(spec);
  await stage.daemon.called(/\/start$/);
  await crash(first);
  await stage.daemon.go();
  stage.daemon.hanging = /version$/;
  await stage.daemon.comeBack();
  const before = stage.daemon.calls.filter((call) => /version$/.test(call)).length;
  const opening = open(2);
  await stage.daemon.called(/version$/, before + 1);
  stage.daemon.hanging = undefined;
  manual.advance(dockerLimits.callMs);
  assert.equal((await (await opening).log.ended(spec.taskId)).cause, 'lost');
});

test('so it is when the server was killed as well', limit, async () => {
  const first = await open();
  const [torn, whole] = [task(), task()];
  stage.daemon.hanging = /\/start$/;
  await first.engine.start(torn);
  await stage.daemon.called(/\/start$/);
  await crash(first);
  await stage.daemon.go();
  stage.daemon.hanging = undefined;
  await stage.daemon.comeBack();
  const second = await open(2);
  assert.equal((await second.log.ended(torn.taskId)).cause, 'lost');
  assert.deepEqual([starts(), stage.daemon.containers.size], [1, 0]);
  assert.equal(await second.engine.start(whole), 'accepted');
  await second.log.running(whole.taskId);
});

test(
  'a container of which Docker says that it still runs, but which died with the Docker before, is lost',
  limit,
  async () => {
    const { engine, log } = await open();
    const spec = task();
    await engine.start(spec);
    await log.running(spec.taskId);
    await stage.daemon.go();
    stage.daemon.bridge = 'another';
    await stage.daemon.comeBack();
    assert.deepEqual([(await log.ended(spec.taskId)).cause, starts(), stage.daemon.containers.size], ['lost', 1, 0]);
  },
);
