import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ManualClock } from '../../core/clock.ts';
import type { InstallationId, TaskId } from '../../core/ids.ts';
import { EventLog, newId, outcome } from '../conformance.ts';
import type { ContainerSpec, Engine, TaskSpec } from '../contract.ts';
import { plainContainer } from '../plain-container.fixture.ts';
import { dockerLimits } from './docker-limits.ts';
import { openDockerEngine } from './engine.ts';
import { containerName } from './task/container-names.ts';
import { FakeDaemon } from './testing/fake-daemon.ts';

const limit = { timeout: 120_000 };
let daemon: FakeDaemon;
let clock: ManualClock;
let engine: Engine;
let log: EventLog;
let warnings: string[];

beforeEach(async () => {
  daemon = await FakeDaemon.start();
  clock = new ManualClock();
  warnings = [];
  for (const name of ['allowed', 'data']) mkdirSync(join(daemon.directory, name));
  engine = await open(1);
  log = new EventLog(engine);
});
afterEach(async () => {
  log.close();
  await engine.close();
  await daemon.dispose();
});

function open(epoch: number): Promise<Engine> {
  const dataDirectory = join(daemon.directory, 'data');
  return openDockerEngine({
    ...{ dataDirectory, clock, sockets: [daemon.socket], hostPaths: [join(daemon.directory, 'allowed')] },
    ...{ session: { installationId: 'installation' as InstallationId, epoch }, instanceId: 'i-0' },
    ...{ logRoot: join(dataDirectory, 'logs'), capacity: { vcpus: 4, memoryMiB: 4096, gpus: 0 } },
    ...{ minimumFreeBytes: 0, logger: { info: () => {}, warn: (words) => warnings.push(words) } },
  });
}

function task(parts: Partial<ContainerSpec> = {}): TaskSpec {
  const containers = [plainContainer({ name: 'c', image: 'image', command: ['true'], ...parts })];
  return { formatVersion: 1, taskId: newId(), label: 'test', containers, stopGrace: 1_000 };
}

async function run(spec: TaskSpec) {
  assert.equal(await engine.start(spec), 'accepted');
  return await log.ended(spec.taskId);
}

test('a volume of a name that no file system takes ends its task, which else nothing could', limit, async () => {
  const source = join(daemon.directory, 'allowed', 'x'.repeat(300));
  const ended = await run(task({ mounts: [{ source, target: '/x', readOnly: true }] }));
  assert.equal(ended.cause, 'failed-to-start');
  assert.match(outcome(ended).reason ?? '', /^CannotStartContainerError: ENAMETOOLONG/);
});

test('a daemon that answers to others and says nothing of an image ends the task', limit, async () => {
  daemon.hanging = /^GET \/images/;
  const spec = task();
  await engine.start(spec);
  await daemon.called(/^GET \/images/);
  clock.advance(dockerLimits.callMs);
  const ended = await log.ended(spec.taskId);
  assert.equal(ended.cause, 'failed-to-start');
  assert.match(
    outcome(ended).reason ?? '',
    /^CannotStartContainerError: the container daemon at .* did not answer to GET/,
  );
});

test('the end of a container is heard of although the daemon once said nothing of it', limit, async () => {
  const spec = task();
  await engine.start(spec);
  await log.running(spec.taskId);
  const looks = daemon.calls.length;
  daemon.hanging = /^GET \/containers\/[^/]+\/json$/;
  daemon.exit(daemon.only(), 7);
  await daemon.called(/^GET \/containers\/[^/]+\/json$/);
  clock.advance(dockerLimits.callMs);
  await until(() => warnings.some((words) => /did not answer to GET .*; it is tried again$/.test(words)));
  daemon.resume();
  clock.advance(dockerLimits.lastRetryMs);
  assert.equal(outcome(await log.ended(spec.taskId)).exitCode, 7);
  assert.ok(daemon.calls.length > looks);
});

test('a container is killed although the daemon once did not do it', limit, async () => {
  const spec = task();
  await engine.start(spec);
  await log.running(spec.taskId);
  daemon.hanging = /\/kill$/;
  await engine.stop(spec.taskId, 0);
  await daemon.called(/\/kill$/);
  clock.advance(dockerLimits.callMs);
  await until(() => warnings.some((words) => /did not answer to POST .*kill/.test(words)));
  daemon.hanging = undefined;
  clock.advance(dockerLimits.lastRetryMs);
  // SIGTERM is asked for again, too, and may come first.
  assert.match(String(outcome(await log.ended(spec.taskId)).exitCode), /^(137|143)$/);
});

