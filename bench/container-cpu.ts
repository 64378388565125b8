import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeJobsCommand, RegisterJobDefinitionCommand } from '@aws-sdk/client-batch';
import { callDaemon } from '../src/core/docker-daemon.fixture.ts';
import { submit } from './support/batch.ts';
import { BenchServer } from './support/bench-server.ts';
import type { Figure, Finding } from './support/figure.ts';
import { until } from './support/pause.ts';
import { median } from './support/statistics.ts';
import { sumOf, type ThreadTimes, threadTimesBetween, threadTimesOf } from './support/thread-times.ts';

/** Until V8 has compiled what runs. */
const warmUp = 200;
const rounds = 8;
const containersOfRound = 50;

/** What a container costs the server, by thread, on a daemon that costs nothing. */
export async function containerCpu(): Promise<Finding> {
  const directory = mkdtempSync(join(tmpdir(), 'instant-'));
  const socket = join(directory, 'docker.sock');
  const program = join(import.meta.dirname, 'support/instant-daemon.ts');
  const daemon = spawn(process.execPath, [program, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(daemon.stdout, 'data');
  const flags = ['--engine', 'docker', '--docker-socket', socket, '--host-vcpus', '4'];
  const server = await BenchServer.start({ flags });
  try {
    await define(server);
    await run(server, socket, warmUp);
    const found: ThreadTimes[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const before = threadTimesOf(server.pid);
      await run(server, socket, containersOfRound);
      found.push(threadTimesBetween(before, threadTimesOf(server.pid)));
    }
    return { kind: 'measured', figures: figuresOf(found) };
  } finally {
    await server.close();
    daemon.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

function figuresOf(found: readonly ThreadTimes[]): readonly Figure[] {
  const figure = (name: string, of: (times: ThreadTimes) => number): Figure => ({
    name: `CPU of the server, a container: ${name}`,
    value: median(found.map((times) => of(times) / containersOfRound)),
    unit: 'us',
  });
  return [
    figure('all threads', sumOf),
    figure('main thread', ({ main }) => main),
    figure("V8's threads, and files", ({ v8 }) => v8),
    figure("store's thread", ({ store }) => store),
  ];
}

async function define({ clients }: BenchServer): Promise<void> {
  const resourceRequirements = [
    { type: 'VCPU', value: '1' },
    { type: 'MEMORY', value: '32' },
  ] as const;
  const containerProperties = { image: 'instant', command: ['true'], resourceRequirements: [...resourceRequirements] };
  const definition = { jobDefinitionName: 'bench', type: 'container', containerProperties } as const;
  await clients.batch.send(new RegisterJobDefinitionCommand(definition));
}

/** So many, all submitted at once, until all have succeeded and none is left at the daemon. It asks seldom. */
async function run(server: BenchServer, socket: string, count: number): Promise<void> {
  const jobs = await Promise.all(Array.from({ length: count }, () => submit(server, 'bench')));
  await until('the containers', 50, async () => {
    const left = JSON.parse(await callDaemon(socket, 'GET', '/containers/json?all=1')) as readonly unknown[];
    if (left.length > 0) return undefined;
    const { jobs: last = [] } = await server.clients.batch.send(new DescribeJobsCommand({ jobs: jobs.slice(-4) }));
    return last.every(({ status }) => status === 'SUCCEEDED') || undefined;
  });
}
