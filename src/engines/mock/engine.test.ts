import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock, SystemClock } from '../../core/clock.ts';
import type { InstallationId, TaskId } from '../../core/ids.ts';
import { type Behaviour, EventLog, engineConformance, newId, outcome } from '../conformance.ts';
import type { ContainerSpec, TaskSpec } from '../contract.ts';
import { plainContainer } from '../plain-container.fixture.ts';
import { readLines } from '../segments.fixture.ts';
import { openMockEngine } from './engine.ts';
import { MockWorld } from './mock-world.ts';
import type { MockBehaviour } from './script.ts';

engineConformance('the mock engine', {
  goes: true,
  playsNodes: true,
  async createWorld() {
    const logRoot = mkdtempSync(join(tmpdir(), 'mock-'));
    const behaviours = new Map<string, MockBehaviour>();
    const clock = new SystemClock();
    const leaving = new Set<TaskId>();
    const script = (task: TaskSpec): MockBehaviour => {
      if (leaving.has(task.taskId)) return { givenBack: 'it goes' };
      const each = task.containers.map(({ name, image }) => [name, behaviours.get(image) ?? {}] as const);
      return each.length === 1 ? (each[0]?.[1] ?? {}) : { containers: Object.fromEntries(each) };
    };
    const world = new MockWorld({ clock, script });
    return {
      open: async (epoch, installationId = 'installation') =>
        openMockEngine({ session: { installationId: installationId as InstallationId, epoch }, world, logRoot }),
      crashServer: (engine) => engine.close(),
      crashEngine: async () => world.crash(),
      going: async (engine, task) => {
        leaving.add(task.taskId);
        assert.equal(await engine.start(task), 'accepted');
        return async () => {};
      },
      container: (taskId, behaviour, name = 'c') => {
        behaviours.set(`${taskId}-${name}`, scriptOf(behaviour));
        return container(name, `${taskId}-${name}`, taskId);
      },
      ready: (taskId) => untilRunning(world, taskId),
      starts: async (taskId) => world.starts.filter((started) => started === taskId).length,
      text: (taskId) => readLines(join(logRoot, taskId)),
      dispose: async () => {
        clock.close();
        rmSync(logRoot, { recursive: true, force: true });
      },
    };
  },
});

test('a script plays on the clock that it is given', async () => {
  const clock = new ManualClock();
  const world = new MockWorld({
    clock,
    script: () => ({ startDelay: 100, runFor: 1000, exitCode: 3, cpuSeconds: 0.5 }),
  });
  const engine = openMockEngine({
    session: { installationId: 'i' as InstallationId, epoch: 1 },
    world,
    logRoot: '/nowhere',
  });
  const log = new EventLog(engine);
  const taskId = newId();
  await engine.start({ formatVersion: 1, taskId, label: 'x', containers: [container('c', 'x')], stopGrace: 1000 });
  clock.advance(100);
  const running = await log.running(taskId);
  clock.advance(1000);
  const ended = await log.ended(taskId);
  assert.equal(ended.at - running.at, 1000);
  assert.deepEqual([outcome(ended).exitCode, outcome(ended).cpuSeconds], [3, 0.5]);
  assert.equal(clock.pending, 0);
  log.close();
});

test('secrets and registry logins are refused by an engine that cannot keep them, or fetches nothing', async () => {
  const clock = new ManualClock();
  const session = { installationId: 'i' as InstallationId, epoch: 1 };
  const given = {
    secrets: { secrets: { TOKEN: 'hunter2' } },
    registryCredentials: { registryCredentials: { username: 'me', password: 'hunter2' } },
  };
  for (const [capability, member] of Object.entries(given)) {
    for (const can of [true, false]) {
      const world = new MockWorld({ clock, script: () => ({}), capabilities: { [capability]: can } });
      const engine = openMockEngine({ session, world, logRoot: '/nowhere' });
      const containers = [{ ...container('c', 'x'), ...member }];
      const answer = await engine.start({ formatVersion: 1, taskId: newId(), label: 'x', containers, stopGrace: 1000 });
      assert.equal(typeof answer === 'string' ? answer : answer.kind, can ? 'accepted' : 'failed', capability);
      assert.ok(!JSON.stringify(answer).includes('hunter2'));
    }
  }
});

function scriptOf(behaviour: Behaviour): MockBehaviour {
  switch (behaviour.kind) {
    case 'exit':
      return { exitCode: behaviour.code };
    case 'follow':
      return { exitCode: behaviour.code, runFor: 1 };
    case 'trap':
      return { runFor: 'until-stopped', onTerminate: { exitCode: behaviour.code } };
    case 'killed':
      return { signal: 'SIGKILL' };
    case 'run':
      return { runFor: 'until-stopped' };
    case 'stubborn':
      return { runFor: 'until-stopped', onTerminate: 'ignore' };
    case 'print':
      return { output: Array.from({ length: behaviour.lines }, (_, index) => String(index + 1)) };
    case 'cannot-start':
      return { startError: 'CannotStartContainerError: no such command' };
    default:
      return behaviour satisfies never;
  }
}

async function untilRunning(world: MockWorld, taskId: TaskId): Promise<void> {
  const stop = new AbortController();
  for await (const event of world.events.stream(stop.signal)) if (event.taskId === taskId) stop.abort();
}

function container(name: string, image: string, stream?: TaskId): ContainerSpec {
  const log = stream === undefined ? {} : { log: { stream, rateBytesPerSecond: 2 ** 23, maximumBytes: 2 ** 30 } };
  return plainContainer({ name, image, ...log });
}
