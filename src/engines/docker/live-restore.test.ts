import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { callDaemon, dockerSkip } from '../../core/docker-daemon.fixture.ts';
import { EventLog, outcome } from '../conformance.ts';
import { DockerHost } from './testing/docker-host.ts';

test('a container that ends between a Docker that has come back and the next server has the end that it had', {
  timeout: 120_000,
  ...dockerSkip(),
}, async (t) => {
  const host = await DockerHost.create('docker', {}, ['--live-restore']);
  t.after(() => host.dispose());
  const { daemon, shared } = host;
  const first = await host.open();
  const starts = new EventLog(first);
  const tasks = [0, 3].map((code) => host.task(`until [ -e ${shared}/go ]; do sleep 0.02; done; exit ${code}`));
  for (const task of tasks) await first.start(task);
  for (const { taskId } of tasks) await starts.running(taskId);
  starts.close();
  await first.close();
  await daemon.kill();
  await daemon.start();
  const running = async () => JSON.parse(await callDaemon(daemon.socket, 'GET', '/containers/json')).length;
  assert.equal(await running(), 2, 'they outlive it');
  writeFileSync(join(shared, 'go'), '');
  while ((await running()) > 0);
  const second = await host.open(2);
  t.after(() => second.close());
  const log = new EventLog(second);
  t.after(() => log.close());
  const codes = await Promise.all(tasks.map(async ({ taskId }) => outcome(await log.ended(taskId)).exitCode));
  assert.deepEqual(codes, [0, 3]);
});
