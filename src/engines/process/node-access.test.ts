import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TaskId } from '../../core/ids.ts';
import { newId, outcome } from '../conformance.ts';
import type { TaskSpec } from '../contract.ts';
import { died } from './testing/test-host.ts';
import { Workbench } from './testing/workbench.ts';

const limit = { timeout: 240_000 };

interface Listener {
  readonly server: Server;
  readonly port: number;
}

/** Answers each connection with a word. */
async function listener(word: string, host = '127.0.0.1', port = 0): Promise<Listener> {
  const server = createServer((socket) => socket.on('error', () => {}).end(`${word}\n`)).listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  return { server, port: address.port };
}

/** What a shell prints of a port: the word of who listens there, or that nobody does. */
const callOf = (port: number) =>
  `(exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3) 2>&1 | grep -m1 -oE "^[a-z]+$|refused"`;

async function whyNot(): Promise<string | false> {
  const bench = await Workbench.open({ gangNetwork: 'own' });
  const { unavailable, capabilities, isolation } = await bench.engine.describe();
  await bench.close();
  return unavailable ?? (capabilities.nodes ? false : isolation);
}

describe('a node in a network of its gang’s own', async () => {
  const skip = await whyNot();
  const options = { ...limit, skip };
  let bench: Workbench;
  before(async () => {
    if (skip === false) bench = await Workbench.open({ gangNetwork: 'own' });
  });
  after(() => (skip === false ? bench.close() : undefined));

  /** A node that runs a script, and comes to a listener for jobs. */
  async function startNode(script: string, port: number, gang: TaskId = newId(), index = 0): Promise<TaskSpec> {
    const task = bench.host.task(script, { command: ['/bin/bash', '-c', script] });
    const member = { gang: { gang, size: 2, index }, jobListener: { port } };
    const node = { ...task, ...(index === 0 && { taskId: gang }), ...member };
    assert.equal(await bench.engine.start(node), 'accepted');
    return node;
  }

  /** It says `up`, and goes on with `then` once it is told to. */
  const waiting = (id: string, then: string) =>
    `>${bench.host.shared}/up-${id}; while [ ! -e ${bench.host.shared}/go-${id} ]; do sleep 0.05; done; ${then}`;
  const goOn = (id: string) => writeFileSync(join(bench.host.shared, `go-${id}`), '');

  async function linesOf({ taskId, containers }: TaskSpec): Promise<string[]> {
    await bench.log.ended(taskId);
    return bench.host.text((containers[0]?.log?.stream ?? '') as TaskId);
  }

  /** The forwarders of this host's runners. */
  function forwarders(): number[] {
    const runners = new Set(bench.host.runners().map(({ pid }) => String(pid)));
    return readdirSync('/proc').flatMap((name) =>
      /^\d+$/.test(name) && isForwarder(name, runners) ? Number(name) : [],
    );
  }

  test('reaches the listener for jobs where any task does, and nothing else of the host', options, async () => {
    const [jobs, other] = [await listener('jobs'), await listener('other', '0.0.0.0')];
    const script = `${callOf(jobs.port)}; ${callOf(other.port)}`;
    assert.deepEqual(await linesOf(await startNode(script, jobs.port)), ['jobs', 'refused']);
    for (const { server } of [jobs, other]) server.close();
  });

  test(
    'reaches its own alone, though two gangs run at once, and no other node reaches it by that node',
    options,
    async () => {
      const [one, other] = [await listener('one'), await listener('other')];
      const [first, second] = [newId(), newId()];
      const tasks = [
        await startNode(waiting('first', `${callOf(one.port)}; ${callOf(other.port)}`), one.port, first),
        await startNode(waiting('second', `${callOf(one.port)}; ${callOf(other.port)}`), other.port, second),
      ];
      const beside = `(exec 3<>/dev/tcp/node-0/${one.port} && cat <&3) 2>&1 | grep -m1 -oE "^[a-z]+$|refused"; ${callOf(one.port)}`;
      assert.deepEqual(await linesOf(await startNode(beside, one.port, first, 1)), ['refused', 'one']);
      assert.equal(forwarders().length, 1, 'one serves all nodes');
      for (const id of ['first', 'second']) goOn(id);
      assert.deepEqual(await Promise.all(tasks.map(linesOf)), [
        ['one', 'refused'],
        ['refused', 'other'],
      ]);
      for (const { server } of [one, other]) server.close();
    },
  );

  test('whose gang has ended leaves no forwarder, though one that goes on has it until then', options, async () => {
    const { server, port } = await listener('jobs');
    const [short, long] = [
      await startNode(waiting('short', ':'), port),
      await startNode(waiting('long', callOf(port)), port),
    ];
    const [pid] = forwarders();
    assert.ok(pid !== undefined);
    const before = socketsOf(pid);
    goOn('short');
    await linesOf(short);
    // A socket of its network would keep that from going.
    while (socketsOf(pid) >= before) await nextTurn();
    assert.deepEqual(forwarders(), [pid]);
    goOn('long');
    assert.deepEqual(await linesOf(long), ['jobs']);
    await died(pid);
    server.close();
  });

  test('reaches it through a process that has no right that the job has not', options, async (context) => {
    if (process.getuid?.() !== 0) return context.skip('nobody here has more');
    const { server, port } = await listener('jobs');
    const node = await startNode(waiting('rights', ':'), port);
    const status = readFileSync(`/proc/${forwarders()[0]}/status`, 'utf8');
    assert.match(status, /^Uid:\s+65534\s+65534\s+65534\s+65534$/m);
    assert.match(status, /^Gid:\s+65534\s+65534\s+65534\s+65534$/m);
    assert.match(status, /^Groups:\s*$/m);
    for (const set of ['Prm', 'Eff', 'Inh', 'Amb']) assert.match(status, new RegExp(`^Cap${set}:\\s+0+$`, 'm'));
    goOn('rights');
    await linesOf(node);
    server.close();
  });

  test('reaches it after the server and its listener were away', options, async () => {
    const { server, port } = await listener('old');
    const node = await startNode(waiting('away', `${callOf(port)}`), port);
    await bench.host.appears('up-away');
    server.close();
    await bench.restart();
    const next = await listener('new', '127.0.0.1', port);
    goOn('away');
    assert.deepEqual(await linesOf(node), ['new']);
    next.server.close();
  });

  test('reaches it again after the forwarder was killed', options, async () => {
    const { server, port } = await listener('jobs');
    const again = `until ${callOf(port)} | grep jobs; do sleep 0.05; done`;
    const node = await startNode(waiting('killed', again), port);
    await bench.host.appears('up-killed');
    const [pid] = forwarders();
    assert.ok(pid !== undefined);
    process.kill(pid, 'SIGKILL');
    await died(pid);
    goOn('killed');
    assert.deepEqual(await linesOf(node), ['jobs']);
    server.close();
  });

  test('is lost with its runner, and so is the forwarder', options, async () => {
    const { server, port } = await listener('jobs');
    const node = await startNode(waiting('lost', ':'), port);
    const [pid] = forwarders();
    assert.ok(pid !== undefined);
    await bench.host.crashEngine();
    assert.equal((await bench.log.ended(node.taskId)).cause, 'lost');
    await died(pid);
    assert.equal(outcome(await bench.run('exit 3')).exitCode, 3);
    server.close();
  });
});

test('nodes on the host’s network reach the listener for jobs without any help', limit, async () => {
  const bench = await Workbench.open({ gangNetwork: 'host' });
  const { server, port } = await listener('jobs');
  const task = bench.host.task('', { command: ['/bin/bash', '-c', callOf(port)] });
  await bench.engine.start({ ...task, gang: { gang: task.taskId, size: 2, index: 0 }, jobListener: { port } });
  await bench.log.ended(task.taskId);
  assert.deepEqual(await bench.host.text(task.taskId), ['jobs']);
  server.close();
  await bench.close();
});

function socketsOf(pid: number): number {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).filter((name) => linkOf(`${directory}/${name}`).startsWith('socket:')).length;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // it was closed
  }
}

function isForwarder(pid: string, runners: ReadonlySet<string>): boolean {
  try {
    const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
    return runners.has(parent) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/forwarder.');
  } catch {
    return false; // it has ended
  }
}
