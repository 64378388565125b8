import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import type { InstallationId } from '../../core/ids.ts';
import { outcome } from '../conformance.ts';
import { EngineUnavailable } from '../contract.ts';
import { readLines } from '../segments.fixture.ts';
import { dockerLimits } from './docker-limits.ts';
import { containerName } from './task/container-names.ts';
import { crash, installationId, task } from './testing/fake-server.ts';
import { FakeStage } from './testing/fake-stage.ts';

const limit = { timeout: 120_000 };
const stage = FakeStage.ofEachTest();
const { open, starts } = stage;

test('the wish to hear of an exit is taken down before the container is started', limit, async () => {
  const { engine, log } = await open();
  const spec = task();
  stage.daemon.hanging = /\/wait$/;
  await engine.start(spec);
  await stage.daemon.called(/\/wait$/);
  assert.equal(starts(), 0);
  stage.daemon.resume();
  await stage.daemon.called(/\/start$/);
  stage.daemon.exit(stage.daemon.only(), 3);
  assert.equal(outcome(await log.ended(spec.taskId)).exitCode, 3);
});

test('which daemon it is that lives is asked while containers are made', limit, async () => {
  const { engine, log } = await open();
  const spec = task();
  stage.daemon.hanging = /\/create$/;
  await engine.start(spec);
  await stage.daemon.called(/\/networks\/bridge$/);
  assert.equal(stage.daemon.containers.size, 0);
  stage.daemon.resume();
  await log.running(spec.taskId);
  assert.equal(stage.daemon.calls.filter((call) => /bridge$/.test(call)).length, 1);
});

test('a daemon that another takes the place of while containers are made is asked anew', limit, async () => {
  const { engine, log } = await open();
  const spec = task();
  stage.daemon.hanging = /\/create$/;
  await engine.start(spec);
  for (const asked of [/\/create$/, /\/networks\/bridge$/]) await stage.daemon.called(asked);
  await stage.daemon.go();
  stage.daemon.bridge = '2026-01-02T00:00:00Z';
  stage.daemon.resume();
  await stage.daemon.comeBack();
  await log.running(spec.taskId);
  stage.daemon.exit(stage.daemon.only(), 0);
  assert.equal((await log.ended(spec.taskId)).cause, 'exited', 'it ran on the new one alone');
});

