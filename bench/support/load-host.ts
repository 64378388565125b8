import { monitorEventLoopDelay } from 'node:perf_hooks';
import { CommitFailed } from '../../src/core/errors.ts';
import type { JobId } from '../../src/core/ids.ts';
import type { OpenServices } from '../../src/main/open-services.ts';
import type { Store } from '../../src/store/index.ts';
import { WholeServer } from './whole-server.ts';

/** Runs in a process of its own: all of a server but HTTP, on a data directory with jobs that wait. */
export interface LoadBenchRequest {
  readonly kind: 'write' | 'load';
  readonly directory: string;
  readonly jobs: number;
}

export interface LongestTurn {
  /** How long the event loop was away at most. */
  readonly ms: number;
  /** The most CPU of the main thread between two looks of a timer of 1 ms: a turn as it is without other processes. */
  readonly cpuMs: number;
}

export interface LoadBenchFigures {
  /** From the question to the store to services that run. */
  readonly loadMs: number;
  readonly rebuildMs: number;
  /** Of CPU, all threads, for the same. */
  readonly loadCpuMs: number;
  /** While jobs are loaded, while what they are loaded into begins to act, and in both of a rebuild. */
  readonly loading: LongestTurn;
  readonly beginning: LongestTurn;
  readonly rebuilding: LongestTurn;
  readonly heapOfOne: number;
  /** How long DescribeJobs, asked at the failed commit that causes the rebuild, waits for its answer. */
  readonly describeMs: number;
}

const turnResolution = 1;

const request = JSON.parse(process.argv[2] ?? '{}') as LoadBenchRequest;
const server = await WholeServer.on(request.directory);
const { store } = server;
const context = server.context();
const answer = await (request.kind === 'write' ? write() : measure());
if (!process.send) throw new Error('this is started by bench/load.ts');
process.send(answer);
await server.close();
process.disconnect?.();

/** One job by the API, in a compute environment that is disabled, and all others as copies of its rows. */
async function write(): Promise<number> {
  const { registry } = await server.open();
  const call = (operation: string, input: object) => registry.invoke('batch', operation, input, context);
  await call('UpdateComputeEnvironment', { computeEnvironment: 'default', state: 'DISABLED' });
  const containerProperties = { image: 'bench', command: ['true'], vcpus: 1, memory: 512 };
  await call('RegisterJobDefinition', { jobDefinitionName: 'bench', type: 'container', containerProperties });
  const submitted = await call('SubmitJob', { jobName: 'bench', jobQueue: 'default', jobDefinition: 'bench' });
  await server.copy((submitted as { jobId: JobId }).jobId, request.jobs);
  return request.jobs;
}

async function measure(): Promise<LoadBenchFigures> {
  const [id] = await aJob();
  collect();
  const heap = process.memoryUsage().heapUsed;
  const cpu = process.cpuUsage();
  // Services are built in one turn, before there is anybody who could ask: turns count from the first jobs on.
  const stages: LongestTurn[] = [];
  let watched = watchTurns();
  const failing = failingOnce(
    aroundFirstJobs(store, () => {
      stages.push(watched());
      watched = watchTurns();
    }),
  );
  const began = performance.now();
  const services = await server.open(failing.store);
  const loadMs = performance.now() - began;
  const beginning = watched();
  const [, loading] = stages;
  if (!loading) throw new Error('no jobs were loaded');
  const { user, system } = process.cpuUsage(cpu);
  collect();
  const heapOfOne = (process.memoryUsage().heapUsed - heap) / request.jobs;
  watched = watchTurns();
  const rebuild = await rebuildOf(services, failing.fail, id);
  const rebuilding = watched();
  return { loadMs, loadCpuMs: (user + system) / 1000, heapOfOne, loading, beginning, rebuilding, ...rebuild };
}

/** The id of a job that waits. */
async function aJob(): Promise<readonly JobId[]> {
  for await (const { jobs } of (await store.load()).jobs) return jobs.slice(0, 1).map(({ jobId }) => jobId);
  throw new Error('the store has no jobs');
}

/** Makes a commit fail, asks for a job as a request would at once, and waits until all goes on. */
async function rebuildOf({ registry, unready, readable }: OpenServices, fail: () => void, id: JobId | undefined) {
  const began = performance.now();
  fail();
  await registry
    .invoke('batch', 'TagResource', { resourceArn: server.queueArn('default'), tags: { a: 'b' } }, context)
    .catch(() => {});
  await new Promise(setImmediate);
  if (unready() === undefined) throw new Error('the commit did not fail');
  await readable();
  const described = await registry.invoke('batch', 'DescribeJobs', { jobs: [id] }, context);
  if ((described as { jobs: readonly unknown[] }).jobs.length !== 1) throw new Error('the job was not found');
  const describeMs = performance.now() - began;
  while (unready() !== undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  return { describeMs, rebuildMs: performance.now() - began };
}

/** The store, which says when the jobs of its first load are asked for, and when all are taken. */
function aroundFirstJobs(inner: Store, say: () => void): Store {
  let isFirst = true;
  async function* said<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
    const says = isFirst;
    isFirst = false;
    if (says) say();
    yield* pages;
    if (says) say();
  }
  return {
    ...inner,
    load: async () => {
      const loaded = await inner.load();
      return { ...loaded, jobs: said(loaded.jobs) };
    },
  };
}

/** The store, with one commit that fails once it is told so. */
function failingOnce(inner: Store): { readonly store: Store; readonly fail: () => void } {
  let fails = false;
  let refusal: Promise<never> | undefined;
  const failing: Store = {
    ...inner,
    commit: (changes) => {
      if (fails) {
        fails = false;
        refusal = Promise.reject(new CommitFailed('failed', 'the bench wants it so'));
        refusal.catch(() => {});
      }
      return refusal ?? inner.commit(changes);
    },
    settled: () => refusal ?? inner.settled(),
    resume: () => {
      refusal = undefined;
      inner.resume();
    },
  };
  return {
    store: failing,
    fail: () => {
      fails = true;
    },
  };
}

function watchTurns(): () => LongestTurn {
  const delay = monitorEventLoopDelay({ resolution: turnResolution });
  delay.enable();
  let cpuMs = 0;
  let last = process.threadCpuUsage();
  const look = () => {
    const { user, system } = process.threadCpuUsage(last);
    cpuMs = Math.max(cpuMs, (user + system) / 1000);
    last = process.threadCpuUsage();
  };
  const timer = setInterval(look, turnResolution);
  return () => {
    look();
    clearInterval(timer);
    delay.disable();
    return { ms: delay.max / 1e6, cpuMs };
  };
}

function collect(): void {
  for (let round = 0; round < 3; round += 1) globalThis.gc?.();
}
