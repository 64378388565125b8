import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { ContainerApi } from '../daemon/container-api.ts';
import { ContainerProcesses } from '../daemon/container-processes.ts';
import { Daemon } from '../daemon/daemon.ts';
import { EarlyLifetime } from '../daemon/early-lifetime.ts';
import { KernelLog } from '../daemon/kernel-log.ts';
import { Reach } from '../daemon/reach.ts';
import { dockerLimits } from '../docker-limits.ts';
import { FakeDaemon } from '../testing/fake-daemon.ts';
import { DockerContainer } from './docker-container.ts';

const limit = { timeout: 120_000 };
let fake: FakeDaemon;
let daemon: Daemon;
let reach: Reach;
let clock: ManualClock;
let container: DockerContainer;

beforeEach(async () => {
  fake = await FakeDaemon.start();
  clock = new ManualClock();
  daemon = new Daemon(fake.socket, clock);
  reach = new Reach(daemon, clock);
  container = new DockerContainer('c', 'name', {
    ...{
      api: new ContainerApi(daemon),
      processes: new ContainerProcesses(),
      kernelLog: new KernelLog('/nonexistent/kmsg'),
      reach,
      clock,
    },
  });
});
afterEach(async () => {
  reach.close();
  daemon.close();
  await fake.dispose();
});

const callsOf = (pattern: RegExp) => fake.calls.filter((call) => pattern.test(call));
const waits = () => callsOf(/\/wait$/).length;

test('the end of a container is asked for while its start is prepared, and once', limit, async () => {
  await container.create({});
  await fake.called(/\/wait$/);
  assert.deepEqual(callsOf(/\/start$/), []);
  const stopped = await container.start(() => true);
  assert.equal(waits(), 1);
  fake.exit(fake.only(), 3);
  const end = await container.end(stopped, fake.bridge);
  assert.equal(end.kind === 'lost', true, 'its lifetime is the boot, too');
  assert.equal(waits(), 1);
});

test('it is asked for again where the first question broke', limit, async () => {
  fake.instead = (words) => (words.endsWith('/wait') && waits() === 1 ? 'cut' : undefined);
  await container.create({});
  await fake.called(/\/wait$/);
  // It breaks before the answer to a later question comes.
  for (let look = 0; look < 5; look += 1) await reach.lifetime();
  const stopped = await container.start(() => true);
  assert.equal(waits(), 2);
  fake.exit(fake.only(), 3);
  const lifetime = await reach.lifetime();
  const end = await container.end(stopped, lifetime);
  assert.equal(end.kind === 'ended' && end.outcome.exitCode, 3);
});

test(
  'a life of the daemon that is known is not asked for again, unless it was gone or a while has passed',
  limit,
  async () => {
    const first = await new EarlyLifetime(reach).answer();
    const asked = () => callsOf(/bridge$/).length;
    assert.equal(asked(), 1);
    assert.equal(await new EarlyLifetime(reach).answer(), first);
    assert.equal(asked(), 1);
    clock.advance(dockerLimits.freshMs);
    await new EarlyLifetime(reach).answer();
    assert.equal(asked(), 2);
    fake.bridge = 'another';
    void reach.back();
    assert.notEqual(await new EarlyLifetime(reach).answer(), first);
    assert.equal(asked(), 3);
  },
);

/** How it ends that runs, with 137, once `onCall` was called with each call of the daemon. */
async function killedReason(onCall: (words: string) => void): Promise<string | undefined> {
  fake.instead = (words) => void onCall(words);
  await container.create({});
  const stopped = await container.start(() => true);
  fake.exit(fake.only(), 137);
  const end = await container.end(stopped, await reach.lifetime());
  return end.kind === 'ended' ? end.outcome.reason : assert.fail(end.kind);
}

test('a container ran out of memory of which Docker hears that after its end, or twice', limit, async () => {
  const events = () => callsOf(/events$/).length;
  const reason = await killedReason(() => {
    if (events() === 2) fake.only().shortages = 2;
  });
  assert.equal(reason, 'OutOfMemoryError: Container killed due to memory usage');
});

test('one that was killed by something else did not', limit, async () => {
  assert.equal(await killedReason(() => {}), undefined);
  assert.equal(callsOf(/events$/).length, 2);
});

test('a container that we kill is not asked why', limit, async () => {
  await container.create({});
  const stopped = await container.start(() => true);
  await container.kill();
  await container.end(stopped, await reach.lifetime());
  assert.equal(callsOf(/events$/).length, 0);
});

/** The daemon is found gone, and back. */
async function passAbsence(): Promise<void> {
  const back = reach.back();
  clock.advance(dockerLimits.firstRetryMs);
  await back;
}

test(
  'whoever asks what the daemon is while another does has the same answer, and after an absence a new one',
  limit,
  async () => {
    const asked = () => callsOf(/info$/).length;
    const first = await Promise.all([reach.facts(), reach.facts(), reach.facts()]);
    assert.deepEqual([new Set(first).size, asked()], [1, 1]);
    await passAbsence();
    fake.hanging = /info$/;
    const early = reach.facts();
    await fake.called(/info$/, 2);
    await passAbsence();
    const late = reach.facts();
    fake.resume();
    assert.deepEqual([(await early) === (await late), asked()], [false, 3]);
  },
);
