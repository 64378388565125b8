import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import { FakeDaemon } from './testing/fake-daemon.ts';
import { crash, type FakeServer, openFakeServer, task } from './testing/fake-server.ts';

/** Without the names of containers, in any order: some are made at the same time. */
const ofEither = [
  'DELETE /containers/ID',
  'GET /containers/ID/json',
  'GET /containers/ID/logs',
  'GET /images/image:latest/json',
  'POST /containers/ID/start',
  'POST /containers/ID/wait',
  'POST /containers/create',
];
const expected = {
  docker: [...ofEither, 'GET /networks/bridge'].sort(),
  podman: ofEither,
};

for (const product of ['docker', 'podman'] as const)
  test(`a task of a moment costs ${product} no more than ${expected[product].length} calls`, {
    timeout: 240_000,
  }, async (t) => {
    const [daemon, clock] = [await FakeDaemon.start(), new ManualClock()];
    const Components = product === 'podman' ? [{ Name: 'Podman Engine', Version: '4.3.1' }] : [];
    daemon.instead = (words) =>
      words === 'GET /version' ? { status: 200, content: { Version: '1', Components } } : undefined;
    const server = await openFakeServer(daemon, clock);
    t.after(async () => {
      await crash(server);
      await daemon.dispose();
    });
    // What the daemon is is asked once.
    await runOne(daemon, server);
    const before = daemon.calls.length;
    await runOne(daemon, server);
    const calls = daemon.calls.slice(before).map((call) => call.replace(/id-[^/]*/, 'ID'));
    assert.deepEqual(calls.sort(), expected[product]);
  });

async function runOne(daemon: FakeDaemon, { engine, log }: FakeServer): Promise<void> {
  const spec = task();
  await engine.start(spec);
  await log.running(spec.taskId);
  daemon.exit(daemon.only(), 0);
  await log.ended(spec.taskId);
  await engine.release(spec.taskId);
}
