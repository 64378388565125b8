import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { DescribeJobsCommand, RegisterJobDefinitionCommand } from '@aws-sdk/client-batch';
import { busyboxImage } from '../src/core/container-image.fixture.ts';
import { ContainerWorld } from '../src/core/container-world.fixture.ts';
import { callDaemon, type DaemonOfContainers, DockerDaemon, dockerSkip } from '../src/core/docker-daemon.fixture.ts';
import { PodmanService, podmanSkip } from '../src/core/podman-service.fixture.ts';
import { submit } from './support/batch.ts';
import { BenchServer } from './support/bench-server.ts';
import { cpuBetween, cpuTimeOf } from './support/cpu.ts';
import { type DirectContainer, runCarefully, runDirectly } from './support/direct-client.ts';
import { type Figure, type Finding, percent } from './support/figure.ts';
import { until } from './support/pause.ts';
import { median } from './support/statistics.ts';

/** Containers at once, on both sides. */
const lanes = 4;
const rounds = 5;
/** So many that the time from the first submission to the first container, which is measured by itself, is a small part. */
const containersOfRound = 40;
/** Before that, until V8 has compiled what runs: a client of five calls is there sooner than a server. */
const warmUp = { client: 40, ours: 200 };
/** Containers one after the other, of each side. */
const latencies = 30;
const image = 'test/busybox:1';
const memoryMiB = 32;

const daemons = [
  { name: 'docker', skip: dockerSkip(), open: DockerDaemon.open },
  {
    name: 'podman',
    skip: podmanSkip(),
    open: (world: ContainerWorld, images: Images) => PodmanService.open(world, images),
  },
] as const;

type Images = Parameters<typeof DockerDaemon.open>[1];

/** Containers through us against the same by the daemon's own API, in turns, on daemons that are the bench's own. */
export async function containersOfDaemons(): Promise<Finding> {
  const figures: Figure[] = [];
  const remarks: string[] = [];
  for (const { name, skip, open } of daemons) {
    if (skip.skip !== undefined) {
      remarks.push(`${name}: skipped, ${skip.skip}`);
      continue;
    }
    const world = await ContainerWorld.open();
    try {
      figures.push(...(await measure(name, await open(world, { [image]: busyboxImage() }), world)));
    } finally {
      await world.close();
    }
  }
  return figures.length > 0 ? { kind: 'measured', figures, remarks } : { kind: 'skipped', reason: remarks.join('; ') };
}

async function measure(
  name: string,
  { socket }: DaemonOfContainers,
  world: ContainerWorld,
): Promise<readonly Figure[]> {
  const shared = join(world.directory, 'marks');
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  const flags = [
    '--engine',
    'docker',
    '--docker-socket',
    socket,
    '--host-paths',
    shared,
    '--host-vcpus',
    String(lanes),
  ];
  const server = await BenchServer.start({ flags });
  try {
    const sides = new Sides(server, socket, shared, name === 'podman');
    await sides.define();
    return [...(await ratesOf(name, sides)), ...(await latenciesOf(name, sides))];
  } finally {
    await server.close();
  }
}

interface Round {
  readonly perSecond: number;
  /** Microseconds of CPU for a container, of the server or of the direct client. */
  readonly cpu: number;
}

async function ratesOf(name: string, sides: Sides): Promise<readonly Figure[]> {
  await sides.direct(warmUp.client);
  await sides.careful(warmUp.client);
  await sides.ours(warmUp.ours);
  const ours: Round[] = [];
  const direct: Round[] = [];
  const careful: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    direct.push(await sides.direct(containersOfRound));
    careful.push(await sides.careful(containersOfRound));
    ours.push(await sides.ours(containersOfRound));
  }
  const rates = (all: readonly Round[]) => median(all.map(({ perSecond }) => perSecond));
  const cpu = (all: readonly Round[]) => median(all.map((each) => each.cpu));
  const share = (all: readonly Round[]) =>
    median(all.map(({ perSecond }, at) => percent(perSecond, direct[at]?.perSecond ?? Number.NaN)));
  return [
    { name: `${name}: share of the rate of its own API`, value: share(ours), unit: '%', aim: { atLeast: 90 } },
    { name: `${name}: the same of a client of all calls that must be made`, value: share(careful), unit: '%' },
    { name: `${name}: containers`, value: rates(ours), unit: '/s' },
    { name: `${name}: containers by its own API`, value: rates(direct), unit: '/s' },
    { name: `${name}: CPU of the server, a container`, value: cpu(ours), unit: 'us' },
    { name: `${name}: CPU of the direct client, a container`, value: cpu(direct), unit: 'us' },
    { name: `${name}: CPU of the client of all calls, a container`, value: cpu(careful), unit: 'us' },
  ];
}

/** Milliseconds from the call that asks for a container. */
interface Latency {
  readonly toMark: number;
  readonly toEnd: number;
}

