import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../../core/clock.ts';
import type { TaskId } from '../../../core/ids.ts';
import { PullFailed, PullStalled } from '../../../images/index.ts';
import { type EngineEvent, EngineUnavailable, type StartResult, type TaskSpec } from '../../contract.ts';
import { plainContainer } from '../../plain-container.fixture.ts';
import { UnreleasedEvents } from '../../unreleased-events.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import type { ImagePolicy } from './image-policy.ts';
import { FakeImages } from './images.fixture.ts';
import { PullingEngine } from './pulling-engine.ts';
import { RegistryRest } from './registry-rest.ts';
import { FakeRunning } from './running-engine.fixture.ts';

interface Given {
  readonly policy?: Partial<ImagePolicy>;
  readonly refusal?: string;
  readonly rootFilesystems?: RunnerConfig['rootFilesystems'];
}

function stage({ policy, refusal, rootFilesystems = {} }: Given = {}) {
  const clock = new ManualClock(0);
  const events = new UnreleasedEvents();
  const inner = new FakeRunning(events);
  const store = new FakeImages();
  const whole: ImagePolicy = { store, pull: 'missing', unmapped: 'refuse', pullTimeout: 3_600_000, ...policy };
  const ground = { policy: whole, rootFilesystems, refusal, rest: new RegistryRest(clock), allowed: [] };
  const logger = { info: () => {}, warn: () => {} };
  const engine = new PullingEngine({ inner, ground, checkEpoch: () => {}, events, clock, logger });
  return { clock, events, inner, store, engine };
}

const onHost = { policy: { unmapped: 'host' } } as const;

let ids = 0;

function task(...images: readonly string[]): TaskSpec {
  ids += 1;
  const containers = images.map((image, index) => plainContainer({ name: `c${index}`, image }));
  return { formatVersion: 1, taskId: `task-${ids}` as TaskId, label: 'test', containers, stopGrace: 0 };
}

async function firstEvent({ engine }: { readonly engine: PullingEngine }): Promise<EngineEvent> {
  for await (const event of engine.events(new AbortController().signal)) return event;
  return assert.fail();
}

/** What its containers run on, in short. */
function roots({ containers }: TaskSpec): readonly (string | undefined)[] {
  return containers.map(({ image, imageRoot, ungranted = [] }) => {
    if (imageRoot) return imageRoot.root;
    const [words = ''] = ungranted;
    return image === 'host' ? /the files of this host stand in, since (.*)$/.exec(words)?.[1] : undefined;
  });
}

describe('where the image of a container comes from', () => {
  test('the operator’s map, and what is here, ask no registry', async () => {
    const { engine, inner, store } = stage({ rootFilesystems: { tool: { directory: '/t' } } });
    store.add('here:1');
    assert.equal(await engine.start(task('tool:latest', 'here:1')), 'accepted');
    assert.deepEqual(roots(await inner.first()), [undefined, '/images/here:1']);
    assert.equal(store.asked.length, 0);
  });

  test('`host` is the host’s files, where jobs get them', async () => {
    const { engine, inner } = stage(onHost);
    await engine.start(task('host'));
    assert.deepEqual(roots(await inner.first()), [undefined]);
    const refused = await stage().engine.start(task('host'));
    assert.match(failure(refused), /^CannotPullContainerError: image host means the files of this host/);
  });

  test('each container of a task has its own image', async () => {
    const { engine, inner, store } = stage();
    await engine.start(task('one:1', 'two:2'));
    (await store.ask(1)).arrive();
    (await store.ask(0)).arrive();
    assert.deepEqual(roots(await inner.first()), ['/images/one:1', '/images/two:2']);
  });

  test('a host that can run no images says so before a pull', async () => {
    const refusal = 'images need bubblewrap';
    assert.equal(
      failure(await stage({ refusal }).engine.start(task('a:1'))),
      'CannotPullContainerError: image a:1: images need bubblewrap',
    );
    const { engine, inner, store } = stage({ ...onHost, refusal });
    await engine.start(task('a:1'));
    assert.deepEqual([roots(await inner.first()), store.asked.length], [[refusal], 0]);
  });

  test('with images.pull never no registry is asked', async () => {
    const never = stage({ policy: { unmapped: 'host', pull: 'never' } });
    await never.engine.start(task('a:1'));
    assert.deepEqual(roots(await never.inner.first()), ['it is not here, and images.pull is never']);
    assert.equal(never.store.asked.length, 0);
    assert.equal((await never.engine.describe()).capabilities.registryCredentials, false);
  });

  test('a name that means no image fails in Docker’s words', async () => {
    const answer = await stage().engine.start(task('Not An Image'));
    assert.match(failure(answer), /^CannotPullContainerError: image Not An Image: invalid reference format/);
  });

  test('an image of a file is only had from where volumes may be', async () => {
    const answer = await stage().engine.start(task('docker-archive:/etc/passwd'));
    assert.match(
      failure(answer),
      /CannotPullContainerError: \/etc\/passwd may not be read: it lies below no directory that hostPaths of the server names/,
    );
  });
});

