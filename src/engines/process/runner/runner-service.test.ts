import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, constants, mkdtempSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { join, relative } from 'node:path';
import { after, afterEach, before, describe, mock, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ManualClock } from '../../../core/clock.ts';
import { shellWord } from '../../../core/quote-posix.ts';
import { fillDisk, smallDisk } from '../../../core/small-disk.fixture.ts';
import { newId } from '../../conformance.ts';
import type { TaskSpec } from '../../contract.ts';
import { DiskGuard } from '../container/disk-guard.ts';
import { processLimits } from '../limits.ts';
import { TaskNamespaces } from '../sharing/task-namespaces.ts';
import { TaskFiles, type TaskRecord } from '../task/task-files.ts';
import { ContainerBench } from '../testing/container-bench.ts';
import { encodeMessage, protocolVersion, type RunnerMessage, type ServerMessage } from './protocol.ts';
import type { RunnerConfig } from './runner-config.ts';
import type { RunnerService, RunnerSetting } from './runner-service.ts';

const limit = { timeout: 120_000 };

/** A server's end of a connection: what it says is heard at once. */
class Server extends Socket {
  #text = '';
  #onHeard: () => void = () => {};

  constructor(service: RunnerService) {
    super();
    service.accept(this);
  }

  say(message: ServerMessage): void {
    this.emit('data', encodeMessage(message));
  }

  override write(text: string | Uint8Array): boolean {
    this.#text += String(text);
    this.#onHeard();
    return true;
  }

  override end(text?: unknown): this {
    if (typeof text === 'string') this.write(text);
    return this;
  }

  get heard(): RunnerMessage[] {
    return this.#text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  /** Resolves once it has heard such a message. */
  async hears(isIt: (message: RunnerMessage) => boolean): Promise<void> {
    while (!this.heard.some(isIt)) {
      await new Promise<void>((resolve) => {
        this.#onHeard = resolve;
      });
    }
  }

  hearsEnd(): Promise<void> {
    return this.hears((message) => message.kind === 'event' && message.event.kind === 'ended');
  }
}

/** Files for which there is no room as soon as a task is to go, so many times. */
class FullFiles extends TaskFiles {
  full = Number.POSITIVE_INFINITY;

