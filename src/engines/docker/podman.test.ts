import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ManualClock } from '../../core/clock.ts';
import type { TaskId } from '../../core/ids.ts';
import { type EventLog, outcome } from '../conformance.ts';
import { dockerLimits } from './docker-limits.ts';
import type { FakeDaemon } from './testing/fake-daemon.ts';
import { crash, task } from './testing/fake-server.ts';
import { FakeStage } from './testing/fake-stage.ts';

const limit = { timeout: 120_000 };
/** Of what the engine itself looks at several times, seconds apart. */
const looks = { timeout: 240_000 };
const stage = FakeStage.ofEachTest();
const { open, starts } = stage;

/** Lets time go by until so many calls have come that match. */
async function passUntilCalled(manual: ManualClock, pattern: RegExp, times: number): Promise<void> {
  while (stage.daemon.calls.filter((call) => pattern.test(call)).length < times) {
    manual.advance(dockerLimits.lookMs);
    await nextTurn();
  }
}

function bePodman(more: (words: string) => ReturnType<FakeDaemon['instead']> = () => undefined): void {
  const content = { Version: '1.40', Components: [{ Name: 'Podman Engine', Version: '4.3.1' }] };
  stage.daemon.instead = (words) => (words === 'GET /version' ? { status: 200, content } : more(words));
}

test('a name that Podman keeps for a container that it has not is freed, and the container made', limit, async () => {
  const { engine, log } = await open();
  let isHeld = true;
  bePodman((words) => {
    if (words.startsWith('DELETE /containers/')) isHeld = false;
    if (words !== 'POST /containers/create' || !isHeld) return undefined;
    return { status: 500, content: { message: 'the container name "x" is already in use by y' } };
  });
  const spec = task();
  await engine.start(spec);
  await log.running(spec.taskId);
  assert.equal(starts(), 1);
});

test('a container that Podman was killed over while it started it is removed, and its task lost', limit, async () => {
  const { engine, log } = await open();
  const refusal = { status: 500, content: { message: 'crun: container `1` already exists: OCI runtime error' } };
  bePodman((words) => (words.endsWith('/start') ? refusal : undefined));
  const spec = task();
  await engine.start(spec);
  assert.deepEqual([(await log.ended(spec.taskId)).cause, stage.daemon.containers.size], ['lost', 0]);
});

for (const who of ['the same server', 'the next one'])
  test(`a container that Podman says was only made, with a process, is not started by ${who}`, limit, async () => {
    bePodman();
    const first = await open();
    const spec = task();
    stage.daemon.hanging = /\/start$/;
    await first.engine.start(spec);
    await stage.daemon.called(/\/start$/);
    stage.daemon.only().pid = 1;
    bePodman((words) => (words.endsWith('/start') ? 'cut' : undefined));
    if (who === 'the next one') await crash(first);
    stage.daemon.resume();
    const { log } = who === 'the next one' ? await open(2) : first;
    assert.deepEqual([(await log.ended(spec.taskId)).cause, starts(), stage.daemon.containers.size], ['lost', 1, 0]);
  });

test('a container that Podman no longer has whole while its end is waited for is lost', limit, async () => {
  bePodman();
  const { engine, log } = await open();
  const spec = task();
  await engine.start(spec);
  await log.running(spec.taskId);
  // What waits for it is never answered.
  bePodman((words) =>
    /^GET \/containers\/[^/]+\/json$/.test(words)
      ? { status: 500, content: { message: 'reading information about layer "1": layer not known' } }
      : undefined,
  );
  assert.equal((await log.ended(spec.taskId)).cause, 'lost');
});

/** Of a container that runs and of which the daemon says that its first process has that number on its machine. */
async function runWith(pid: number): Promise<{ readonly log: EventLog; readonly taskId: TaskId }> {
  bePodman();
  const { engine, log } = await open();
  const spec = task();
  await engine.start(spec);
  await log.running(spec.taskId);
  stage.daemon.only().pid = pid;
  return { log, taskId: spec.taskId };
}

test('a container whose end Podman missed is lost, though its number is another process’s by now', looks, async () => {
  const { log, taskId } = await runWith(process.pid);
  stage.daemon.only().isForgotten = true;
  assert.equal((await log.ended(taskId)).cause, 'lost');
});

test(
  'a container whose number this machine does not know runs as long as Podman sees something of it',
  limit,
  async () => {
    const manual = new ManualClock();
    stage.clock = manual;
    const { log, taskId } = await runWith(2 ** 22 + 1);
    await passUntilCalled(manual, /\/top$/, 2 * dockerLimits.deadLooks);
    stage.daemon.exit(stage.daemon.only(), 3);
    assert.equal(outcome(await log.ended(taskId)).exitCode, 3);
  },
);

test('so it is for the next server, which does not know yet that it is Podman', looks, async () => {
  const { taskId } = await runWith(process.pid);
  await crash(stage.opened[0] ?? assert.fail());
  stage.daemon.only().isForgotten = true;
  const { log } = await open(2);
  assert.equal((await log.ended(taskId)).cause, 'lost');
});

test('a container that Podman says is stopped has ended, though nobody ever clears up after it', limit, async () => {
  bePodman();
  const { engine, log } = await open();
  const spec = task();
  await engine.start(spec);
  await log.running(spec.taskId);
  Object.assign(stage.daemon.only(), { status: 'stopped', exitCode: 3 });
  assert.equal(outcome(await log.ended(spec.taskId)).exitCode, 3);
});

for (const words of ['getting container from store "ID": container', 'reading information about layer "ID": layer'])
  test(`a container that Podman was killed over while it removed it hides no others: ${words}`, limit, async () => {
    bePodman();
    const first = await open();
    const [half, whole] = [task(), task()];
    for (const spec of [half, whole]) await first.engine.start(spec);
    for (const { taskId } of [half, whole]) await first.log.running(taskId);
    await crash(first);
    const [torn, other] = [...stage.daemon.containers.values()];
    assert.ok(torn && other);
    const content = [torn, other].map(({ id, body }) => ({ Id: id, Labels: body.Labels }));
    bePodman((call) => {
      if (call === 'GET /v4.0.0/libpod/containers/json') return { status: 200, content };
      if (call !== 'GET /containers/json' && call !== `GET /containers/${torn.name}/json`) return undefined;
      return { status: 500, content: { message: `${words.replace('ID', torn.id)} not known` } };
    });
    const second = await open(2);
    assert.equal((await second.log.ended(half.taskId)).cause, 'lost');
    stage.daemon.exit(other, 3);
    assert.equal(outcome(await second.log.ended(whole.taskId)).exitCode, 3);
  });