describe('a task whose image is pulled', () => {
  test('is accepted at once, is claimed meanwhile, and begins when the image is there, without its login', async () => {
    const { engine, inner, store } = stage();
    const given = task('a:1');
    const login = { username: 'u', password: 'p' };
    const asked = { ...given, containers: given.containers.map((one) => ({ ...one, registryCredentials: login })) };
    assert.equal(await engine.start(asked), 'accepted');
    assert.equal(await engine.start(asked), 'already');
    assert.deepEqual(await engine.recover(), [{ taskId: given.taskId, state: 'claimed' }]);
    const pull = await store.ask();
    assert.deepEqual(pull.request.credentials, login);
    pull.arrive();
    const [container] = (await inner.first()).containers;
    assert.equal(container?.imageRoot?.root, '/images/a:1');
    assert.equal('registryCredentials' in (container ?? {}), false);
    assert.equal(await engine.start(asked), 'already');
  });

  test('says how far it is', async () => {
    const { engine, store } = stage();
    const given = task('a:1');
    await engine.start(given);
    const pull = await store.ask();
    pull.progress({ phase: 'downloading', bytes: 12 * 2 ** 20, totalBytes: 30 * 2 ** 20 });
    assert.equal(engine.preparation(given.taskId), 'pulling a:1: 12 of 30 MiB');
  });

  test('ends in the words of the registry when that refuses, and is known until it is released', async () => {
    const set = stage();
    const { engine, store } = set;
    const given = task('a:1', 'b:1');
    await engine.start(given);
    (await store.ask(1)).fail(new PullFailed('manifest for b:1 not found: manifest unknown: manifest unknown'));
    const event = await firstEvent(set);
    assert.ok(event.kind === 'ended');
    assert.deepEqual([event.cause, event.statusReason], ['failed-to-start', 'Task failed to start']);
    const reason = 'CannotPullContainerError: manifest for b:1 not found: manifest unknown: manifest unknown';
    assert.deepEqual(
      event.containers.map((container) => container.reason),
      [reason, reason],
    );
    assert.equal(store.asked[0]?.request.signal?.aborted, true, 'the other pull was given up');
    assert.equal(await engine.start(given), 'already');
    assert.deepEqual(await engine.recover(), [{ taskId: given.taskId, state: 'ended' }]);
    await engine.release(given.taskId);
    assert.deepEqual(await engine.recover(), []);
  });

  test('that is stopped meanwhile never runs, and a late start finds its tombstone', async () => {
    const set = stage();
    const given = task('a:1');
    await set.engine.start(given);
    const pull = await set.store.ask();
    await set.engine.stop(given.taskId, 1_000);
    assert.equal(pull.request.signal?.aborted, true);
    const event = await firstEvent(set);
    assert.ok(event.kind === 'ended' && event.cause === 'stopped');
    assert.equal(await set.engine.start(given), 'tombstone');
    pull.arrive();
    await nextTurn();
    assert.deepEqual(set.inner.started, []);
    await set.engine.release(given.taskId);
    assert.equal(set.store.held.has(given.taskId), false);
  });

  test('fails if its runner will not have it once the image is there', async () => {
    const set = stage();
    set.inner.answers.push({ kind: 'failed', reason: 'CannotStartContainerError: no' });
    await set.engine.start(task('a:1'));
    (await set.store.ask()).arrive();
    const event = await firstEvent(set);
    assert.ok(event.kind === 'ended' && event.containers[0]?.reason === 'CannotStartContainerError: no');
  });

  test('is handed on again while the engine is not available', async () => {
    const { engine, inner, store, clock } = stage();
    inner.answers.push(new EngineUnavailable('the disk is full'));
    await engine.start(task('a:1'));
    (await store.ask()).arrive();
    await nextTurn();
    assert.equal(inner.started.length, 0);
    clock.advance(1_000);
    assert.deepEqual(roots(await inner.first()), ['/images/a:1']);
  });
});

