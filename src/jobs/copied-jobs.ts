import type { JobId } from '../core/ids.ts';
import type { Dependency } from '../core/job.ts';
import type { ArrayChildRecord, JobTraits } from '../core/job-record.ts';
import type { JobsContext } from './context.ts';
import type { ArrayEntry, GangEntry, JobEntry, LiveChild, SingleEntry } from './entry.ts';
import type { LoadedArray, LoadedJob } from './loading.ts';

/** Jobs as other `Jobs` are to load them: what they wait for among the jobs that have not ended is all that they wait for. */
export interface CopiedJobs {
  readonly jobs: readonly LoadedJob[];
  readonly arrays: readonly LoadedArray[];
}

/** Bounds of what is looked at in one turn. */
export interface CopyLimits {
  /** Jobs, nodes, and who waits for whom. */
  readonly jobs: number;
  readonly children: number;
}

/**
 * A copy of some jobs, and of all that wait for one of them, and for those in turn: what these do moves no other job. Undefined where that is
 * more than the limits let.
 */
export function copyJobs(context: JobsContext, ids: Iterable<JobId>, limits: CopyLimits): CopiedJobs | undefined {
  const closure = new Closure(context, limits);
  if (!closure.follow(ids)) return undefined;
  const found: { jobs: LoadedJob[]; arrays: LoadedArray[] } = { jobs: [], arrays: [] };
  for (const entry of closure.entries.values()) {
    const dependsOn = closure.dependsOn.get(entry.jobId) ?? nothing;
    if (entry.kind === 'single') found.jobs.push(copyOfSingle(entry, dependsOn));
    else if (entry.kind === 'array') found.arrays.push(copyOfArray(entry, dependsOn));
    else found.jobs.push(copyOfGang(entry, dependsOn));
  }
  return found;
}

const nothing: readonly Dependency[] = [];

/** Jobs that are copied, and what they wait for. */
class Closure {
  readonly entries = new Map<JobId, JobEntry>();
  readonly dependsOn = new Map<JobId, Dependency[]>();
  readonly #context: JobsContext;
  readonly #limits: CopyLimits;
  #jobs = 0;
  #children = 0;

  constructor(context: JobsContext, limits: CopyLimits) {
    this.#context = context;
    this.#limits = limits;
  }

  /** Answers whether that was all within the limits. */
  follow(ids: Iterable<JobId>): boolean {
    for (const id of ids) if (!this.#take(id)) return false;
    for (const id of this.entries.keys()) if (!this.#takeDependents(id)) return false;
    return this.#noteOthers();
  }

  #take(jobId: JobId): boolean {
    const entry = this.#context.registry.get(jobId);
    if (!entry || this.entries.has(jobId)) return true;
    this.entries.set(jobId, entry);
    if (entry.kind === 'array') this.#children += entry.children.size;
    return this.#spend(entry.kind === 'multiNode' ? entry.size : 1);
  }

  /** The map grows meanwhile, and is gone through to its end. */
  #takeDependents(on: JobId): boolean {
    const { graph } = this.#context;
    if (!graph.hasEdges(on)) return true;
    for (const [dependent, dependency] of graph.edgesOf(on)) {
      this.#note(dependent, dependency);
      if (!this.#spend(1) || !this.#take(dependent)) return false;
    }
    return true;
  }

  /** What they wait for beside: those are not copied, so that it never comes. */
  #noteOthers(): boolean {
    const others = new Set<JobId>();
    for (const { names } of this.entries.values()) for (const on of names) if (!this.entries.has(on)) others.add(on);
    for (const on of others)
      for (const [dependent, dependency] of this.#context.graph.edgesOf(on)) {
        if (!this.#spend(1)) return false;
        if (this.entries.has(dependent)) this.#note(dependent, dependency);
      }
    return true;
  }

  #note(dependent: JobId, dependency: Dependency): void {
    const known = this.dependsOn.get(dependent);
    if (known) known.push(dependency);
    else this.dependsOn.set(dependent, [dependency]);
  }

  #spend(units: number): boolean {
    this.#jobs += units;
    return this.#jobs <= this.#limits.jobs && this.#children <= this.#limits.children;
  }
}

/** Literals and no spreads: thousands are copied in one turn, and a spread costs more than all the rest. */
function copyOfSingle(entry: SingleEntry, dependsOn: readonly Dependency[]): LoadedJob {
  const { jobId, number, createdAt, order, state } = entry;
  return { job: { kind: 'single', jobId, number, createdAt, order, traits: traitsOf(entry, dependsOn), state } };
}

function copyOfGang(entry: GangEntry, dependsOn: readonly Dependency[]): LoadedJob {
  const { jobId, number, createdAt, order, size, mainNode, ranges, state } = entry;
  const traits = traitsOf(entry, dependsOn);
  const nodes = Array.from(entry.nodes, ([index, node]) => ({ number, index, state: node }));
  return { job: { kind: 'multiNode', jobId, number, createdAt, order, traits, size, mainNode, ranges, state }, nodes };
}

function copyOfArray(entry: ArrayEntry, dependsOn: readonly Dependency[]): LoadedArray {
  const { jobId, number, createdAt, order, children, state, changedAt, fellAt, isSequential } = entry;
  const traits = traitsOf(entry, isSequential ? [...dependsOn, { type: 'SEQUENTIAL' }] : dependsOn);
  return {
    job: { kind: 'array', jobId, number, createdAt, order, traits, size: children.size, state },
    stored: { codes: children.codes().slice(), changedAt, ...(fellAt !== undefined && { fellAt }) },
    children: Array.from(entry.live, ([index, child]) => rowOf(number, index, child)),
  };
}

function rowOf(number: number, index: number, { leaf: state, order }: LiveChild): ArrayChildRecord {
  return order === undefined ? { number, index, state } : { number, index, state, order };
}

function traitsOf(entry: JobEntry, dependsOn: readonly Dependency[]): JobTraits {
  return {
    scope: entry.scope,
    jobQueueArn: entry.jobQueueArn,
    jobDefinitionArn: entry.jobDefinitionArn,
    user: entry.user,
    resources: entry.resources,
    dependsOn,
    retryStrategy: entry.retryStrategy,
    timeoutSeconds: entry.timeoutSeconds,
    shareIdentifier: entry.shareIdentifier,
    schedulingPriority: entry.schedulingPriority,
  };
}