  override record(record: TaskRecord): void {
    this.full -= 1;
    if (this.full < 0) super.record(record);
    else throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  }
}

describe('a runner', () => {
  let bench: ContainerBench;
  let closers: (() => void)[] = [];
  before(async () => {
    bench = await ContainerBench.open('bubblewrap');
  });
  afterEach(() => {
    for (const close of closers.reverse()) close();
    closers = [];
  });
  after(() => bench.close());

  /** Servers of a runner, whichever configuration they have by then. */
  const runnerWith = (given: Partial<RunnerSetting> = {}) => {
    const { service, config } = bench.runnerService(given);
    closers.push(() => service.close());
    const newServer = () => {
      const server = new Server(service);
      closers.push(() => server.destroy());
      return server;
    };
    return { newServer, config };
  };

  const hello = (epoch: number, config: RunnerConfig): ServerMessage => {
    const { installation: installationId } = bench.host;
    return { kind: 'hello', protocol: protocolVersion, installationId, epoch, config } as ServerMessage;
  };
  const nodeOf = (task: TaskSpec) => ({ ...task, gang: { gang: newId(), size: 1, index: 0 }, gpus: ['a'] });

  test('waits for its first server longer than it stays without one', limit, () => {
    const [clock, leaving] = [new ManualClock(), mock.fn()];
    const { newServer, config } = runnerWith({ clock, idleMs: 100, onIdle: leaving });
    clock.advance(processLimits.firstServerMs - 1);
    const server = newServer();
    server.say(hello(1, config));
    clock.advance(processLimits.firstServerMs);
    assert.equal(leaving.mock.callCount(), 0);
    server.emit('close');
    clock.advance(99);
    assert.equal(leaving.mock.callCount(), 0);
    clock.advance(1);
    assert.equal(leaving.mock.callCount(), 1);
  });

  test('that no server comes to leaves', limit, () => {
    const [clock, leaving] = [new ManualClock(), mock.fn()];
    runnerWith({ clock, idleMs: 100, onIdle: leaving });
    clock.advance(processLimits.firstServerMs - 1);
    assert.equal(leaving.mock.callCount(), 0);
    clock.advance(1);
    assert.equal(leaving.mock.callCount(), 1);
  });

  test(
    'tells a server that comes while the network of a node is made which GPUs are that node’s, and answers nobody but who asked',
    limit,
    async () => {
      const { newServer, config } = runnerWith();
      const first = newServer();
      first.say(hello(1, config));
      const task = bench.host.task('true', { command: [], mounts: [], gpus: 1 });
      first.say({ kind: 'start', id: 1, task: nodeOf(task) });
      const second = newServer();
      second.say(hello(2, config));
      const welcome = second.heard.find(({ kind }) => kind === 'welcome');
      assert.ok(welcome?.kind === 'welcome');
      assert.deepEqual(welcome.tasks, [{ taskId: task.taskId, state: 'running', gpus: ['a'] }]);
      // Both number what they ask from 1: another's answer would be taken for one's own.
      await second.hearsEnd();
      second.say({ kind: 'usage', id: 2, taskIds: [] });
      await second.hears((message) => message.kind === 'answer' && message.id === 2);
      const answers = second.heard.filter(({ kind }) => kind === 'answer');
      assert.deepEqual(answers, [{ kind: 'answer', id: 2, result: [] }]);
    },
  );

  test('refuses in words a server whose configuration it cannot meet, and keeps the one it has', limit, async () => {
    const problems: string[] = [];
    const { newServer, config } = runnerWith({ onProblem: (words) => problems.push(words) });
    const first = newServer();
    first.say(hello(1, config));
    const second = newServer();
    second.say(hello(2, { ...config, host: { ...config.host, scratch: '/dev/null/scratch' } }));
    const [refused] = second.heard;
    assert.ok(refused?.kind === 'refused', 'a runner that only hung up would be taken for dead, and its jobs ended');
    assert.match(refused.reason, /ENOTDIR/);
    assert.equal(problems.length, 1);
    first.say({ kind: 'usage', id: 1, taskIds: [] });
    await first.hears(({ kind }) => kind === 'answer');
  });

  test('lets output go on that waited for room on the disk, though another server has come', limit, async (t) => {
    const disk = smallDisk(t, 8);
    if (disk === undefined) {
      t.skip('this user can mount nothing');
      return;
    }
    const waits = Promise.withResolvers<void>();
    const { full } = DiskGuard.prototype;
    t.mock.method(DiskGuard.prototype, 'full', function isFull(this: DiskGuard) {
      full.call(this);
      waits.resolve();
    });
    const { newServer, config } = runnerWith();
    const own = { ...config, logRoot: disk };
    const makeRoom = fillDisk(disk);
    const first = newServer();
    first.say(hello(1, own));
    const log = { stream: 's', rateBytesPerSecond: 1024 ** 3, maximumBytes: 1024 ** 3 };
    // More than a pipe and what is written at once hold.
    const task = bench.host.task(`yes ${'x'.repeat(99)} | head -c 3000000`, { mounts: [], log });
    first.say({ kind: 'start', id: 1, task });
    await waits.promise;
    const second = newServer();
    second.say(hello(2, own));
    makeRoom();
    await second.hearsEnd();
  });

  /** A start for which there is no room, and a launcher of it that leaves when it is let. */
  const heldStart = async () => {
    const { root, shared } = bench.host;
    const directory = mkdtempSync(join(root, 'full-'));
    const { newServer, config } = runnerWith({ files: new FullFiles(directory), onProblem: () => {} });
    const place = mkdtempSync(join(shared, 'held-'));
    const [slow, leaving, held] = ['slow-sh', 'leaving', 'held'].map((name) => join(place, name)) as [
      string,
      string,
      string,
    ];
    chmodSync(place, 0o777);
    execFileSync('mkfifo', ['-m', '666', held]);
    const hold = openSync(held, constants.O_RDWR | constants.O_NONBLOCK);
    closers.push(() => closeSync(hold));
    const words = ['#!/bin/sh', '/bin/sh "$@"', `: >${shellWord(leaving)}`, `read -r word <${shellWord(held)}`];
    writeFileSync(slow, `${words.join('\n')}\n`, { mode: 0o755 });
    const server = newServer();
    server.say(hello(1, { ...config, host: { ...config.host, tools: { ...config.host.tools, sh: slow } } }));
    const task = bench.host.task('true', { mounts: [] });
    server.say({ kind: 'start', id: 1, task });
    await bench.host.appears(relative(shared, leaving));
    return { server, newServer, config, task, letGo: () => writeSync(hold, 'go\n') };
  };

  test('gives a claim up for want of room only once nothing of its launchers is left', limit, async () => {
    const { server, letGo } = await heldStart();
    const isGivenUp = ({ kind }: RunnerMessage) => kind === 'unavailable';
    // Another start of the task makes the same groups: who leaves late would end what is in them. Time enough for who does not wait.
    await pause(500);
    assert.ok(!server.heard.some(isGivenUp));
    letGo();
    await server.hears(isGivenUp);
  });

  test(
    'tells the next server nothing of a claim that is given up, and hears what it asks when that is done',
    limit,
    async () => {
      const { newServer, config, task, letGo } = await heldStart();
      const next = newServer();
      next.say(hello(2, config));
      const [welcome] = next.heard;
      assert.ok(welcome?.kind === 'welcome');
      assert.deepEqual(welcome.tasks, []);
      next.say({ kind: 'stop', id: 1, taskId: task.taskId, grace: 0 });
      letGo();
      await next.hearsEnd();
    },
  );

  test('starts a task again for which there was no room when another server had heard of it', limit, async () => {
    const files = new FullFiles(mkdtempSync(join(bench.host.root, 'full-')));
    files.full = 1;
    const { newServer, config: given } = runnerWith({ files });
    // A runner names what lies in its data directory by the way from there, where this process is not.
    const config = { ...given, dataDirectory: join(bench.host.root, 'elsewhere') };
    const first = newServer();
    first.say(hello(1, config));
    const task = bench.host.task('true', { mounts: [] });
    first.say({ kind: 'start', id: 1, task: nodeOf(task) });
    const second = newServer();
    second.say(hello(2, config));
    await second.hearsEnd();
    const ends = second.heard.flatMap((said) =>
      said.kind === 'event' && said.event.kind === 'ended' ? said.event : [],
    );
    assert.deepEqual(
      ends.map(({ cause }) => cause),
      ['exited'],
    );
    assert.ok(files.full < 0);
  });

  test('ends a task that fails to start for a reason that nobody foresaw', limit, async (t) => {
    t.mock.method(TaskNamespaces, 'make', () => Promise.reject(new Error('unforeseen')));
    const problems: string[] = [];
    const { newServer, config } = runnerWith({ onProblem: (words) => problems.push(words) });
    const server = newServer();
    server.say(hello(1, config));
    server.say({ kind: 'start', id: 1, task: bench.host.task('true', { mounts: [] }) });
    await server.hears(({ kind }) => kind === 'answer');
    const end = server.heard.find((said) => said.kind === 'event');
    assert.ok(end?.kind === 'event' && end.event.kind === 'ended');
    assert.equal(end.event.cause, 'failed-to-start');
    assert.match(problems.join(), /unforeseen/);
  });
});
