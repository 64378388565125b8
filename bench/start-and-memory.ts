import { readMetric } from '../test/support/metrics.ts';
import { youngGeneration } from '../test/support/processes.ts';
import { define, submit, waitUntilIdle } from './support/batch.ts';
import { BenchServer } from './support/bench-server.ts';
import { proportionalMemory } from './support/cpu.ts';
import type { Finding } from './support/figure.ts';
import { sleep } from './support/pause.ts';
import { quantile } from './support/statistics.ts';

const starts = 5;
/** Longer than the twenty seconds after which an idle server collects its garbage. */
const settling = 25_000;

/** How long a start takes, on new data and on old, and what an idle server and runner hold. */
export async function startAndMemory(): Promise<Finding> {
  const first = await BenchServer.start();
  try {
    const justStarted = proportionalMemory(first.pid);
    await sleep(settling);
    const idleServer = proportionalMemory(first.pid);
    await define(first, 'bench', ['true']);
    for (let job = 0; job < 20; job += 1) await submit(first, 'bench');
    await waitUntilIdle(first);
    await sleep(settling);
    const { runner } = first;
    if (runner === undefined) throw new Error('there is no runner');
    const idleRunner = proportionalMemory(runner);
    const after = proportionalMemory(first.pid);
    const remarks = [
      `Memory with a semi-space of ${youngGeneration(first.pid)} MB; idle: after ${await idleCollections(first)} full collections.`,
    ];
    await first.stop();
    const again = await startAgain(first.dataDirectory);
    return {
      kind: 'measured',
      figures: [
        { name: 'cold start, new data directory', value: first.startTime, unit: 'ms', aim: { atMost: 1_000 } },
        { name: 'cold start, old data directory, worst of 5', value: again, unit: 'ms', aim: { atMost: 1_000 } },
        { name: 'server that has just started, PSS', value: justStarted, unit: 'MB' },
        { name: 'idle server, PSS', value: idleServer, unit: 'MB', aim: { atMost: 120 } },
        { name: 'idle server after its first jobs, PSS', value: after, unit: 'MB', aim: { atMost: 120 } },
        { name: 'idle runner, PSS', value: idleRunner, unit: 'MB', aim: { atMost: 60 } },
      ],
      remarks,
    };
  } finally {
    await first.close();
  }
}

function idleCollections({ url }: BenchServer): Promise<number> {
  return readMetric(url, 'batchyard_idle_collections_total');
}

async function startAgain(dataDirectory: string): Promise<number> {
  const times: number[] = [];
  for (let start = 0; start < starts; start += 1) {
    const server = await BenchServer.start({ dataDirectory });
    times.push(server.startTime);
    await server.stop();
  }
  return quantile(times, 1);
}
