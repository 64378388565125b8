import { join } from 'node:path';
import type { ContainerSpec } from '../src/engines/index.ts';
import { ContainerBench } from '../src/engines/process/testing/container-bench.ts';
import { makeTestImage, noImages } from '../src/engines/process/testing/test-image.ts';
import type { Finding } from './support/figure.ts';

const rounds = 100;

/** From the plan of a container to its end: a job `true` in an image that is here, and one on the host's files, in turns. */
export async function imageStart(): Promise<Finding> {
  if (noImages) return { kind: 'skipped', reason: noImages };
  const bench = await ContainerBench.open('bubblewrap');
  const imageRoot = makeTestImage(join(bench.host.dataDirectory, 'image'));
  const [onHost, inImage]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    onHost.push(await timeOf(bench, {}));
    inImage.push(await timeOf(bench, { image: 'an/image', imageRoot }));
  }
  await bench.close();
  const [host, image] = [median(onHost), median(inImage)];
  return {
    kind: 'measured',
    figures: [
      {
        name: 'a job of an image, over one of the host’s files (p50)',
        value: image - host,
        unit: 'ms',
        aim: { atMost: 15 },
      },
      { name: 'a job of an image (p50)', value: image, unit: 'ms' },
      { name: 'a job of the host’s files (p50)', value: host, unit: 'ms' },
      { name: 'jobs of an image, one after the other', value: (1000 * rounds) / sumOf(inImage), unit: '/s' },
    ],
  };
}

async function timeOf(bench: ContainerBench, parts: Partial<ContainerSpec>): Promise<number> {
  const startedAt = performance.now();
  const { outcome } = await bench.run('', { mounts: [], command: ['true'], ...parts }, () => {});
  if (outcome.exitCode !== 0) throw new Error(outcome.reason ?? `exit code ${outcome.exitCode}`);
  return performance.now() - startedAt;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