async function latenciesOf(name: string, sides: Sides): Promise<readonly Figure[]> {
  const ours: Latency[] = [];
  const direct: Latency[] = [];
  for (let round = 0; round < latencies; round += 1) {
    direct.push(await sides.directOne());
    ours.push(await sides.oursOne());
  }
  const p50 = (all: readonly Latency[], of: keyof Latency) => median(all.map((each) => each[of]));
  const over = (of: keyof Latency) => p50(ours, of) - p50(direct, of);
  return [
    { name: `${name}: start, over its own API (p50)`, value: over('toMark'), unit: 'ms', aim: { atMost: 10 } },
    { name: `${name}: from SubmitJob to the first mark (p50)`, value: p50(ours, 'toMark'), unit: 'ms' },
    { name: `${name}: from create to the first mark (p50)`, value: p50(direct, 'toMark'), unit: 'ms' },
    { name: `${name}: from SubmitJob to SUCCEEDED (p50)`, value: p50(ours, 'toEnd'), unit: 'ms' },
    { name: `${name}: from create to the end, with output (p50)`, value: p50(direct, 'toEnd'), unit: 'ms' },
  ];
}

/** The same containers through us and by the daemon's API. Each leaves a file under its name as its first act. */
class Sides {
  readonly #server: BenchServer;
  readonly #socket: string;
  readonly #shared: string;
  readonly #isPodman: boolean;
  readonly #command: readonly string[];
  #directs = 0;

  constructor(server: BenchServer, socket: string, shared: string, isPodman: boolean) {
    this.#server = server;
    this.#socket = socket;
    this.#shared = shared;
    this.#isPodman = isPodman;
    this.#command = ['sh', '-c', `>${shared}/$AWS_BATCH_JOB_ID; echo done`];
  }

  async define(): Promise<void> {
    const registration = new RegisterJobDefinitionCommand({
      jobDefinitionName: 'bench',
      type: 'container',
      containerProperties: {
        image,
        command: [...this.#command],
        volumes: [{ name: 'marks', host: { sourcePath: this.#shared } }],
        mountPoints: [{ sourceVolume: 'marks', containerPath: this.#shared }],
        resourceRequirements: [
          { type: 'VCPU', value: '1' },
          { type: 'MEMORY', value: String(memoryMiB) },
        ],
      },
    });
    await this.#server.clients.batch.send(registration);
  }

  /** So many by the API, in lanes, until they are removed. */
  direct(count: number): Promise<Round> {
    return inLanes(count, async () => {
      const remove = await runDirectly(this.#socket, this.#container(this.#nextName()));
      await remove();
    });
  }

  /** The same with all calls that ours must make. */
  careful(count: number): Promise<Round> {
    return inLanes(count, () => runCarefully(this.#socket, this.#container(this.#nextName()), this.#isPodman));
  }

  /** So many through us, all submitted at once: as many run at once as the host has vCPUs. Until they are removed. */
  async ours(count: number): Promise<Round> {
    let jobs: readonly string[] = [];
    const found = await round(count, this.#server.pid, async () => {
      jobs = await Promise.all(Array.from({ length: count }, () => submit(this.#server, 'bench')));
      await until('the marks', 20, () => jobs.every((job) => existsSync(join(this.#shared, job))) || undefined);
      await until('no container to be left', 20, async () => {
        const left = JSON.parse(await callDaemon(this.#socket, 'GET', '/containers/json?all=1')) as readonly unknown[];
        return left.length === 0 || undefined;
      });
    });
    for (const job of jobs) if (!(await this.#hasSucceeded(job))) throw new Error(`job ${job} has not succeeded`);
    return found;
  }

  async directOne(): Promise<Latency> {
    const name = this.#nextName();
    const startedAt = now();
    const remove = await runDirectly(this.#socket, this.#container(name));
    const toEnd = now() - startedAt;
    await remove();
    return { toMark: this.#markOf(name) - startedAt, toEnd };
  }

  async oursOne(): Promise<Latency> {
    const startedAt = now();
    const jobId = await this.#untilMarked(() => submit(this.#server, 'bench'));
    await until('the job', 4, async () => (await this.#hasSucceeded(jobId)) || undefined);
    return { toMark: this.#markOf(jobId) - startedAt, toEnd: now() - startedAt };
  }

  /** Waits without asking: who asks every 4 ms takes half of a processor from what starts the container. */
  async #untilMarked(start: () => Promise<string>): Promise<string> {
    const watcher = watch(this.#shared);
    try {
      const name = await start();
      while (!existsSync(join(this.#shared, name))) await once(watcher, 'change');
      return name;
    } finally {
      watcher.close();
    }
  }

  /** Throws if it has failed. */
  async #hasSucceeded(jobId: string): Promise<boolean> {
    const { jobs = [] } = await this.#server.clients.batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
    if (jobs[0]?.status === 'FAILED') throw new Error(`job ${jobId} failed: ${jobs[0].statusReason}`);
    return jobs[0]?.status === 'SUCCEEDED';
  }

  #container(name: string): DirectContainer {
    const environment = { AWS_BATCH_JOB_ID: name };
    return { image, command: this.#command, environment, shared: this.#shared, memoryMiB };
  }

  #nextName(): string {
    this.#directs += 1;
    return `direct-${this.#directs}`;
  }

  /** When a container made its file, by the kernel. */
  #markOf(name: string): number {
    return statSync(join(this.#shared, name)).mtimeMs;
  }
}

/** So many of this process. */
function inLanes(count: number, work: () => Promise<void>): Promise<Round> {
  return round(count, 'self', async () => {
    let left = count;
    const lane = async () => {
      for (; left > 0; ) {
        left -= 1;
        await work();
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  });
}

async function round(count: number, pid: number | 'self', work: () => Promise<void>): Promise<Round> {
  const before = cpuTimeOf(pid);
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  return { perSecond: count / seconds, cpu: cpuBetween(before, cpuTimeOf(pid)).own / count };
}

/** On the clock of files, in ms. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
