import assert from 'node:assert/strict';
import { statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { callDaemon } from '../../core/docker-daemon.fixture.ts';
import { EventLog, outcome } from '../conformance.ts';
import { givesTerminals } from '../conformance-terminal.ts';
import type { ContainerSpec, Engine, TaskSpec } from '../contract.ts';
import { DockerHost, image, productSkips } from './testing/docker-host.ts';

const limit = { timeout: 240_000 };

for (const product of ['docker', 'podman'] as const) {
  describe(`what a container is given by ${product}`, productSkips[product], () => {
    let host: DockerHost;
    let engine: Engine;
    let log: EventLog;
    before(async () => {
      host = await DockerHost.create(product, { privileged: false });
      engine = await host.open();
      log = new EventLog(engine);
    });
    after(async () => {
      log?.close();
      await engine?.close();
      await host?.dispose();
    });

    const run = (task: TaskSpec) => host.run(engine, log, task);
    const shell = (script: string, parts: Partial<ContainerSpec> = {}) => run(host.task(script, parts));
    const failure = async (parts: Partial<ContainerSpec>) => {
      const { ended } = await shell('true', parts);
      assert.equal(ended.cause, 'failed-to-start');
      return outcome(ended).reason ?? '';
    };

    test('its variables and secrets, its user, limits of files, and an image’s own command', limit, async () => {
      const { lines } = await shell('echo $A $S; id -u; ulimit -n; cat /proc/1/cmdline', {
        ...{ environment: { A: 'plain' }, secrets: { S: 'hidden' }, user: '1000' },
        // Podman raises what is left out to more than a process may have here.
        ulimits: ['nofile', 'nproc'].map((name) => ({ name, soft: 512, hard: 512 })),
      });
      assert.deepEqual(lines.slice(0, 3), ['plain hidden', '1000', '512']);
      assert.ok(!lines.join().includes('hidden', 15));
      const own = await run(host.task('', { command: [] }));
      assert.deepEqual([own.ended.cause, outcome(own.ended).exitCode], ['exited', 0]);
    });

    test('no right to listen in on the network that it shares with this machine', limit, async () => {
      const { lines } = await shell('id -u; grep Cap /proc/self/status');
      const ofNetworkRaw = 1n << 13n;
      const sets = lines.slice(1).map((line) => BigInt(`0x${line.split('\t')[1]}`) & ofNetworkRaw);
      assert.deepEqual([lines[0], sets.length, new Set(sets)], ['0', 5, new Set([0n])]);
    });

    test('no more memory than its own: beyond it it is killed', limit, async () => {
      const { ended } = await shell('tail /dev/zero', { memoryMiB: 16 });
      assert.equal(outcome(ended).exitCode, 137);
      // Podman does not say why, and Docker not always: the kernel does.
      assert.equal(outcome(ended).reason, 'OutOfMemoryError: Container killed due to memory usage');
    });

    test('file systems in memory, shared memory of its size, and a root that may not be written', limit, async () => {
      const { lines } = await shell(
        'df -k /dev/shm /fast | awk "NR>1 {print \\$2}"; touch /fast/a && echo written; touch /b || echo closed',
        {
          temporaryFileSystems: [{ target: '/fast', sizeMiB: 8 }],
          ...{ sharedMemoryMiB: 16, readonlyRootFilesystem: true },
        },
      );
      assert.deepEqual(
        lines.filter((line) => !line.startsWith('touch')),
        ['16384', '8192', 'written', 'closed'],
      );
    });

    test('a volume of its task that its containers share, and that is gone with it', limit, async () => {
      const task = host.task('until [ -e /a/file ]; do sleep 0.02; done; cat /a/file');
      const [first] = task.containers;
      assert.ok(first);
      const scratch = (target: string) => ({ scratchMounts: [{ volume: 'v', target, readOnly: false }] });
      const other = host.shell(task.taskId, 'echo shared >/b/new; mv /b/new /b/file', { name: 'o', ...scratch('/b') });
      const { log: _, ...silent } = other;
      const { lines, ended } = await run({
        ...task,
        containers: [
          { ...first, ...scratch('/a') },
          { ...silent, essential: false },
        ],
      });
      assert.deepEqual([lines, outcome(ended).exitCode], [['shared'], 0]);
      assert.ok(!(await callDaemon(host.daemon.socket, 'GET', '/volumes')).includes(task.taskId));
    });

    test(
      'paths of the host that are allowed, made if they are missing; links out of them and all others are refused',
      limit,
      async () => {
        const mount = (source: string) => ({ mounts: [{ source, target: '/m', readOnly: true }] });
        writeFileSync(join(host.shared, 'file'), 'content\n');
        symlinkSync('/etc', join(host.shared, 'out'));
        const { lines } = await shell('cat /m/file; touch /m/x || echo closed', mount(host.shared));
        assert.deepEqual(
          lines.filter((line) => !line.startsWith('touch')),
          ['content', 'closed'],
        );
        await shell('true', mount(join(host.shared, 'new/directory')));
        assert.ok(statSync(join(host.shared, 'new/directory')).isDirectory());
        assert.match(
          await failure(mount('/etc')),
          /^CannotStartContainerError: host path \/etc may not be mounted: allowed/,
        );
        assert.match(await failure(mount(join(host.shared, 'out'))), /may not be mounted/);
      },
    );

    test('no rights of the machine, and no device that the operator does not give', limit, async () => {
      assert.match(await failure({ privileged: true }), /may not be privileged here/);
      const devices = [{ source: '/dev/fuse', target: '/dev/fuse' }];
      assert.match(await failure({ devices }), /device \/dev\/fuse is not given to jobs/);
    });

    test('an image that cannot be had fails it in AWS’s words', limit, async () => {
      const reason = await failure({ image: 'localhost:1/nothing:here' });
      assert.match(reason, /^CannotPullContainerError: Error response from daemon: \S/);
      assert.match(await failure({ image: 'Not A Name' }), /^CannotPullContainerError: /);
    });

    test('output beyond what an attempt may have ends with the line that says so', limit, async () => {
      const task = host.task('seq 100000');
      const sink = { stream: task.taskId, rateBytesPerSecond: 1024 ** 3, maximumBytes: 10_000 };
      const { lines } = await run({ ...task, containers: task.containers.map((one) => ({ ...one, log: sink })) });
      assert.deepEqual(lines.slice(0, 3), ['1', '2', '3']);
      assert.match(lines.at(-1) ?? '', /larger than 10000 bytes; the rest is dropped/);
      assert.ok(lines.join('\n').length < 11_000);
    });

    test('lines are whole that the daemon had cut, and what is not ended is a line too', limit, async () => {
      const { lines } = await shell('head -c 100000 /dev/zero | tr "\\0" x; echo; printf end');
      assert.deepEqual(
        lines.map((line) => line.length),
        [100_000, 3],
      );
    });

    test('of its output no line is lost or there twice when servers come and go', limit, async () => {
      const script = `i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo $i; [ $((i % 50)) = 0 ] && { >${host.shared}/at-$i; sleep 0.3; }; done; exit 0`;
      const task = host.task(script);
      await engine.start(task);
      for (const [index, at] of [50, 150, 250].entries()) {
        await host.appears(`at-${at}`);
        log.close();
        await engine.close();
        engine = await host.open(2 + index);
        log = new EventLog(engine);
      }
      await log.ended(task.taskId);
      assert.deepEqual(
        await host.text(task.taskId),
        Array.from({ length: 400 }, (_, index) => String(index + 1)),
      );
      await engine.release(task.taskId);
    });

    test('commands from outside have its files and user, and their streams and exit code are told', limit, async () => {
      const task = host.task(`echo mine >/tmp/file; >${host.shared}/entered; trap 'exit 0' TERM; sleep 1000 & wait`, {
        user: '1000',
      });
      await engine.start(task);
      await host.appears('entered');
      const entered = await engine.enter?.(task.taskId, {
        command: ['sh', '-c', 'cat; cat /tmp/file; id -u; echo bad >&2; exit 7'],
      });
      assert.ok(entered?.kind === 'entered', JSON.stringify(entered));
      entered.stdin.end('given\n');
      const [out, bad, code] = await Promise.all([text(entered.stdout), text(entered.stderr), entered.ended]);
      assert.deepEqual([entered.container, out, bad, code], ['c', 'given\nmine\n1000\n', 'bad\n', 7]);
      // What is written and never read holds up nobody.
      const flood = await engine.enter?.(task.taskId, { command: ['sh', '-c', 'while :; do echo more; done'] });
      assert.ok(flood?.kind === 'entered');
      while (flood.stdout.readableLength < flood.stdout.readableHighWaterMark) await nextTurn();
      flood.kill();
      assert.equal(await flood.ended, 137);
      const stuck = await engine.enter?.(task.taskId, { command: ['sleep', '4321'] });
      assert.ok(stuck?.kind === 'entered');
      stuck.kill();
      assert.equal(await stuck.ended, 137);
      const look = await engine.enter?.(task.taskId, { command: ['sh', '-c', 'ps | grep -c "[s]leep 4321"'] });
      assert.ok(look?.kind === 'entered');
      assert.equal(await text(look.stdout), '0\n', 'it is dead, not only given up');
      const none = await engine.enter?.(task.taskId, { container: 'x', command: ['true'] });
      assert.deepEqual(none, { kind: 'refused', reason: 'there is no container x; there is c' });
      await engine.stop(task.taskId, 10_000);
      await log.ended(task.taskId);
      await engine.release(task.taskId);
    });

    givesTerminals(() => ({ engine, log, host }));

    test('the image is not asked for again that is there', limit, async () => {
      const { ended } = await shell('true', { image });
      assert.equal(ended.cause, 'exited');
    });
  });
}
