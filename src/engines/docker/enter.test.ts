import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { callDaemon } from '../../core/docker-daemon.fixture.ts';
import { EventLog, newId } from '../conformance.ts';
import { waits } from '../conformance-sharing.ts';
import { ContainerApi } from './daemon/container-api.ts';
import { ContainerProcesses } from './daemon/container-processes.ts';
import { Daemon } from './daemon/daemon.ts';
import type { DaemonCall } from './daemon/daemon-call.ts';
import { KernelLog } from './daemon/kernel-log.ts';
import { Reach } from './daemon/reach.ts';
import { enterContainer } from './enter.ts';
import { DockerContainer } from './task/docker-container.ts';
import { DockerHost, productSkips } from './testing/docker-host.ts';

/** Only ends what hangs. */
const limit = { timeout: 240_000 };

/** Knows which size it has answered to last, by its rows. */
class WatchedDaemon extends Daemon {
  rows: unknown;

  override async json(call: DaemonCall): Promise<unknown> {
    const answer = await super.json(call);
    if (call.path.endsWith('/resize')) this.rows = call.query?.h;
    return answer;
  }
}

test('the last of several sizes counts, though what has a terminal on Podman finds them all at once', {
  ...limit,
  ...productSkips.podman,
}, async (t) => {
  const host = await DockerHost.create('podman');
  t.after(() => host.dispose());
  const engine = await host.open();
  const log = new EventLog(engine);
  const taskId = newId();
  await engine.start({ ...host.task(`>${host.shared}/on; ${waits}`), taskId });
  await host.appears('on');
  const [found] = JSON.parse(await callDaemon(host.daemon.socket, 'GET', '/containers/json'));
  const daemon = new WatchedDaemon(host.daemon.socket, host.clock);
  const reach = new Reach(daemon, host.clock);
  const kernel = { processes: new ContainerProcesses(), kernelLog: new KernelLog() };
  const surroundings = { api: new ContainerApi(daemon), reach, ...kernel, clock: host.clock };
  const container = new DockerContainer('c', found.Id, surroundings);
  const script = `: ${taskId}; until [ "$(stty size)" = "40 100" ]; do echo more; sleep 0.02; done; exit 3`;
  const terminal = { columns: 81, rows: 25, type: 'vt100' };
  const request = { command: ['sh', '-c', script], terminal };
  const command = await enterContainer(container, request, { daemon, product: 'podman', clock: host.clock });
  assert.ok(command.kind === 'entered', JSON.stringify(command));
  await new Promise((resolve) => command.stdout.once('data', resolve));
  const keeper = parentOf(script);
  process.kill(keeper, 'SIGSTOP');
  for (const rows of [30, 35, 40]) {
    command.resize?.({ columns: 100, rows });
    while (daemon.rows !== rows) await nextTurn();
  }
  process.kill(keeper, 'SIGCONT');
  command.stdout.resume();
  assert.equal(await command.ended, 3);
  await engine.stop(taskId, 0);
  await log.ended(taskId);
  log.close();
  daemon.close();
  await engine.close();
});

/** Of the process that runs a shell script. What that is about to become another program has its command line, too. */
function parentOf(script: string): number {
  const found = readdirSync('/proc').flatMap((name) => {
    const isIt = /^\d+$/.test(name) && read(`/proc/${name}/cmdline`).startsWith(`sh\0-c\0${script}\0`);
    const parent = isIt && /\) \S (\d+)/.exec(read(`/proc/${name}/stat`))?.[1];
    return parent ? [{ pid: Number(name), parent: Number(parent) }] : [];
  });
  const first = found.find(({ parent }) => found.every(({ pid }) => pid !== parent));
  return first?.parent ?? assert.fail('the command does not run');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // it has ended meanwhile
  }
}
