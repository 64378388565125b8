import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeJobsCommand, RegisterJobDefinitionCommand } from '@aws-sdk/client-batch';
import { busyboxImage } from '../src/core/container-image.fixture.ts';
import { ContainerWorld } from '../src/core/container-world.fixture.ts';
import { callDaemon, DockerDaemon } from '../src/core/docker-daemon.fixture.ts';
import { PodmanService } from '../src/core/podman-service.fixture.ts';
import { submit } from './support/batch.ts';
import { BenchServer } from './support/bench-server.ts';
import { until } from './support/pause.ts';
import { sumOf, type ThreadTimes, threadTimesBetween, threadTimesOf } from './support/thread-times.ts';

const [kind = 'instant', warm = '200', count = '100', rounds = '5', profile = ''] = process.argv.slice(2);

async function openDaemon(): Promise<{ socket: string; close: () => Promise<void> }> {
  if (kind === 'instant') {
    const directory = mkdtempSync(join(tmpdir(), 'instant-'));
    const socket = join(directory, 'docker.sock');
    const child = spawn(process.execPath, [join(import.meta.dirname, 'support/instant-daemon.ts'), socket], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return {
      socket,
      close: async () => {
        child.kill();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  }
  const world = await ContainerWorld.open();
  const images = { 'test/busybox:1': busyboxImage() };
  const daemon = kind === 'podman' ? await PodmanService.open(world, images) : await DockerDaemon.open(world, images);
  return { socket: daemon.socket, close: () => world.close() };
}

const { socket, close } = await openDaemon();
if (profile) {
  mkdirSync(profile, { recursive: true });
  process.env.NODE_OPTIONS = process.env.BASIC
    ? '--perf-basic-prof'
    : `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${profile}`;
}
const server = await BenchServer.start({
  flags: ['--engine', 'docker', '--docker-socket', socket, '--host-vcpus', '4'],
});
delete process.env.NODE_OPTIONS;
try {
  await server.clients.batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: 'bench',
      type: 'container',
      containerProperties: {
        image: 'test/busybox:1',
        command: ['echo', 'done'],
        resourceRequirements: [
          { type: 'VCPU', value: '1' },
          { type: 'MEMORY', value: '32' },
        ],
      },
    }),
  );
  const run = async (n: number) => {
    const jobs = await Promise.all(Array.from({ length: n }, () => submit(server, 'bench')));
    const last = jobs.at(-1) ?? '';
    let seen = false;
    await until('no container to be left', 50, async () => {
      const left = JSON.parse(await callDaemon(socket, 'GET', '/containers/json?all=1')) as unknown[];
      seen ||= left.length > 0;
      if (left.length > 0) return undefined;
      const { jobs: [job] = [] } = await server.clients.batch.send(new DescribeJobsCommand({ jobs: [last] }));
      return job?.status === 'SUCCEEDED' ? true : undefined;
    });
  };
  await run(Number(warm));
  if (process.env.HOOK) {
    const { execSync } = await import('node:child_process');
    execSync(`${process.env.HOOK} ${server.pid} >/dev/null 2>&1 &`, { shell: '/bin/sh' });
    await new Promise((r) => setTimeout(r, 1500));
  }
  for (let round = 0; round < Number(rounds); round += 1) {
    const before = threadTimesOf(server.pid);
    const at = performance.now();
    await run(Number(count));
    const t = threadTimesBetween(before, threadTimesOf(server.pid));
    const each = (k: keyof ThreadTimes) => (t[k] / Number(count) / 1000).toFixed(2);
    console.log(
      `${kind}: ms a container: sum ${(sumOf(t) / Number(count) / 1000).toFixed(2)} main ${each('main')} v8+libuv ${each('v8')} store ${each('store')} audit ${each('audit')}; ${((Number(count) / (performance.now() - at)) * 1000).toFixed(1)}/s`,
    );
  }
} finally {
  await server.close();
  await close();
}
