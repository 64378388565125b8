import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../../core/container-image.fixture.ts';
import { loadImage } from '../../core/docker-daemon.fixture.ts';
import { EventLog, outcome } from '../conformance.ts';
import type { ContainerSpec, Engine, TaskSpec } from '../contract.ts';
import { DockerHost, productSkips } from './testing/docker-host.ts';

const limit = { timeout: 240_000 };

/** Files of control groups of version 1, and of version 2; `sets` reads them in that order. */
const files = ['cpu/cpu.shares', 'cpu/cpu.cfs_quota_us', 'pids/pids.max', 'memory/memory.memsw.limit_in_bytes'];
const filesOfVersion2 = ['cpu.weight', 'cpu.max', 'pids.max', 'memory.swap.max'];
const isVersion1 = existsSync('/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes');
const sets = `cd /sys/fs/cgroup; for f in ${(isVersion1 ? files : filesOfVersion2).join(' ')}; do cat $f; done`;

for (const product of ['docker', 'podman'] as const) {
  describe(`what ${product} holds a container to`, productSkips[product], () => {
    let host: DockerHost;
    let engine: Engine;
    let log: EventLog;
    before(async () => {
      const options = { cpuQuota: true, pidsLimit: 77, devices: ['/dev/fuse'], privileged: true };
      host = await DockerHost.create(product, options);
      const entry = busyboxImage({ Entrypoint: ['/bin/echo', 'entry'], Cmd: ['own'] });
      await loadImage(host.daemon, 'test/entry:1', entry);
      await loadImage(host.daemon, 'test/signal:1', busyboxImage({ StopSignal: 'SIGUSR1' }));
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

    test('its share and ceiling of CPUs, its processes, its swap', limit, async () => {
      const { lines } = await shell(sets, { vcpus: 1.5, memoryMiB: 64, swap: { maximumMiB: 32, swappiness: 17 } });
      const [weight = 0, most = ''] = [1 + Math.floor(((1536 - 2) * 9999) / 262_142), '150000 100000'];
      const mebibyte = 1024 ** 2;
      assert.deepEqual(
        lines,
        isVersion1
          ? ['1536', '150000', '77', String(96 * mebibyte)]
          : [String(weight), most, '77', String(32 * mebibyte)],
      );
      const swappiness = await shell('cat /sys/fs/cgroup/memory/memory.swappiness', {
        swap: { maximumMiB: 0, swappiness: 17 },
      });
      if (isVersion1) assert.deepEqual(swappiness.lines, ['17']);
      else assert.match(swappiness.ended.notes.join(), /swappiness has no effect/);
    });

    test('the entry point of its image, before a command as before the image’s own', limit, async () => {
      const image = 'test/entry:1';
      assert.deepEqual((await shell('', { image, command: ['asked', 'for'] })).lines, ['entry asked for']);
      assert.deepEqual((await shell('', { image, command: [] })).lines, ['entry own']);
    });

    test('the signal by which its image wants to be stopped', limit, async () => {
      const script = `trap 'exit 3' USR1; trap 'exit 4' TERM; >${host.shared}/up-$0; while :; do sleep 0.02; done`;
      for (const [tag, exitCode] of [
        ['signal', 3],
        ['busybox', 4],
      ] as const) {
        const task = host.task('', { image: `test/${tag}:1`, command: ['/bin/sh', '-c', script, tag] });
        await engine.start(task);
        await host.appears(`up-${tag}`);
        await engine.stop(task.taskId, 50_000);
        assert.equal(outcome(await log.ended(task.taskId)).exitCode, exitCode);
        await engine.release(task.taskId);
      }
    });

    test('what it may do with a device that it is given', limit, async () => {
      const script = '( : </dev/f ) && echo read; ( : >/dev/f ) && echo written';
      const given = (permissions?: ['READ']) => ({
        devices: [{ source: '/dev/fuse', target: '/dev/f', ...(permissions ? { permissions } : {}) }],
      });
      assert.deepEqual((await shell(script, given())).lines, ['read', 'written']);
      const { lines } = await shell(script, given(['READ']));
      assert.deepEqual(lines.toSorted(), ["/bin/sh: can't create /dev/f: Operation not permitted", 'read']);
    });

    test('files in memory that are empty at first, by the options that it knows', limit, async () => {
      const temporaryFileSystems = [{ target: '/etc', sizeMiB: 8, options: ['mode=700', 'nr_inodes=100'] }];
      const script = '[ -e /etc/passwd ] || echo empty; grep " /etc " /proc/mounts';
      const { lines, ended } = await shell(script, { temporaryFileSystems });
      assert.equal(lines[0], 'empty');
      assert.match(lines[1] ?? '', /noexec.*size=8192k.*mode=700/);
      const words = 'tmpfs /etc: the mount option nr_inodes=100 has no effect on Podman';
      assert.equal(ended.notes.includes(words), product === 'podman');
    });

    test('a path with a comma is that path, or none, and never another one of the host', limit, async () => {
      for (const mount of [
        { source: host.shared, target: '/m,source=/etc' },
        { source: join(host.shared, 'a,source=/etc'), target: '/m' },
      ]) {
        const { lines, ended } = await shell('cat /m*/hostname', { mounts: [{ ...mount, readOnly: false }] });
        assert.match(lines.join(), product === 'podman' ? /^$/ : /No such file/);
        if (product === 'podman') assert.match(outcome(ended).reason ?? '', /Podman takes no path with "," in it/);
      }
    });

    if (product === 'docker')
      test('another log driver, by a socket that the operator allows', limit, async (t) => {
        const said = Promise.withResolvers<string>();
        const socket = join(host.shared, 'log.sock');
        const server = createServer((connection) => void text(connection).then(said.resolve, said.reject));
        t.after(() => server.close());
        await new Promise<void>((resolve) => server.listen(socket, resolve));
        const options = { 'syslog-address': `unix://${socket}`, tag: 'of-the-job' };
        const { log: _, ...silent } = host.shell(host.task('').taskId, 'echo said');
        const task = { ...host.task(''), containers: [{ ...silent, logDriver: { name: 'syslog', options } }] };
        assert.equal(outcome((await run(task)).ended).exitCode, 0);
        assert.match(await said.promise, /of-the-job.*: said/);
      });
    // No process has all rights of root where tests run in a container themselves: Docker gives all, or does not start.
    else
      test('all rights of root, where the operator allows that', limit, async () => {
        const { lines } = await shell('grep CapEff /proc/self/status', { privileged: true });
        const toAdministrate = 1n << 21n;
        assert.notEqual(BigInt(`0x${lines[0]?.split('\t')[1]}`) & toAdministrate, 0n);
      });

    if (product === 'docker')
      test('a first process that takes in orphans, where it asks for one', limit, async () => {
        assert.deepEqual((await shell('cat /proc/1/comm', { init: true })).lines, ['docker-init']);
      });
  });
}
