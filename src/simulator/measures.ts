import type { JobId, Milliseconds } from '../core/ids.ts';
import type { BlockedChange, Decision, HeadReason, Scheduler, SchedulerEvent } from '../scheduler/index.ts';
import type { SimulatedEnvironment } from './environment.ts';
import { FleetMeasures } from './fleet-measures.ts';
import { Samples } from './samples.ts';
import { type Level, Timeline } from './timeline.ts';

/** What is measured of one queue. Amounts are thousandths of a vCPU. */
export interface QueueMeasures {
  readonly arn: string;
  /** From RUNNABLE to the placement of each attempt, in milliseconds. */
  readonly waits: Samples;
  readonly waiting: Level;
  readonly vcpuMillis: Level;
  /** Of each share that has had a job; none where there are no shares. */
  readonly shares: Map<string, ShareMeasures>;
  /** How long its head was blocked, by kind of reason. */
  readonly blockedFor: Map<HeadReason['kind'], Milliseconds>;
  blocked: { readonly reason: HeadReason; readonly since: Milliseconds } | undefined;
}

/** What is measured of one share of a queue, as of the queue. */
export interface ShareMeasures {
  readonly identifier: string;
  readonly waits: Samples;
  readonly vcpuMillis: Level;
}

/** A job, or a child that was retried, as the scheduler knows it. */
interface Element {
  readonly queue: QueueMeasures;
  readonly share: ShareMeasures | undefined;
  readonly vcpuMillis: number;
  /** How many began to wait at a time, the oldest first. */
  readonly waiting: { readonly since: Milliseconds; count: number }[];
  placed: number;
}

/** What happens between jobs and the scheduler, summed up. */
export class Measures {
  readonly timeline = new Timeline();
  readonly queues: ReadonlyMap<string, QueueMeasures>;
  readonly environments: ReadonlyMap<string, Level>;
  readonly pools: ReadonlyMap<string, Level>;
  readonly instances: FleetMeasures;
  /** Attempts that were placed. */
  placed = 0;
  readonly #scheduler: Scheduler;
  readonly #now: () => Milliseconds;
  readonly #elements = new Map<JobId, Element>();

  constructor(
    scheduler: Scheduler,
    { queues, computeEnvironments, pools }: SimulatedEnvironment,
    now: () => Milliseconds,
  ) {
    this.#scheduler = scheduler;
    this.#now = now;
    this.instances = new FleetMeasures(this.timeline, now);
    this.queues = new Map(queues.map(({ arn }) => [arn, this.#newQueue(arn)]));
    this.environments = new Map(computeEnvironments.map(({ arn }) => [arn, this.timeline.level()]));
    this.pools = new Map(pools.map(({ pool }) => [pool, this.timeline.level()]));
  }

  #newQueue(arn: string): QueueMeasures {
    const { timeline } = this;
    const levels = { waiting: timeline.level(), vcpuMillis: timeline.level() };
    return { arn, waits: new Samples(), ...levels, shares: new Map(), blockedFor: new Map(), blocked: undefined };
  }

  /** Call before the scheduler hears of it. */
  heard(event: SchedulerEvent): void {
    if (event.kind === 'job-queued') this.#queued(event);
    else if (event.kind === 'job-removed') this.#removed(event.jobId, event.count);
    else if (event.kind === 'task-finished') this.#finished(event);
  }

  /** Call once the scheduler has taken it. */
  decided(decision: Decision): void {
    const element = this.#elements.get(decision.jobId);
    if (!element) return;
    const now = this.#now();
    const { queue, share, vcpuMillis } = element;
    const since = takeOldest(element);
    queue.waiting.change(now, -1);
    for (const each of share ? [queue, share] : [queue]) {
      each.waits.add(now - since);
      each.vcpuMillis.change(now, vcpuMillis);
    }
    element.placed += 1;
    this.placed += 1;
    this.environments.get(decision.computeEnvironmentArn)?.change(now, vcpuMillis);
    this.pools.get(decision.pool)?.change(now, this.#footprint(decision.jobId, decision.pool));
  }

  /** Heads that are blocked since the last plan, and those that are no longer. */
  blocked(changes: readonly BlockedChange[]): void {
    for (const change of changes) {
      const queue = this.queues.get(change.queueArn);
      if (!queue) continue;
      this.#sumUpBlocked(queue);
      queue.blocked = change.kind === 'blocked' ? { reason: change.reason, since: this.#now() } : undefined;
    }
  }

  /** Sums up what is under way. */
  finish(): void {
    for (const queue of this.queues.values()) this.#sumUpBlocked(queue);
    this.instances.finish();
  }

  #sumUpBlocked({ blocked, blockedFor }: QueueMeasures): void {
    if (!blocked) return;
    const { kind } = blocked.reason;
    blockedFor.set(kind, (blockedFor.get(kind) ?? 0) + this.#now() - blocked.since);
  }

  #queued({ jobId, queueArn, request, count = 1, share }: Extract<SchedulerEvent, { kind: 'job-queued' }>): void {
    const queue = this.queues.get(queueArn);
    if (!queue) return;
    const vcpuMillis = Math.ceil(request.vcpus * 1000 - 1e-6);
    const element = this.#elements.get(jobId) ?? {
      ...{ queue, vcpuMillis, waiting: [], placed: 0 },
      share: share === undefined ? undefined : this.#shareOf(queue, share),
    };
    this.#elements.set(jobId, element);
    element.waiting.push({ since: this.#now(), count });
    queue.waiting.change(this.#now(), count);
  }

  #shareOf({ shares }: QueueMeasures, identifier: string): ShareMeasures {
    const known = shares.get(identifier);
    if (known) return known;
    const made = { identifier, waits: new Samples(), vcpuMillis: this.timeline.level() };
    shares.set(identifier, made);
    return made;
  }

  #removed(jobId: JobId, count: number | undefined): void {
    const element = this.#elements.get(jobId);
    if (!element) return;
    const waiting = element.waiting.reduce((sum, each) => sum + each.count, 0);
    const gone = Math.min(waiting, count ?? waiting);
    for (let each = 0; each < gone; each += 1) takeOldest(element);
    element.queue.waiting.change(this.#now(), -gone);
    this.#forgetIfGone(jobId, element);
  }

  #finished({ jobId, computeEnvironmentArn, pool }: Extract<SchedulerEvent, { kind: 'task-finished' }>): void {
    const element = this.#elements.get(jobId);
    if (!element) return;
    const now = this.#now();
    element.placed -= 1;
    element.queue.vcpuMillis.change(now, -element.vcpuMillis);
    element.share?.vcpuMillis.change(now, -element.vcpuMillis);
    this.environments.get(computeEnvironmentArn)?.change(now, -element.vcpuMillis);
    this.pools.get(pool)?.change(now, -this.#footprint(jobId, pool));
    this.#forgetIfGone(jobId, element);
  }

  #footprint(jobId: JobId, pool: string): number {
    return Math.round((this.#scheduler.footprint(jobId, pool)?.vcpus ?? 0) * 1000);
  }

  #forgetIfGone(jobId: JobId, { waiting, placed }: Element): void {
    if (waiting.length === 0 && placed === 0) this.#elements.delete(jobId);
  }
}

/** Since when it waited. */
function takeOldest({ waiting }: Element): Milliseconds {
  const [oldest] = waiting;
  if (!oldest) return 0;
  oldest.count -= 1;
  if (oldest.count === 0) waiting.shift();
  return oldest.since;
}
