import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { TaskId } from '../../core/ids.ts';
import { newId, outcome } from '../conformance.ts';
import type { ContainerSpec, TaskSpec } from '../contract.ts';
import { type SandboxKind, sandboxKinds } from './host/host-abilities.ts';
import { noPython } from './testing/node-acts.ts';
import type { HostOptions } from './testing/test-host.ts';
import { Workbench } from './testing/workbench.ts';

const limit = { timeout: 240_000 };

/** A node of a gang of `size` that runs a shell script. */
function nodeOf(
  bench: Workbench,
  gang: TaskId,
  index: number,
  script: string,
  parts: Partial<ContainerSpec> = {},
): TaskSpec {
  const task = bench.host.task(script, parts);
  return { ...task, ...(index === 0 && { taskId: gang }), gang: { gang, size: 3, index } };
}

/** Runs a node alone to its end and answers what it wrote. */
async function linesOf(bench: Workbench, script: string, parts: Partial<ContainerSpec> = {}): Promise<string[]> {
  const task = nodeOf(bench, newId(), 1, script, parts);
  assert.equal(await bench.engine.start(task), 'accepted');
  await bench.log.ended(task.taskId);
  return bench.host.text(task.taskId);
}

async function isolationOf(bench: Workbench): Promise<string> {
  return (await bench.engine.describe()).isolation;
}

/** The same for every way to isolate that can have networks of a gang's own here. */
for (const sandbox of sandboxKinds) {
  describe(`a node in a network of its gang’s own, with ${sandbox}`, async () => {
    const options: HostOptions = { sandboxes: [sandbox], isolation: 'required', gangNetwork: 'own' };
    const skip = await whyNot(sandbox, options);
    let bench: Workbench;
    before(async () => {
      if (skip === false) bench = await Workbench.open(options);
    });
    after(() => (skip === false ? bench.close() : undefined));

    test('reaches no listener of the host', { ...limit, skip }, async () => {
      const server = createServer((socket) => socket.end('the host\n'));
      await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
      const address = server.address();
      assert.ok(typeof address === 'object' && address);
      const call = `(exec 3<>/dev/tcp/127.0.0.1/${address.port} && cat <&3) 2>&1`;
      const asTask = await bench.lines(call, { command: ['/bin/bash', '-c', call] });
      const asNode = await linesOf(bench, call, { command: ['/bin/bash', '-c', call] });
      server.close();
      assert.deepEqual(asTask, ['the host']);
      assert.match(asNode.join('\n'), /Connection refused/);
    });

    test('knows the names of all, and no name server', { ...limit, skip }, async () => {
      const lines = await linesOf(bench, 'grep node- /etc/hosts; grep -c nameserver /etc/resolv.conf; echo end');
      assert.deepEqual(
        lines.map((line) => line.split(' ').slice(0, 2).join(' ')),
        ['10.231.0.10 node-0', '10.231.0.11 node-1', '10.231.0.12 node-2', '0', 'end'],
      );
    });

    test('has the user and the rights that a task has anywhere, and cannot write what it is told of others', {
      ...limit,
      skip,
    }, async () => {
      const script = `id; grep -E "^(Cap|NoNewPrivs|Groups)" /proc/self/status; (echo x >/etc/hosts) 2>/dev/null || echo no;
        ls /proc/self/fd | wc -l`;
      const lines = await linesOf(bench, script);
      assert.deepEqual(lines.slice(0, -1), (await bench.lines(script)).slice(0, -1));
      assert.deepEqual(lines.slice(-2), ['no', '4']);
      assert.ok(lines.filter((line) => /^Cap(Prm|Eff|Inh|Amb):\s+0+$/.test(line)).length === 4);
      assert.ok(lines.some((line) => /^NoNewPrivs:\s+1$/.test(line)));
    });

    test('has what it mounts in the place of those files, and is told so', { ...limit, skip }, async () => {
      const source = `${bench.host.shared}/hosts`;
      writeFileSync(source, '10.0.0.1 mine\n', { mode: 0o644 });
      const mounts = [{ source, target: '/etc/hosts', readOnly: true }];
      const task = nodeOf(bench, newId(), 1, 'cat /etc/hosts', { mounts });
      await bench.engine.start(task);
      const { notes } = await bench.log.ended(task.taskId);
      assert.deepEqual(await bench.host.text(task.taskId), ['10.0.0.1 mine']);
      assert.ok(notes.includes('/etc/hosts is of a mount and does not tell of the nodes'), notes.join());
    });

    test('whose variables name a library meets no program of ours with it', { ...limit, skip }, async () => {
      const environment = { LD_PRELOAD: `${bench.host.shared}/none.so`, PATH: bench.host.shared, BASH_ENV: '/nowhere' };
      const lines = await linesOf(bench, 'echo "$LD_PRELOAD"; echo end', { environment });
      const loaded = lines.filter((line) => line.includes('cannot be preloaded'));
      // As many as the job has programs of its own: none by nsenter, setpriv or the sandbox.
      assert.deepEqual([loaded.length, lines.at(-1)], [1, 'end']);
    });
  });
}