test('a log driver is led to no file or socket of this machine that its job may not have', limit, async () => {
  const allowed = join(daemon.directory, 'allowed');
  mkdirSync(join(daemon.directory, 'beside/x'), { recursive: true });
  symlinkSync(join(daemon.directory, 'beside/x'), join(allowed, 'out'));
  const odd: readonly (readonly [string, string, string])[] = [
    // To a daemon the first part of these is a host.
    ['syslog', 'syslog-address', `unix:/${allowed}/log.sock`],
    ['syslog', 'syslog-address', `unix:${allowed}/log.sock`],
    // And this is escaped, or has an end that is no part of the path.
    ['syslog', 'syslog-address', `unix://${allowed}/%2e%2e/docker.sock`],
    ['fluentd', 'fluentd-address', `unix://${allowed}/log.sock?x`],
    ['fluentd', 'fluentd-address', `unix://${allowed}/log.sock#x`],
    ['fluentd', 'fluentd-address', `unix://${allowed}/out/log.sock`],
    // Podman writes there, whatever the driver, and reads a name to its first `=`.
    ['json-file', 'path', `${allowed}/file`],
    ['journald', 'PATH', '/etc/cron.d/job'],
    ['json-file', 'path=/etc/cron.d/job', ''],
    ['json-file', 'driver', 'passthrough'],
    ['syslog', 'syslog-address', 'UNIX:///var/run/docker.sock'],
    ['syslog', 'syslog-address', `unixgram://${daemon.socket}`],
    ['fluentd', 'fluentd-address', `unix://${allowed}/../docker.sock`],
    ['syslog', 'syslog-tls-key', '/etc/shadow'],
    ['splunk', 'splunk-capath', '/etc/shadow'],
  ];
  for (const [name, option, value] of odd) {
    const ended = await run(task({ logDriver: { name, options: { [option]: value } } }));
    assert.equal(ended.cause, 'failed-to-start', value);
    assert.match(outcome(ended).reason ?? '', /may not be mounted|never mounted|no socket of|unknown log opt/, value);
  }
  // What is found by a path now is what the daemon is told, not the path that leads there.
  symlinkSync('log.sock', join(allowed, 'link'));
  writeFileSync(join(allowed, 'log.sock'), '');
  for (const [value, told] of [
    ['tcp://logs.example:514', 'tcp://logs.example:514'],
    [`UNIX://${allowed}/none/../link`, `UNIX://${allowed}/log.sock`],
  ] as const) {
    const spec = task({ logDriver: { name: 'fluentd', options: { 'fluentd-address': value, tag: 'x' } } });
    await engine.start(spec);
    await log.running(spec.taskId);
    const { LogConfig } = daemon.only().body.HostConfig as { LogConfig: unknown };
    assert.deepEqual(LogConfig, { Type: 'fluentd', Config: { 'fluentd-address': told, tag: 'x' } });
    daemon.exit(daemon.only(), 0);
    await log.ended(spec.taskId);
    await engine.release(spec.taskId);
  }
});

test(
  'a record is taken from the first container of a task, and not from what an image says of itself',
  limit,
  async () => {
    const record = { formatVersion: 1, taskId: 'other', stopGrace: 0, notes: [], containers: [] };
    const labels = { 'batchyard.installation': 'installation', 'batchyard.task': 'task' };
    const Labels = { ...labels, 'batchyard.index': '1', 'batchyard.record': JSON.stringify(record) };
    const name = containerName('installation' as InstallationId, 'task' as TaskId, 1);
    for (const made of [daemon.put(name, { Labels }), daemon.put('stranger', { Labels })]) made.status = 'running';
    await engine.close();
    engine = await open(2);
    assert.deepEqual(await engine.recover(), []);
    const left = [...daemon.containers.values()].map((each) => each.name);
    assert.deepEqual(left, ['stranger'], 'whose name is not ours is of somebody who runs such an image');
  },
);

/** Whatever turns of the event loop that takes. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise<void>((resolve) => setImmediate(resolve));
}
