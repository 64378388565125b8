import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure, Finding } from './support/figure.ts';
import type { LoadBenchFigures, LoadBenchRequest, LongestTurn } from './support/load-host.ts';

const jobs = 1_000_000;
/** As bin/batchyard starts a server. */
const serverFlags = ['--max-semi-space-size=32', '--initial-old-space-size=768'];

/** What a start with a million waiting jobs takes, and a rebuild of memory after a failed commit. */
export async function loadOfMillion(): Promise<Finding> {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-bench-'));
  try {
    await inProcess<number>({ kind: 'write', directory, jobs });
    const found = await inProcess<LoadBenchFigures>({ kind: 'load', directory, jobs });
    return {
      kind: 'measured',
      figures: [
        { name: 'load of a million waiting jobs', value: found.loadMs / 1000, unit: 's', aim: { atMost: 4 } },
        { name: 'the same, CPU of all threads', value: found.loadCpuMs / 1000, unit: 's' },
        ...turnOf('while loading', found.loading),
        ...turnOf('as services begin', found.beginning),
        { name: 'heap of a waiting job', value: found.heapOfOne, unit: 'B', aim: { atMost: 700 } },
        { name: 'rebuild after a failed commit', value: found.rebuildMs / 1000, unit: 's' },
        ...turnOf('while rebuilding', found.rebuilding),
        { name: 'DescribeJobs asked at that failure', value: found.describeMs / 1000, unit: 's' },
      ],
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function turnOf(when: string, { ms, cpuMs }: LongestTurn): readonly Figure[] {
  return [
    { name: `longest turn ${when}`, value: ms, unit: 'ms', aim: { atMost: 20 } },
    { name: 'the same, CPU of the main thread', value: cpuMs, unit: 'ms', aim: { atMost: 20 } },
  ];
}

async function inProcess<Answer>(request: LoadBenchRequest): Promise<Answer> {
  const script = new URL('./support/load-host.ts', import.meta.url);
  const child = fork(script, [JSON.stringify(request)], { execArgv: ['--expose-gc', ...serverFlags] });
  const answered = once(child, 'message');
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the process that measures ended with ${code}`);
  const [answer] = await answered;
  return answer as Answer;
}
