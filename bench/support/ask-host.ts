import type { JobId } from '../../src/core/ids.ts';
import type { OpenServices } from '../../src/main/open-services.ts';
import { WholeServer } from './whole-server.ts';

/** Runs in a process of its own: all of a server but HTTP, with so many waiting jobs of shares that take turns, is asked. */
export interface AskBenchRequest {
  readonly directory: string;
  readonly jobs: number;
  readonly shares: number;
  readonly queues: number;
  readonly rounds: number;
}

/** Of each call. */
export interface AskBenchFigures {
  readonly listMilliseconds: readonly number[];
  readonly snapshotMilliseconds: readonly number[];
  readonly listCpu: number;
  readonly snapshotCpu: number;
}

const { directory, jobs, shares, queues, rounds } = JSON.parse(process.argv[2] ?? '{}') as AskBenchRequest;
const queueNames = Array.from({ length: queues }, (_, queue) => `fair-${queue}`);

const written = await WholeServer.on(directory);
await write(written);
await written.close();
const server = await WholeServer.on(directory);
const answer = await ask(await server.open());
if (!process.send) throw new Error('this is started by bench/scheduler.ts');
process.send(answer);
await server.close();
process.disconnect?.();

async function write(on: WholeServer): Promise<void> {
  const call = caller(on, await on.open());
  await call('UpdateComputeEnvironment', { computeEnvironment: 'default', state: 'DISABLED' });
  const policy = { name: 'fair', fairsharePolicy: { shareDecaySeconds: 3_600 } };
  const { arn } = await call<{ readonly arn: string }>('CreateSchedulingPolicy', policy);
  const computeEnvironmentOrder = [{ order: 1, computeEnvironment: 'default' }];
  for (const jobQueueName of queueNames) {
    const settings = { jobQueueName, priority: 1, schedulingPolicyArn: arn, computeEnvironmentOrder };
    await call('CreateJobQueue', settings);
  }
  const containerProperties = { image: 'bench', command: ['true'], vcpus: 1, memory: 512 };
  await call('RegisterJobDefinition', { jobDefinitionName: 'bench', type: 'container', containerProperties });
  const job = {
    jobName: 'bench',
    jobQueue: 'fair-0',
    jobDefinition: 'bench',
    shareIdentifier: 'share0',
    schedulingPriorityOverride: 0,
  };
  const { jobId } = await call<{ readonly jobId: JobId }>('SubmitJob', job);
  await on.copy(jobId, jobs, (copy) => {
    const share = copy % shares;
    return { jobQueueArn: on.queueArn(`fair-${share % queues}`), shareIdentifier: `share${share}` };
  });
}

/** Each queue in turn: a page of its jobs, and the next one; and its front. The first rounds warm up. */
async function ask(services: OpenServices): Promise<AskBenchFigures> {
  const call = caller(server, services);
  const lists: number[] = [];
  const snapshots: number[] = [];
  const cpu = { list: 0, snapshot: 0 };
  const tokens = new Map<string, string>();
  for (let round = 0; round < rounds; round += 1) {
    const jobQueue = queueNames[round % queues] ?? '';
    const page = { jobQueue, jobStatus: 'RUNNABLE', maxResults: 100, nextToken: tokens.get(jobQueue) };
    const list = await timed(() => call<{ readonly nextToken: string }>('ListJobs', page));
    tokens.set(jobQueue, list.answer.nextToken);
    const snapshot = await timed(() => call<Snapshot>('GetJobQueueSnapshot', { jobQueue }));
    if (snapshot.answer.frontOfQueue.jobs.length === 0) throw new Error('the queue has no front');
    if (round < rounds / 5) continue;
    lists.push(list.milliseconds);
    snapshots.push(snapshot.milliseconds);
    cpu.list += list.cpu;
    cpu.snapshot += snapshot.cpu;
  }
  const [listMilliseconds, snapshotMilliseconds] = [lists, snapshots];
  return {
    ...{ listMilliseconds, snapshotMilliseconds },
    ...{ listCpu: cpu.list / lists.length, snapshotCpu: cpu.snapshot / snapshots.length },
  };
}

interface Snapshot {
  readonly frontOfQueue: { readonly jobs: readonly object[] };
}

function caller(on: WholeServer, { registry }: OpenServices) {
  return async <Answer>(operation: string, input: object): Promise<Answer> =>
    (await registry.invoke('batch', operation, input, on.context())) as Answer;
}

/** Milliseconds, and those of CPU of the main thread. */
async function timed<Answer>(work: () => Promise<Answer>) {
  const [cpu, began] = [process.threadCpuUsage(), performance.now()];
  const answer = await work();
  const milliseconds = performance.now() - began;
  const { user, system } = process.threadCpuUsage(cpu);
  return { answer, milliseconds, cpu: (user + system) / 1000 };
}
