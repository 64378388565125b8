import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busyboxImage } from '../src/core/container-image.fixture.ts';
import { ContainerWorld } from '../src/core/container-world.fixture.ts';
import { DockerDaemon, dockerSkip } from '../src/core/docker-daemon.fixture.ts';
import type { ContainerSpec } from '../src/engines/index.ts';
import { ContainerBench } from '../src/engines/process/testing/container-bench.ts';
import { makeTestImage, noImages } from '../src/engines/process/testing/test-image.ts';
import { CrunBundle, noCrun } from './support/crun-bundle.ts';
import { runDirectly } from './support/direct-client.ts';
import type { Figure, Finding } from './support/figure.ts';
import { median } from './support/statistics.ts';

const rounds = 100;
/** The others take part in every so many rounds: dockerd takes tens of times as long. */
const roundsOfOthers = 4;
const image = 'bench/busybox:1';

/** What runs `true` in some way, once. */
interface Way {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /** Of the rounds it takes part in every so many. */
  readonly every: number;
  readonly times: number[];
}

/**
 * A job `true` in an image that is here, from its plan to its end, one on the host's files, `crun run` of the same root over an
 * overlay, and a container of the same by the API of a dockerd: in turns, one after the other.
 */
export async function imageStart(): Promise<Finding> {
  if (noImages) return { kind: 'skipped', reason: noImages };
  const place = mkdtempSync(join(tmpdir(), 'bench-image-'));
  const bench = await ContainerBench.open('bubblewrap');
  const docker = dockerSkip().skip === undefined ? await openDocker() : undefined;
  try {
    const imageRoot = makeTestImage(join(bench.host.dataDirectory, 'image'));
    const host = way('a job of the host’s files', () => runJob(bench, {}));
    const inImage = way('a job of an image', () => runJob(bench, { image: 'an/image', imageRoot }));
    const crun = noCrun() === undefined ? new CrunBundle(place, imageRoot.root, ['true']) : undefined;
    const others = [
      ...(crun ? [way('crun run over an overlay', () => crun.run(), roundsOfOthers)] : []),
      ...(docker ? [way('dockerd', docker.run, roundsOfOthers)] : []),
    ];
    const ways = [host, inImage, ...others];
    for (const { run } of ways) await run();
    for (let round = 0; round < rounds; round += 1)
      for (const each of ways) if (round % each.every === 0) each.times.push(await timeOf(each.run));
    return {
      kind: 'measured',
      figures: [
        {
          name: 'a job of an image, over one of the host’s files (p50)',
          value: median(inImage.times) - median(host.times),
          unit: 'ms',
          aim: { atMost: 15 },
        },
        ...[inImage, host, ...others].flatMap(figuresOf),
      ],
      remarks: [noCrun(), dockerSkip().skip].flatMap((why) =>
        why === undefined ? [] : [`one side is missing: ${why}`],
      ),
    };
  } finally {
    await docker?.close();
    await bench.close();
    rmSync(place, { recursive: true });
  }
}

function way(name: string, run: () => Promise<unknown>, every = 1): Way {
  return { name, run, every, times: [] };
}

async function openDocker() {
  const world = await ContainerWorld.open();
  const { socket } = await DockerDaemon.open(world, { [image]: busyboxImage() });
  const run = async () => {
    const remove = await runDirectly(socket, { image, command: ['true'], memoryMiB: 32 });
    await remove();
  };
  return { run, close: () => world.close() };
}

async function runJob(bench: ContainerBench, parts: Partial<ContainerSpec>): Promise<void> {
  const { outcome } = await bench.run('', { mounts: [], command: ['true'], ...parts }, () => {});
  if (outcome.exitCode !== 0) throw new Error(outcome.reason ?? `exit code ${outcome.exitCode}`);
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

function figuresOf({ name, times }: Way): readonly Figure[] {
  return [
    { name: `${name} (p50)`, value: median(times), unit: 'ms' },
    { name: `${name}, one after the other`, value: (1000 * times.length) / sumOf(times), unit: '/s' },
  ];
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