describe('nodes on the host’s network', () => {
  test('have addresses of it where the operator says so, and are told what that means', limit, async () => {
    const bench = await Workbench.open({ gangNetwork: 'host' });
    assert.match(
      await isolationOf(bench),
      /; nodes of multi-node jobs on the host's network, by addresses 127\.77\.x\.y \(process/,
    );
    const gang = newId();
    const main = nodeOf(bench, gang, 0, 'grep node- /etc/hosts');
    await bench.engine.start(main);
    const running = await bench.log.running(main.taskId);
    assert.ok(running.kind === 'running');
    assert.match(running.address ?? '', /^127\.77\.\d+\.1$/);
    assert.match(
      running.notes.join('\n'),
      /nodes share this host's network and have the addresses 127\.77\.\d+\.1 and on/,
    );
    await bench.close();
  });

  test('are refused in words where they should have their own and cannot', limit, async () => {
    const bench = await Workbench.open({ gangNetwork: 'own', sandboxes: [] });
    assert.equal((await bench.engine.describe()).capabilities.nodes, false);
    const answer = await bench.engine.start(nodeOf(bench, newId(), 0, 'exit 0'));
    const why =
      'process.gang.network is own, and no network can be made: without a sandbox jobs are in the namespaces of this host';
    const reason = `CannotStartContainerError: no multi-node jobs (${why})`;
    assert.deepEqual(answer, { kind: 'failed', reason });
    assert.equal(outcome(await bench.run('exit 3')).exitCode, 3);
    await bench.close();
  });
});

test('a node goes to the runner of its main node, though a newer version has its own', {
  ...limit,
  skip: noPython ?? false,
}, async () => {
  const bench = await Workbench.open();
  const { nodes } = bench.host;
  assert.ok(nodes);
  const [gang, child] = [newId(), newId()];
  const node = { formatVersion: 1, label: 'node', stopGrace: 1000 } as const;
  const member = (index: number) => ({ gang, size: 2, index });
  await bench.engine.start({ ...node, taskId: gang, containers: [nodes.listener(gang)], gang: member(0) });
  await bench.host.ready(gang);
  await bench.restart({ version: '2.0.0' });
  await bench.run('exit 0');
  assert.equal(bench.host.runners().length, 2);
  const main = await bench.log.running(gang);
  assert.ok(main.kind === 'running' && main.address !== undefined);
  const containers = [nodes.caller(child, gang, main.address)];
  await bench.engine.start({ ...node, taskId: child, containers, gang: member(1) });
  assert.equal(outcome(await bench.log.ended(child)).exitCode, 0);
  await bench.stop(gang);
  for (const taskId of [gang, child]) await bench.engine.release(taskId);
  await bench.close();
});

/** Why there is nothing to test, as the engine itself says. */
async function whyNot(sandbox: SandboxKind, options: HostOptions): Promise<string | false> {
  const bench = await Workbench.open(options);
  const { unavailable, capabilities, isolation } = await bench.engine.describe();
  await bench.close();
  return unavailable ?? (capabilities.nodes ? false : `${sandbox}: ${isolation}`);
}