test('images are looked for before the claim is on record, and nothing is made without it', limit, async () => {
  const { engine } = await open();
  rmSync(join(stage.daemon.directory, 'data/docker/tasks'), { recursive: true });
  await assert.rejects(engine.start(task()), EngineUnavailable);
  await stage.daemon.called(/\/images\//);
  assert.equal(stage.daemon.calls.filter((call) => /\/create$/.test(call)).length, 0);
  mkdirSync(join(stage.daemon.directory, 'data/docker/tasks'));
  assert.equal(await engine.start(task()), 'accepted');
  await stage.daemon.called(/\/create$/);
});

test('a container of its name is its own, and is started', limit, async () => {
  const { engine, log } = await open();
  const spec = task();
  const found = stage.daemon.put(containerName(installationId, spec.taskId, 0));
  await engine.start(spec);
  await log.running(spec.taskId);
  assert.equal(stage.daemon.only(), found);
  stage.daemon.exit(found, 0);
  assert.equal((await log.ended(spec.taskId)).cause, 'exited');
  await engine.release(spec.taskId);
  assert.equal(stage.daemon.containers.size, 0);
});

test(
  'a daemon that is not there keeps no server from opening; nothing starts, and all does once it is back',
  limit,
  async () => {
    await stage.daemon.go();
    const { engine, log } = await open();
    assert.match((await engine.describe()).unavailable ?? '', /docker\.sock does not answer: connect ENOENT/);
    await assert.rejects(engine.start(task()), EngineUnavailable);
    await stage.daemon.comeBack();
    const isBack = async () => {
      while ((await engine.describe()).unavailable !== undefined);
    };
    await isBack();
    const spec = task();
    assert.equal(await engine.start(spec), 'accepted');
    await log.running(spec.taskId);
  },
);

test(
  'a daemon that is stuck makes the engine unavailable within its deadline, and no longer than it is',
  limit,
  async () => {
    const manual = new ManualClock();
    stage.clock = manual;
    const { engine } = await open();
    manual.advance(dockerLimits.freshMs + 1);
    stage.daemon.hanging = /./;
    const pings = stage.daemon.calls.filter((call) => /_ping/.test(call)).length;
    const described = engine.describe();
    await stage.daemon.called(/_ping/, pings + 1);
    manual.advance(dockerLimits.pingMs);
    assert.match((await described).unavailable ?? '', /did not answer to GET \/_ping within 2 s/);
    const started = assert.rejects(engine.start(task()), EngineUnavailable);
    await stage.daemon.called(/_ping/, pings + 2);
    manual.advance(dockerLimits.pingMs);
    await started;
    stage.daemon.resume();
    assert.equal((await engine.describe()).unavailable, undefined);
  },
);

for (const { call, late, words } of [
  { call: /create$/, late: dockerLimits.createMs, words: 'created; timed out after waiting 4m0s' },
  { call: /\/start$/, late: dockerLimits.startMs, words: 'started; timed out after waiting 3m0s' },
])
  test(
    `a container that is not ${words.split(';')[0]} in time by a daemon that answers ends its task in AWS’s words`,
    limit,
    async () => {
      const manual = new ManualClock();
      stage.clock = manual;
      const { engine, log } = await open();
      const spec = task();
      stage.daemon.hanging = call;
      await engine.start(spec);
      await stage.daemon.called(call);
      manual.advance(late);
      const ended = await log.ended(spec.taskId);
      assert.equal(ended.cause, 'failed-to-start');
      assert.equal(outcome(ended).reason, `DockerTimeoutError: Could not transition to ${words}`);
    },
  );

test(
  'a task that is stopped while the daemon is gone has ended, and does not start when that is back',
  limit,
  async () => {
    const { engine, log } = await open();
    const spec = task();
    stage.daemon.hanging = /create$/;
    await engine.start(spec);
    await stage.daemon.called(/create$/);
    await stage.daemon.go();
    await engine.stop(spec.taskId, 1_000);
    assert.equal((await log.ended(spec.taskId)).cause, 'stopped');
    stage.daemon.resume();
    await stage.daemon.comeBack();
    const other = task();
    const accepted = async () => {
      while ((await engine.describe()).unavailable !== undefined);
      return engine.start(other);
    };
    assert.equal(await accepted(), 'accepted');
    await log.running(other.taskId);
    assert.equal(starts(), 1);
  },
);

test('output that is cut off goes on where it was', limit, async () => {
  const { engine, log } = await open();
  const spec = task();
  stage.daemon.hanging = /\/start$/;
  await engine.start(spec);
  await stage.daemon.called(/\/start$/);
  const made = stage.daemon.only();
  const line = (second: number, text: string) => made.output.push([`2026-01-01T00:00:0${second}.5Z`, text]);
  for (const text of ['a\n', 'a\n', 'b\n']) line(1, text);
  line(2, 'long, ');
  line(2, 'in two\n');
  line(2, 'c\n');
  stage.daemon.cutAfter = 4;
  await stage.daemon.go();
  stage.daemon.resume();
  await stage.daemon.comeBack();
  await log.running(spec.taskId);
  stage.daemon.exit(made, 0);
  await log.ended(spec.taskId);
  const lines = await readLines(join(stage.daemon.directory, 'data/logs', spec.taskId));
  assert.deepEqual(lines, ['a', 'a', 'b', 'long, in two', 'c']);
});

test(
  'a task whose server died before any of it was started has not run, and nothing of it is left',
  limit,
  async () => {
    const first = await open();
    const spec = task();
    stage.daemon.hanging = /networks\/bridge$/;
    await first.engine.start(spec);
    for (const asked of [/\/create$/, /networks\/bridge$/]) await stage.daemon.called(asked);
    assert.equal(stage.daemon.only().status, 'created');
    await crash(first);
    stage.daemon.resume();
    const second = await open(2);
    assert.deepEqual(await second.engine.recover(), []);
    assert.equal(stage.daemon.containers.size, 0);
    assert.equal(await second.engine.start(spec), 'accepted');
  },
);

test('a task that was about to start when its server died starts with the next', limit, async () => {
  const first = await open();
  const spec = task();
  stage.daemon.hanging = /\/wait$/;
  await first.engine.start(spec);
  await stage.daemon.called(/\/wait$/);
  const path = join(stage.daemon.directory, `data/docker/tasks/${spec.taskId}.jsonl`);
  while (!readFileSync(path, 'utf8').includes('"began"')) await nextTurn();
  await crash(first);
  stage.daemon.resume();
  const second = await open(2);
  await second.log.running(spec.taskId);
  assert.equal(starts(), 1);
});

for (const { what, liveRestore, cause } of [
  { what: 'is lost with its containers', liveRestore: false, cause: 'lost' },
  { what: 'is known where it keeps its containers', liveRestore: true, cause: 'exited' },
] as const) {
  test(`what has ended while no server was there and the daemon was started anew ${what}`, limit, async () => {
    stage.daemon.liveRestore = liveRestore;
    const first = await open();
    const spec = task();
    await first.engine.start(spec);
    await first.log.running(spec.taskId);
    await crash(first);
    stage.daemon.exit(stage.daemon.only(), 0);
    stage.daemon.bridge = '2026-01-02T00:00:00Z';
    const second = await open(2);
    assert.equal((await second.log.ended(spec.taskId)).cause, cause);
  });
}

test('a container whose task is on no record is adopted by the one that it carries', limit, async () => {
  const first = await open();
  const spec = { ...task(), label: 'kept' };
  await first.engine.start(spec);
  await first.log.running(spec.taskId);
  await crash(first);
  const made = stage.daemon.only();
  for (const name of readdirSync(join(stage.daemon.directory, 'data/docker/tasks'))) {
    const path = join(stage.daemon.directory, 'data/docker/tasks', name);
    assert.ok(!readFileSync(path, 'utf8').includes('hidden'), 'a secret is in a file');
    assert.ok(!JSON.stringify(made.body.Labels).includes('hidden'), 'a secret is in a label');
    rmSync(path);
  }
  const second = await open(2);
  assert.deepEqual(await second.engine.recover(), [{ taskId: spec.taskId, state: 'running' }]);
  stage.daemon.exit(made, 5);
  assert.equal(outcome(await second.log.ended(spec.taskId)).exitCode, 5);
});

test('a container of an image that has labels of ours is not adopted, and not removed', limit, async () => {
  const first = await open();
  const spec = task();
  await first.engine.start(spec);
  await first.log.running(spec.taskId);
  await crash(first);
  const made = stage.daemon.only();
  rmSync(join(stage.daemon.directory, 'data/docker/tasks'), { recursive: true });
  stage.daemon.containers.delete(made.id);
  // Whoever has that container committed it as an image, and runs that.
  const theirs = stage.daemon.put('theirs', made.body);
  theirs.status = 'running';
  const second = await open(2);
  assert.deepEqual(await second.engine.recover(), []);
  assert.deepEqual([stage.daemon.only(), theirs.status], [theirs, 'running']);
});

test('installations that share a daemon leave each other alone, whatever their tasks are called', limit, async () => {
  const spec = task();
  const theirs = stage.daemon.put(containerName('another' as InstallationId, spec.taskId, 0), {
    Labels: { 'batchyard.installation': 'another', 'batchyard.task': spec.taskId, 'batchyard.index': '0' },
  });
  theirs.status = 'running';
  const { engine, log } = await open();
  assert.deepEqual(await engine.recover(), []);
  await engine.start(spec);
  await log.running(spec.taskId);
  const own = [...stage.daemon.containers.values()].find((each) => each !== theirs);
  assert.ok(own, 'it took that of another for its own');
  stage.daemon.exit(own, 0);
  await log.ended(spec.taskId);
  await engine.release(spec.taskId);
  assert.deepEqual([[...stage.daemon.containers.values()], theirs.status], [[theirs], 'running']);
});

test('an engine that is closed has no call under way, though its containers run on', limit, async () => {
  const { engine, log } = await open();
  const spec = task();
  await engine.start(spec);
  await log.running(spec.taskId);
  await engine.close();
  await stage.daemon.left();
  assert.equal(stage.daemon.only().status, 'running');
});

test('a pull that breaks off is begun again', limit, async () => {
  const { engine, log } = await open();
  stage.daemon.hasImages = false;
  let pulls = 0;
  stage.daemon.instead = (words) => {
    if (words !== 'POST /images/create') return undefined;
    pulls += 1;
    if (pulls === 1) return 'cut';
    stage.daemon.hasImages = true;
    return { status: 200, content: {} };
  };
  const spec = task();
  await engine.start(spec);
  await log.running(spec.taskId);
  assert.equal(pulls, 2);
});

test(
  'a pull brings the login of the job to the registry that it names, and to a mirror that of the operator',
  limit,
  async () => {
    const logins = new Map([['mirror.test', { username: 'operator', password: 'own' }]]);
    const { engine, log } = await open(1, { logins, rewrites: new Map([['docker.io', 'mirror.test/hub']]) });
    stage.daemon.hasImages = false;
    const headers = new Map<string, string>();
    stage.daemon.instead = (words, { url = '', headers: { 'x-registry-auth': login } }) => {
      if (words !== 'POST /images/create') return undefined;
      headers.set(new URL(url, 'http://daemon').searchParams.get('fromImage') ?? '', String(login));
      return { status: 404, content: { message: 'there is none' } };
    };
    // Of such length that base64 needs padding, and with what it writes otherwise in URLs.
    const registryCredentials = { username: 'job', password: 'a>b?c~d' };
    for (const image of ['named.test/tool:1', 'busybox']) {
      const spec = task();
      const containers = spec.containers.map((one) => ({ ...one, image, registryCredentials }));
      await engine.start({ ...spec, containers });
      assert.match(outcome(await log.ended(spec.taskId)).reason ?? '', /^CannotPullContainerError: .*there is none/);
    }
    const named = headers.get('named.test/tool') ?? '';
    assert.deepEqual([named.length % 4, /^[\w=-]+$/.test(named)], [0, true]);
    const read = (text = '') => JSON.parse(Buffer.from(text, 'base64url').toString());
    assert.deepEqual(read(named), { ...registryCredentials, serveraddress: 'named.test' });
    assert.deepEqual(read(headers.get('mirror.test/hub/library/busybox')), {
      ...{ username: 'operator', password: 'own', serveraddress: 'mirror.test' },
    });
  },
);

test(
  '255 of a Docker that keeps containers counts if it was there at the end; else it may know no more',
  limit,
  async () => {
    stage.daemon.liveRestore = true;
    const first = await open();
    const [heard, unheard] = [task(), task()];
    for (const spec of [heard, unheard]) {
      await first.engine.start(spec);
      await first.log.running(spec.taskId);
    }
    const [one, other] = [...stage.daemon.containers.values()];
    assert.ok(one && other);
    stage.daemon.exit(one, 255);
    assert.equal(outcome(await first.log.ended(heard.taskId)).exitCode, 255);
    await stage.daemon.go();
    stage.daemon.exit(other, 255);
    await stage.daemon.comeBack();
    assert.equal((await first.log.ended(unheard.taskId)).cause, 'lost');
  },
);

test(
  '0 is the same where Docker only found out when it came back; of before, and of long after, it knows',
  limit,
  async () => {
    stage.daemon.liveRestore = true;
    const first = await open();
    const specs = [task(), task(), task()] as const;
    for (const spec of specs) {
      await first.engine.start(spec);
      await first.log.running(spec.taskId);
    }
    await crash(first);
    await stage.daemon.go();
    for (const container of stage.daemon.containers.values()) stage.daemon.exit(container, 0);
    await stage.daemon.comeBack();
    const { birthtimeMs } = statSync(stage.daemon.socket);
    for (const [index, after] of [-1_000, 500, 3_600_000].entries()) {
      const container = [...stage.daemon.containers.values()][index];
      assert.ok(container);
      container.finishedAt = new Date(birthtimeMs + after).toISOString();
    }
    const second = await open(2);
    const causes = await Promise.all(specs.map(async ({ taskId }) => (await second.log.ended(taskId)).cause));
    assert.deepEqual(causes, ['exited', 'lost', 'exited']);
  },
);

test(
  'either counts of a container that ended under a Docker that had come back, whoever was there to hear of it',
  limit,
  async () => {
    stage.daemon.liveRestore = true;
    const first = await open();
    const specs = [task(), task()] as const;
    for (const spec of specs) {
      await first.engine.start(spec);
      await first.log.running(spec.taskId);
    }
    await crash(first);
    await stage.daemon.go();
    await stage.daemon.comeBack();
    const { birthtimeMs } = statSync(stage.daemon.socket);
    for (const [index, container] of [...stage.daemon.containers.values()].entries()) {
      container.finishedAt = new Date(birthtimeMs + 500).toISOString();
      stage.daemon.exit(container, [0, 255][index] ?? 1);
    }
    const second = await open(2);
    const codes = await Promise.all(specs.map(async ({ taskId }) => outcome(await second.log.ended(taskId)).exitCode));
    assert.deepEqual(codes, [0, 255]);
  },
);

test(
  'what a server before has left begins once all of it could be looked at, however often that is tried',
  limit,
  async () => {
    const first = await open();
    // Taken over in this order.
    const [one, other] = [task(), task()].sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
    assert.ok(one && other);
    for (const spec of [one, other]) {
      await first.engine.start(spec);
      await first.log.running(spec.taskId);
    }
    await crash(first);
    const asked = (action: string) => stage.daemon.calls.filter((call) => call.endsWith(`/${action}`)).length;
    const before = asked('wait');
    stage.daemon.hanging = new RegExp(`${other.taskId}-0/json$`);
    const looks = stage.daemon.calls.length;
    const opening = open(2);
    while (!stage.daemon.calls.slice(looks).some((call) => stage.daemon.hanging?.test(call))) await nextTurn();
    await stage.daemon.go();
    stage.daemon.resume();
    await stage.daemon.comeBack();
    const second = await opening;
    for (const spec of [one, other]) await second.log.running(spec.taskId);
    for (const made of stage.daemon.containers.values()) stage.daemon.exit(made, 0);
    for (const spec of [one, other]) await second.log.ended(spec.taskId);
    assert.equal(asked('wait') - before, 2);
  },
);

test('a job that does not come to the listener for jobs is told so', limit, async () => {
  stage.daemon.securityOptions = ['name=seccomp,profile=default', 'name=rootless'];
  const { engine, log } = await open();
  const spec = task();
  await engine.start({ ...spec, jobListener: { port: 1 } });
  const { notes } = await log.running(spec.taskId);
  assert.match(notes.join(), /the job has no credentials .* a rootless Docker has a network of its own/);
  const other = task();
  await engine.start(other);
  assert.doesNotMatch((await log.running(other.taskId)).notes.join(), /credentials/);
});