describe('a pull that stalls', () => {
  test('waits while this machine can start no process, also where the host’s files may stand in', async () => {
    const { engine, inner, store, clock } = stage({ policy: { ...onHost.policy, pullTimeout: 6_000 } });
    const given = task('a:1');
    await engine.start(given);
    for (const index of [0, 1, 2]) {
      (await store.ask(index)).fail(new PullStalled('host-short', 'spawn EAGAIN'));
      await nextTurn();
      const words = 'pulling a:1: waiting for what this machine is short of (spawn EAGAIN)';
      assert.equal(engine.preparation(given.taskId), words);
      clock.advance(5_000);
    }
    (await store.ask(3)).arrive();
    assert.deepEqual(roots(await inner.first()), ['/images/a:1']);
  });

  test('waits while the disk is full, and its time does not run', async () => {
    const { engine, inner, store, clock } = stage({ policy: { pullTimeout: 6_000 } });
    const given = task('a:1');
    await engine.start(given);
    for (const index of [0, 1, 2]) {
      (await store.ask(index)).fail(new PullStalled('disk-full', '3 MiB are free'));
      await nextTurn();
      assert.equal(engine.preparation(given.taskId), 'pulling a:1: waiting for room on the disk (3 MiB are free)');
      clock.advance(5_000);
    }
    (await store.ask(3)).arrive();
    assert.deepEqual(roots(await inner.first()), ['/images/a:1']);
  });

  test('is tried again while the registry is out of reach, and fails when its time is over', async () => {
    const set = stage({ policy: { pullTimeout: 6_000 } });
    const { engine, store, clock } = set;
    await engine.start(task('a:1'));
    (await store.ask(0)).fail(new PullStalled('unreachable', 'no answer'));
    await nextTurn();
    clock.advance(5_000);
    await store.ask(1);
    clock.advance(1_000);
    const event = await firstEvent(set);
    assert.ok(event.kind === 'ended');
    assert.equal(
      event.containers[0]?.reason,
      'CannotPullContainerError: image a:1: it was not here after 6 s (images.pullTimeout)',
    );
  });
});

describe('where the host’s files may stand in', () => {
  test('a registry that is out of reach is not waited for, and not asked again for a minute', async () => {
    const { engine, inner, store, clock } = stage(onHost);
    await engine.start(task('a:1'));
    (await store.ask()).fail(new PullStalled('unreachable', 'docker.io: no such host'));
    assert.deepEqual(roots(await inner.first()), ['docker.io: no such host']);
    await engine.start(task('b:1'));
    assert.deepEqual(inner.started.map(roots), [['docker.io: no such host'], ['docker.io: no such host']]);
    await engine.start(task('other.example/c:1'));
    await store.ask(1);
    clock.advance(60_000);
    await engine.start(task('b:1'));
    assert.equal((await store.ask(2)).request.image, 'b:1');
  });

  test('one that says nothing is waited for 3 seconds', async () => {
    const { engine, inner, store, clock } = stage(onHost);
    await engine.start(task('a:1'));
    (await store.ask()).progress({ phase: 'resolving', bytes: 0 });
    clock.advance(2_999);
    assert.equal(inner.started.length, 0);
    clock.advance(1);
    assert.deepEqual(roots(await inner.first()), ['registry docker.io did not answer within 3 s']);
  });

  test('those that wait behind others for a silent registry do without it at once', async () => {
    const { engine, inner, store, clock } = stage(onHost);
    await engine.start(task('a:1'));
    await engine.start(task('b:1'));
    (await store.ask(1)).progress({ phase: 'waiting', bytes: 0 });
    clock.advance(3_000);
    await inner.first();
    assert.equal(inner.started.length, 1);
    (await store.ask(1)).progress({ phase: 'resolving', bytes: 0 });
    await nextTurn();
    assert.equal(inner.started.length, 2);
  });

  test('a pull once begun takes its time, and what goes wrong with it fails the task', async () => {
    const set = stage(onHost);
    const { engine, inner, store, clock } = set;
    await engine.start(task('a:1'));
    const pull = await store.ask();
    pull.progress({ phase: 'downloading', bytes: 0, totalBytes: 10 });
    clock.advance(600_000);
    assert.equal(inner.started.length, 0);
    pull.fail(new PullFailed('the digest is another'));
    const event = await firstEvent(set);
    assert.ok(event.kind === 'ended');
    assert.equal(event.containers[0]?.reason, 'CannotPullContainerError: the digest is another');
  });

  test('a registry that refuses is done without', async () => {
    const { engine, inner, store } = stage(onHost);
    await engine.start(task('a:1'));
    (await store.ask()).fail(new PullFailed('pull access denied for a'));
    assert.deepEqual(roots(await inner.first()), ['pull access denied for a']);
  });
});

