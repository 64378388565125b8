import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { SystemClock } from '../../core/clock.ts';
import { dockerSkip } from '../../core/docker-daemon.fixture.ts';
import { EventLog } from '../conformance.ts';
import { DockerHost } from './testing/docker-host.ts';
import { FakeDaemon } from './testing/fake-daemon.ts';
import { crash, openFakeServer, task } from './testing/fake-server.ts';

test('what ends while a Docker takes no more connections went with it, whatever that says on those that it has', {
  timeout: 120_000,
}, async (t) => {
  const [daemon, clock] = [await FakeDaemon.start(), new SystemClock()];
  const server = await openFakeServer(daemon, clock);
  t.after(async () => {
    await crash(server);
    clock.close();
    await daemon.dispose();
  });
  const { engine, log } = server;
  const spec = task();
  await engine.start(spec);
  await log.running(spec.taskId);
  daemon.takeNoMore();
  daemon.exit(daemon.only(), 0);
  await daemon.called(/GET \/containers\/.*\/json$/);
  // Whatever it would be asked next, it answers.
  for (let turn = 0; turn < 200; turn += 1) await nextTurn();
  await daemon.go();
  daemon.bridge = 'another';
  await daemon.comeBack();
  assert.equal((await log.ended(spec.taskId)).cause, 'lost');
});

test('a container that a Docker takes along as it is told to go is lost, though it ends as if it had done its work', {
  timeout: 120_000,
  ...dockerSkip(),
}, async (t) => {
  const host = await DockerHost.create('docker');
  t.after(() => host.dispose());
  const engine = await host.open();
  t.after(() => engine.close());
  const log = new EventLog(engine);
  t.after(() => log.close());
  const spec = host.task(`trap 'exit 0' TERM; >${host.shared}/ready; while :; do sleep 0.05; done`);
  await engine.start(spec);
  await host.appears('ready');
  await log.running(spec.taskId);
  const { pid } = host.daemon;
  process.kill(pid, 'SIGTERM');
  while (existsSync(`/proc/${pid}`)) await pause(20);
  await host.daemon.start();
  assert.equal((await log.ended(spec.taskId)).cause, 'lost');
});
