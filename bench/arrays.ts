import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { DescribeJobsCommand, ListJobsCommand, type ListJobsCommandInput } from '@aws-sdk/client-batch';
import { define, setEnvironment, submit, submitArray } from './support/batch.ts';
import { BenchServer } from './support/bench-server.ts';
import { type Figure, type Finding, percent } from './support/figure.ts';
import { runArray, runJobs } from './support/job-run.ts';
import { median } from './support/statistics.ts';

const size = 10_000;
/** Single jobs and arrays that are submitted, and descriptions and lists that are asked for, in turns. */
const rounds = 100;
/** As fast, but for what the machine does beside. */
const alike = 1.1;

/** What arrays cost beside as many single jobs. */
export async function arrays(): Promise<Finding> {
  const count = size;
  const flags = ['--host-vcpus', String(4 * availableParallelism())];
  const calls = await calledInTurns();
  const bytes = await memoryOf(1_000_000 / size);
  const singles = await runJobs(count, { flags });
  const children = await runArray(count, { flags });
  return {
    kind: 'measured',
    figures: [
      ...calls,
      { name: 'a million waiting children', value: bytes / 1e6, unit: 'MB', aim: { atMost: 32 } },
      {
        name: 'children: share of the rate of single jobs',
        value: percent(children.perSecond, singles.perSecond),
        unit: '%',
        aim: { atLeast: 80 },
      },
      { name: 'children', value: children.perSecond, unit: '/s' },
      { name: 'single jobs', value: singles.perSecond, unit: '/s' },
      { name: 'children: CPU of the server, a child', value: children.server.own / count, unit: 'us' },
      { name: 'single jobs: CPU of the server, a job', value: singles.server.own / count, unit: 'us' },
    ],
  };
}

/** Nothing runs meanwhile: the compute environment is disabled. */
async function calledInTurns(): Promise<readonly Figure[]> {
  const server = await BenchServer.start();
  try {
    await define(server, 'bench', ['true']);
    await setEnvironment(server, 'DISABLED');
    const singles: string[] = [];
    const parents: string[] = [];
    const submitted = await inTurns({
      single: async () => void singles.push(await submit(server, 'bench')),
      array: async () => void parents.push(await submitArray(server, 'bench', size)),
    });
    const children = Array.from({ length: 100 }, (_, at) => `${parents[0]}:${at * 100}`);
    const describe = (jobs: readonly string[]) => () =>
      server.clients.batch.send(new DescribeJobsCommand({ jobs: [...jobs] }));
    const list = (what: ListJobsCommandInput) => () =>
      server.clients.batch.send(new ListJobsCommand({ ...what, jobStatus: 'RUNNABLE', maxResults: rounds }));
    const described = await inTurns({ single: describe(singles), array: describe(children) });
    const ofParents = await inTurns({ single: describe(singles), array: describe(parents) });
    const listed = await inTurns({ single: list({ jobQueue: 'default' }), array: list({ arrayJobId: parents[0] }) });
    return [
      ...ratio('SubmitJob: array of 10,000 to single job, p50', submitted, 3),
      ...ratio('DescribeJobs: 100 children to 100 single jobs, p50', described, alike),
      ...ratio('DescribeJobs: 100 arrays to 100 single jobs, p50', ofParents, alike),
      ...ratio('ListJobs: 100 children to 100 single jobs, p50', listed, alike),
    ];
  } finally {
    await server.close();
  }
}

interface Pair<Value> {
  readonly single: Value;
  readonly array: Value;
}

/** Medians of milliseconds. The first rounds warm up. */
async function inTurns({ single, array }: Pair<() => Promise<unknown>>): Promise<Pair<number>> {
  const times: { readonly [Side in keyof Pair<number>]: number[] } = { single: [], array: [] };
  for (let round = 0; round < rounds; round += 1) {
    times.single.push(await timeOf(single));
    times.array.push(await timeOf(array));
  }
  const warm = (side: readonly number[]) => median(side.slice(rounds / 5));
  return { single: warm(times.single), array: warm(times.array) };
}

async function timeOf(call: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await call();
  return performance.now() - began;
}

function ratio(name: string, { single, array }: Pair<number>, atMost: number): readonly Figure[] {
  return [
    { name, value: array / single, unit: 'x', aim: { atMost } },
    { name: '  of the first', value: array, unit: 'ms' },
  ];
}

async function memoryOf(count: number): Promise<number> {
  const script = new URL('./support/array-memory-host.ts', import.meta.url);
  const child = fork(script, [String(count)], { execArgv: ['--expose-gc'] });
  const answered = once(child, 'message');
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the process that measures ended with ${code}`);
  const [bytes] = (await answered) as [number];
  return bytes;
}
