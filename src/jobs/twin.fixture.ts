import type { JobId } from '../core/ids.ts';
import type { Dependency, Stop, StoredStatus } from '../core/job.ts';

/** One that lives: a single job, a child, or what a gang shows of itself. */
export interface TwinLeaf {
  status: StoredStatus;
  failures: number;
  stop?: Stop['kind'] | undefined;
  reason?: string | undefined;
}

interface TwinCommon {
  readonly id: JobId;
  readonly attempts: number;
  readonly dependsOn: readonly Dependency[];
}

export interface TwinJob extends TwinCommon {
  readonly kind: 'single' | 'array' | 'multiNode';
  /** The job itself. */
  readonly own: TwinLeaf;
  /** Every child as an object. */
  readonly children: TwinLeaf[];
  ownerStop?: { kind: 'cancel' | 'terminate'; reason: string } | undefined;
  /** Of a gang whose main node has ended: what becomes of it when the last node has. */
  ending?: { to: StoredStatus; reason: string } | undefined;
  /** Nodes by index; started when the real one says so. */
  readonly nodes: Map<number, TwinLeaf>;
}

const fallen = 'Dependent Job failed';
const exited = 'Essential container in task exited';

/**
 * The same jobs, told naively: every child is an object, and whatever follows from what has happened is worked out anew
 * from everything, until nothing changes. It knows nothing of slices, bits, counters, rows or crashes.
 */
export class Twin {
  jobs = new Map<JobId, TwinJob>();

  copy(): Twin {
    const twin = new Twin();
    twin.jobs = structuredClone(this.jobs);
    return twin;
  }

  submit(
    job: TwinCommon & { readonly kind: TwinJob['kind']; readonly size: number; readonly failsAtOnce?: string },
  ): void {
    const { id, kind, attempts, dependsOn, size, failsAtOnce } = job;
    const leaf = (): TwinLeaf => ({ status: 'PENDING', failures: 0 });
    const children = kind === 'array' ? Array.from({ length: size }, leaf) : [];
    const own = leaf();
    this.jobs.set(id, { id, kind, attempts, dependsOn, own, children, nodes: new Map() });
    if (failsAtOnce !== undefined) for (const each of [own, ...children]) end(each, 'FAILED', failsAtOnce);
    this.settle();
  }

  /** Placed, started. */
  move(leaf: TwinLeaf, status: 'STARTING' | 'RUNNING' | 'RUNNABLE'): void {
    leaf.status = status;
    this.settle();
  }

  /** The task of a single job or a child has ended. */
  endTask(job: TwinJob, leaf: TwinLeaf, isGood: boolean, reason = exited): void {
    const owner = job.ownerStop;
    const stopReason = leaf.stop ? leaf.reason : owner?.kind === 'terminate' ? owner.reason : undefined;
    if (stopReason !== undefined) end(leaf, 'FAILED', stopReason);
    else if (isGood) end(leaf, 'SUCCEEDED', reason);
    else {
      leaf.failures += 1;
      if (leaf.failures < job.attempts && !owner) leaf.status = 'RUNNABLE';
      else end(leaf, 'FAILED', reason);
    }
    this.settle();
  }

  refuse(job: TwinJob, leaf: TwinLeaf): void {
    const reason = leaf.stop ? leaf.reason : job.ownerStop?.reason;
    if (reason === undefined) leaf.status = 'RUNNABLE';
    else end(leaf, 'FAILED', reason);
    this.settle();
  }

  timeOut(leaf: TwinLeaf): void {
    leaf.stop = 'timeout';
    leaf.reason = 'Job attempt duration exceeded timeout';
  }

  stopLeaf(job: TwinJob, leaf: TwinLeaf, kind: 'cancel' | 'terminate', reason: string): void {
    const isPlaced = leaf.status === 'STARTING' || leaf.status === 'RUNNING';
    if (leaf.stop || isEnded(leaf)) return;
    if (isPlaced && (kind === 'cancel' || job.ownerStop?.kind === 'terminate')) return;
    if (!isPlaced && job.ownerStop) return;
    leaf.stop = kind;
    leaf.reason = reason;
    if (leaf.status === 'RUNNABLE') end(leaf, 'FAILED', reason);
    this.settle();
  }

  stopArray(job: TwinJob, kind: 'cancel' | 'terminate', reason: string): void {
    if (isEnded(job.own) || job.ownerStop?.kind === 'terminate' || (job.ownerStop && kind === 'cancel')) return;
    job.ownerStop = { kind, reason: job.ownerStop?.reason ?? reason };
    for (const child of job.children) if (child.status === 'RUNNABLE') end(child, 'FAILED', job.ownerStop.reason);
    this.settle();
  }