describe('what is known of an image before anybody is asked for it', () => {
  const outline = (image: string, privileged = false) => ({ image, mounts: [], privileged });

  test('it is refused in the words of its start', async () => {
    const { engine, store } = stage();
    for (const image of ['host', 'not a name', 'docker-archive:/etc/passwd']) {
      const { refusal } = engine.outlook(outline(image));
      assert.match(refusal ?? '', /^CannotPullContainerError: /, image);
      assert.equal(refusal, failure(await engine.start(task(image))));
    }
    store.add('here:1');
    for (const image of ['here:1', 'away:1']) assert.deepEqual(engine.outlook(outline(image)), { without: [] });
    assert.deepEqual(engine.outlook(outline('away:1', true)).refusal, 'CannotStartContainerError: no');
    assert.equal(store.asked.length, 0);
  });

  test('the host’s files stand in where it is known that it will not be had', async () => {
    const { engine, inner } = stage({ policy: { unmapped: 'host', pull: 'never' } });
    const { without } = engine.outlook(outline('away:1'));
    assert.deepEqual(without, [
      'image away:1: the files of this host stand in, since it is not here, and images.pull is never',
    ]);
    await engine.start(task('away:1'));
    assert.deepEqual((await inner.first()).containers[0]?.ungranted, without);
    assert.deepEqual(engine.outlook(outline('host')), { without: [] });
  });
});

describe('the files of images in use', () => {
  test('are held from before their task begins until it is released', async () => {
    const { engine, events, store, inner } = stage();
    const image = store.add('here:1');
    const given = task('here:1');
    await engine.start(given);
    assert.deepEqual(store.held.get(given.taskId), new Set([image.configDigest]));
    await engine.release(given.taskId);
    assert.ok(store.held.has(given.taskId), 'it runs');
    assert.equal(inner.started.length, 1);
    events.add({ ...ended(given.taskId) });
    await engine.release(given.taskId);
    assert.equal(store.held.has(given.taskId), false);
  });

  test('are not held by a task that its engine could not take', async () => {
    const { engine, inner, store } = stage();
    const image = store.add('here:1');
    inner.answers.push(new EngineUnavailable('no runner'));
    const given = task('here:1');
    await assert.rejects(engine.start(given), EngineUnavailable);
    assert.equal(store.held.has(given.taskId), false);
    assert.equal(await engine.start(given), 'accepted');
    assert.deepEqual(store.held.get(given.taskId), new Set([image.configDigest]));
  });

  test('are not held by a task that was refused', async () => {
    const { engine, inner, store } = stage();
    store.add('here:1');
    inner.answers.push({ kind: 'failed', reason: 'CannotStartContainerError: no' });
    const given = task('here:1');
    await engine.start(given);
    assert.equal(store.held.has(given.taskId), false);
  });
});

function ended(taskId: TaskId): EngineEvent {
  const rest = { cause: 'exited', statusReason: '', containers: [], notes: [] } as const;
  return { kind: 'ended', taskId, sequence: 1, at: 0, ...rest };
}

function failure(answer: StartResult): string {
  assert.ok(typeof answer === 'object', String(answer));
  return answer.reason;
}
