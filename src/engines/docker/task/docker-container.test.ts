import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { ContainerApi } from '../daemon/container-api.ts';
import { ContainerProcesses } from '../daemon/container-processes.ts';
import { Daemon } from '../daemon/daemon.ts';
import { EarlyLifetime } from '../daemon/early-lifetime.ts';
import { Reach } from '../daemon/reach.ts';
import { dockerLimits } from '../docker-limits.ts';
import { FakeDaemon } from '../testing/fake-daemon.ts';
import { DockerContainer } from './docker-container.ts';

const limit = { timeout: 20_000 };
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
    ...{ api: new ContainerApi(daemon), processes: new ContainerProcesses(), reach, clock },
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
