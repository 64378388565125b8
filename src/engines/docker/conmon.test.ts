import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { EventLog, outcome } from '../conformance.ts';
import type { Engine } from '../contract.ts';
import { processIds } from '../process-ids.ts';
import { DockerHost, productSkips } from './testing/docker-host.ts';

const limit = { timeout: 120_000 };

describe('what stands between Podman and a container', productSkips.podman, () => {
  let host: DockerHost;
  let engine: Engine;
  let log: EventLog;
  before(async () => {
    host = await DockerHost.create('podman');
    engine = await host.open();
    log = new EventLog(engine);
  });
  after(async () => {
    log?.close();
    await engine?.close();
    await host?.dispose();
  });

  /** Of the containers of this host's daemon alone. */
  const keepers = () =>
    processIds().filter(
      (pid) =>
        commandOf(pid).startsWith('/usr/bin/conmon') &&
        commandOf(pid).includes(host.dataDirectory.replace(/data$/, '')),
    );

  test('may die, and what is stopped then ends all the same', limit, async () => {
    const task = host.task(`trap '' TERM; >${host.shared}/on; sleep 1000`);
    await engine.start(task);
    await log.running(task.taskId);
    await host.appears('on');
    const [keeper] = keepers();
    assert.ok(keeper);
    const [first] = readFileSync(`/proc/${keeper}/task/${keeper}/children`, 'utf8').split(' ').map(Number);
    process.kill(keeper, 'SIGKILL');
    await engine.stop(task.taskId, 0);
    const { cause } = await log.ended(task.taskId);
    assert.ok(cause === 'stopped' || cause === 'lost', cause);
    assert.equal(commandOf(first ?? 0), '');
    await engine.release(task.taskId);
  });

  test('is asked for an init that this machine has not, in words that say which', limit, async (t) => {
    const { ended } = await host.run(engine, log, host.task('exit 0', { init: true }));
    if (ended.cause === 'exited') return t.skip('this Podman has catatonit');
    assert.match(outcome(ended).reason ?? '', /^CannotStartContainerError: initProcessEnabled needs catatonit, /);
  });
});

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // it has ended
  }
}
