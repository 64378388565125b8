import type { EpochMilliseconds, JobId } from '../../src/core/ids.ts';
import {
  type Decision,
  type FleetOptions,
  type InstanceDecision,
  Scheduler,
  type SchedulerEvent,
} from '../../src/scheduler/index.ts';
import { SeededRandom } from '../../test/support/seeded-random.ts';

export interface BacklogSize {
  /** That wait, all the time. */
  readonly jobs: number;
  readonly shares: number;
  /** Whose shares take turns, all of one priority. */
  readonly queues: number;
  /** vCPUs that are in use, all the time. */
  readonly vcpus: number;
  /** Present: they are those of so many instances, which are launched for the first jobs. */
  readonly instances?: number;
}

/** What one plan decided, and what it took. */
export interface Turn {
  readonly decisions: number;
  /** Instances that are launched. They are there at once. */
  readonly launched: number;
  readonly milliseconds: number;
  /** Of the thread, in microseconds; the kernel counts it in ticks, so only sums over many plans say something. */
  readonly cpu: number;
}

interface RunningJob {
  readonly number: number;
  readonly jobId: JobId;
  readonly computeEnvironmentArn: string;
  readonly pool: string;
  readonly instance: string;
}

const environments = ['ce-0', 'ce-1'];
/** Sizes of jobs: few, as heads of many shares ask for the same. */
const vcpusOf = [1, 2, 4, 8] as const;
const memoryPerVcpuOf = [1_024, 2_048, 4_096] as const;
const meanLifeSeconds = 3_600;
const decisionsPerPlan = 256;

/** A scheduler that is full: so many jobs of many shares wait, and when some end others start and as many new ones come. */
export class Backlog {
  readonly #size: BacklogSize;
  readonly #random = new SeededRandom(7);
  readonly #scheduler = new Scheduler();
  readonly #running: RunningJob[] = [];
  #now: EpochMilliseconds = 1_790_000_000_000;
  #submitted = 0;
  #instances = 0;

  constructor(size: BacklogSize) {
    this.#size = size;
    const { queues, vcpus, instances } = size;
    const memoryMiB = vcpus * 4_096;
    this.#tell({ kind: 'pool-capacity', pool: 'cluster', instance: 'i-1', vcpus, memoryMiB, gpus: 0, shrinks: false });
    for (const arn of environments) {
      const maxvCpus = vcpus / environments.length;
      this.#tell({
        kind: 'compute-environment-put',
        arn,
        state: 'ENABLED',
        status: 'VALID',
        maxvCpus,
        pool: 'cluster',
        ...(instances !== undefined && { fleet: fleetOf(arn, vcpus / instances) }),
      });
    }
    const decays = [{ since: 0, seconds: meanLifeSeconds }];
    const fairShare = { decays, computeReservation: 0, weights: [], blocking: 'share' } as const;
    for (let queue = 0; queue < queues; queue += 1)
      this.#tell({ kind: 'job-queue-put', ...queueSettings(queue), fairShare });
    this.#refill();
    while (this.#goesOn(this.plan(decisionsPerPlan))) this.#refill();
  }

  #goesOn({ decisions, launched }: Turn): boolean {
    return decisions > 0 || launched > 0;
  }

  get waiting(): number {
    return this.#scheduler.stats().waiting;
  }

  /** That have been launched. */
  get instances(): number {
    return this.#instances;
  }

  get running(): number {
    return this.#running.length;
  }

  /** Jobs that run of each queue. */
  get runningOfQueues(): readonly number[] {
    const counts = Array<number>(this.#size.queues).fill(0);
    for (const { number } of this.#running) {
      const queue = number % counts.length;
      counts[queue] = (counts[queue] ?? 0) + 1;
    }
    return counts;
  }

  /** A second later, so many jobs end, any of those that run; a plan of at most `limit` follows, and jobs come for those that started. */
  turn(ends: number, limit: number): Turn {
    this.#now += 1_000;
    for (let end = 0; end < ends; end += 1) this.#endOne();
    const turn = this.plan(limit);
    while (this.#goesOn(this.plan(decisionsPerPlan)));
    this.#refill();
    return turn;
  }

  plan(limit: number): Turn {
    const [before, began] = [process.threadCpuUsage(), performance.now()];
    const { decisions, instances } = this.#scheduler.plan(this.#now, limit);
    const milliseconds = performance.now() - began;
    const { user, system } = process.threadCpuUsage(before);
    for (const decision of decisions) this.#running.push(runningJobOf(decision));
    const launched = instances.reduce((sum, decision) => sum + this.#carryOut(decision), 0);
    return { decisions: decisions.length, launched, milliseconds, cpu: user + system };
  }

  /** Answers how many instances come. */
  #carryOut(decision: InstanceDecision): number {
    if (decision.kind !== 'launch') return 0;
    const { computeEnvironmentArn, instances } = decision;
    for (const { id } of instances) this.#tell({ kind: 'instance-ready', computeEnvironmentArn, id });
    this.#instances += instances.length;
    return instances.length;
  }

  #endOne(): void {
    const at = this.#random.below(this.#running.length);
    const last = this.#running.pop();
    if (!last) throw new Error('nothing runs');
    const ended = this.#running[at] ?? last;
    if (ended !== last) this.#running[at] = last;
    const { number, ...place } = ended;
    this.#tell({ kind: 'task-finished', ...place });
    this.#tell({ kind: 'share-jobs', by: -1, ...this.#seatOf(number) });
  }

  #refill(): void {
    for (let missing = this.#size.jobs - this.waiting; missing > 0; missing -= 1) this.#submit();
  }

  #submit(): void {
    const number = this.#submitted;
    this.#submitted += 1;
    const vcpus = this.#random.pick(vcpusOf);
    const memoryMiB = vcpus * this.#random.pick(memoryPerVcpuOf);
    const seat = this.#seatOf(number);
    this.#tell({ kind: 'share-jobs', by: 1, ...seat });
    const jobId = idOf(number);
    this.#tell({ kind: 'job-queued', jobId, sequence: number, request: { vcpus, memoryMiB, gpus: 0 }, ...seat });
  }

  /** Each share is of one queue. */
  #seatOf(number: number) {
    const { shares, queues } = this.#size;
    const share = number % shares;
    return { queueArn: `queue-${share % queues}`, share: `share-${share}` };
  }

  #tell(event: SchedulerEvent): void {
    this.#scheduler.apply(event, this.#now);
  }
}

/** It launches instances of one type, with as much memory a vCPU as the most that jobs ask for. */
function fleetOf(uuid: string, vcpus: number): FleetOptions {
  const capacity = { vcpuMillis: vcpus * 1_000, memoryMiB: vcpus * 4_096, gpus: 0 };
  const type = { name: 'bench', vcpus, capacity, onDemand: 1, spot: 1, interruption: 0 };
  return {
    ...{ uuid, strategy: 'BEST_FIT_PROGRESSIVE', purchase: 'on-demand', types: [type] },
    ...{ bidPercentage: 100, minvCpus: 0 },
  };
}

function queueSettings(queue: number) {
  return { arn: `queue-${queue}`, priority: 1, acceptsPlacement: true, computeEnvironmentArns: environments };
}

/** As long as a real one. */
function idOf(number: number): JobId {
  return `0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}` as JobId;
}

function runningJobOf(decision: Decision): RunningJob {
  if (decision.kind !== 'place') throw new Error('no job here has nodes');
  const { jobId, computeEnvironmentArn, pool, instance } = decision;
  return { number: Number(jobId.slice(-12)), jobId, computeEnvironmentArn, pool, instance };
}