  stopGang(job: TwinJob, kind: 'cancel' | 'terminate', reason: string): void {
    const { own } = job;
    if (own.stop || isEnded(own)) return;
    const isPlaced = own.status === 'STARTING' || own.status === 'RUNNING';
    if (isPlaced && kind === 'cancel') return;
    own.stop = kind;
    // The reason of an attempt that has ended stays until the job does.
    own.reason = reason;
    if (own.status === 'RUNNABLE') end(own, 'FAILED', reason);
    this.settle();
  }

  endMain(job: TwinJob, isGood: boolean, reason = exited): void {
    const { own } = job;
    const isBad = own.stop !== undefined || !isGood;
    if (isBad) own.failures += 1;
    const retries = !own.stop && isBad && own.failures < job.attempts;
    const to = retries ? 'RUNNABLE' : isBad ? 'FAILED' : 'SUCCEEDED';
    job.ending = { to, reason: own.stop ? (own.reason ?? '') : reason };
    this.endNodes(job);
  }

  refuseMain(job: TwinJob): void {
    if (job.own.stop) end(job.own, 'FAILED', job.own.reason ?? '');
    else job.own.status = 'RUNNABLE';
    this.settle();
  }

  endNodes(job: TwinJob): void {
    const lives = [...job.nodes.values()].some((node) => !isEnded(node));
    if (!job.ending || lives) return;
    const { to, reason } = job.ending;
    job.ending = undefined;
    if (to === 'RUNNABLE' && !job.own.stop) job.own.status = 'RUNNABLE';
    else if (to === 'RUNNABLE') end(job.own, 'FAILED', job.own.reason ?? '');
    else end(job.own, to as 'FAILED', reason);
    this.settle();
  }

  /** Works out everything that follows. */
  settle(): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const job of this.jobs.values()) changed = this.#settleJob(job) || changed;
    }
  }

  #settleJob(job: TwinJob): boolean {
    if (isEnded(job.own)) return false;
    if (job.kind !== 'array') return this.#settleWaiting(job, job.own, undefined);
    let changed = false;
    job.children.forEach((child, index) => {
      changed = this.#settleWaiting(job, child, index) || changed;
    });
    if (!job.children.every(isEnded)) return changed;
    const failed = job.children.filter(({ status }) => status === 'FAILED');
    const reason =
      job.ownerStop?.reason ?? (failed.every((child) => child.reason === fallen) ? fallen : 'Array Child Job failed');
    end(job.own, failed.length > 0 ? 'FAILED' : 'SUCCEEDED', failed.length > 0 ? reason : undefined);
    return true;
  }

  #settleWaiting(job: TwinJob, leaf: TwinLeaf, index: number | undefined): boolean {
    if (leaf.status !== 'PENDING') return false;
    const stopReason = leaf.stop ? leaf.reason : job.ownerStop?.reason;
    const outside = job.dependsOn.flatMap((dependency) => this.#statusOf(job, dependency, index));
    const earlier =
      index !== undefined && job.dependsOn.some((each) => !('on' in each)) ? job.children.slice(0, index) : [];
    const siblings = earlier.map(({ status }) => status);
    if ([...outside, ...siblings].includes('FAILED')) {
      end(leaf, 'FAILED', stopReason ?? fallen);
      return true;
    }
    const isMet = outside.every((status) => status === 'SUCCEEDED');
    if (isMet && job.ownerStop) {
      end(leaf, 'FAILED', stopReason);
      return true;
    }
    if (!isMet || siblings.some((status) => status !== 'SUCCEEDED')) return false;
    if (stopReason === undefined) leaf.status = 'RUNNABLE';
    else end(leaf, 'FAILED', stopReason);
    return true;
  }

  #statusOf(job: TwinJob, dependency: Dependency, index: number | undefined): StoredStatus[] {
    if (!('on' in dependency)) return [];
    const on = this.jobs.get(dependency.on);
    if (!on) return [];
    if (dependency.index !== undefined) return [on.children[dependency.index]?.status ?? on.own.status];
    const isPair = dependency.type === 'N_TO_N' && job.kind === 'array' && on.kind === 'array' && index !== undefined;
    return [isPair ? (on.children[index]?.status ?? 'FAILED') : on.own.status];
  }
}

function isEnded({ status }: TwinLeaf): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

function end(leaf: TwinLeaf, status: 'SUCCEEDED' | 'FAILED', reason: string | undefined): void {
  leaf.status = status;
  leaf.reason = reason;
}
