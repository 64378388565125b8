import { paginateListJobs } from '@aws-sdk/client-batch';
import { define, setEnvironment, submit, submitArray, waitForArray, waitUntilIdle } from './batch.ts';
import { BenchServer, type BenchServerOptions } from './bench-server.ts';
import { type CpuTime, cpuBetween } from './cpu.ts';

/** How a run of many jobs went. */
export interface JobRun {
  /** From just before the first STARTING until the last terminal commit was seen, at most 0.1 s late. */
  readonly seconds: number;
  readonly perSecond: number;
  /** Of the server, and of the runner with its jobs. */
  readonly server: CpuTime;
  readonly runner: CpuTime;
}

/**
 * Runs `count` times `true` on a server of its own: all are RUNNABLE before the first may start. Rejects unless every
 * one of them succeeded.
 */
export function runJobs(count: number, options: BenchServerOptions): Promise<JobRun> {
  return run(count, options, async (server) => {
    await submitMany(server, count);
    return async () => {
      await waitUntilIdle(server, 100);
      return () => checkOutcome(server, count + warmUpJobs);
    };
  });
}

/** The same as the children of one array. */
export function runArray(count: number, options: BenchServerOptions): Promise<JobRun> {
  return run(count, options, async (server) => {
    const jobId = await submitArray(server, 'bench', count);
    return async () => {
      await waitForArray(server, jobId, 100);
      return () => checkOutcome(server, 1 + warmUpJobs);
    };
  });
}

/** What submits, then waits for the end, then proves the outcome. */
type Work = (server: BenchServer) => Promise<() => Promise<() => Promise<void>>>;

async function run(count: number, options: BenchServerOptions, work: Work): Promise<JobRun> {
  const server = await BenchServer.start(options);
  try {
    await define(server, 'bench', ['true']);
    await warmUp(server);
    await setEnvironment(server, 'DISABLED');
    const wait = await work(server);
    const before = server.cpu();
    const startedAt = performance.now();
    await setEnvironment(server, 'ENABLED');
    const check = await wait();
    const seconds = (performance.now() - startedAt) / 1000;
    const after = server.cpu();
    await check();
    return {
      seconds,
      perSecond: count / seconds,
      server: cpuBetween(before.server, after.server),
      runner: cpuBetween(before.runner, after.runner),
    };
  } finally {
    await server.close();
  }
}

const warmUpJobs = 50;

/** The first job starts the runner, and code runs slowly at first. */
async function warmUp(server: BenchServer): Promise<void> {
  await submitMany(server, warmUpJobs);
  await waitUntilIdle(server);
}

async function submitMany(server: BenchServer, count: number): Promise<void> {
  let left = count;
  const work = async () => {
    for (; left > 0; ) {
      left -= 1;
      await submit(server, 'bench');
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

/** Rejects unless that many jobs have succeeded and none has failed. */
async function checkOutcome({ clients }: BenchServer, count: number): Promise<void> {
  for (const [jobStatus, expected] of [
    ['SUCCEEDED', count],
    ['FAILED', 0],
  ] as const) {
    let found = 0;
    for await (const page of paginateListJobs({ client: clients.batch }, { jobQueue: 'default', jobStatus })) {
      found += page.jobSummaryList?.length ?? 0;
    }
    if (found !== expected) throw new Error(`${found} jobs are ${jobStatus}, not ${expected}`);
  }
}
