import type { Scope } from '../../../core/arn.ts';
import type { Clock } from '../../../core/clock.ts';
import type { EpochMilliseconds, JobId, Milliseconds, TaskId } from '../../../core/ids.ts';
import { childId, nodeId, type Placement, type ResourceRequest } from '../../../core/job.ts';
import { heldTask, type Jobs, type TaskHolder } from '../../../jobs/index.ts';

/** A task that a job holds, or held until a moment ago. */
export interface ShownTask {
  readonly taskId: TaskId;
  /** Of what holds it: the job's own, the child's or the node's. */
  readonly id: JobId;
  readonly scope: Scope;
  readonly status: 'STARTING' | 'RUNNING' | 'STOPPED';
  /** It is to be stopped, or has been. */
  readonly isToStop: boolean;
  readonly taskArn: string;
  readonly containerInstanceArn: string;
  readonly computeEnvironmentArn: string;
  readonly jobDefinitionArn: string;
  readonly placedAt: EpochMilliseconds;
  /** The machine that it has, `i-...`. */
  readonly instance: string;
  /** While it runs. */
  readonly startedAt?: EpochMilliseconds;
  /** Of its containers that run in images, by name. */
  readonly imageDigests: ReadonlyMap<string, string>;
  /** What it holds; absent once it has stopped. */
  readonly asked?: ResourceRequest;
}

interface EndedTask {
  readonly task: ShownTask;
  readonly at: EpochMilliseconds;
}

/** ECS shows what has stopped for an hour. */
const shownFor: Milliseconds = 60 * 60 * 1000;
/** Of more that ended in an hour, the latest. */
export const mostEnded = 2_000;

/** The tasks that are shown: those that jobs hold, and those of the last hour. */
export class ShownTasks {
  readonly #jobs: Jobs;
  readonly #clock: Clock;
  /** The one that ended first comes first. */
  readonly #ended = new Map<TaskId, EndedTask>();

  constructor(jobs: Jobs, clock: Clock) {
    this.#jobs = jobs;
    this.#clock = clock;
  }

  /** A task is over, and that is durable. */
  ended(holder: TaskHolder, placement: Placement): void {
    const { taskId } = placement;
    if (this.#ended.has(taskId)) return;
    const at = this.#clock.now();
    this.#ended.set(taskId, { task: shown(holder, placement, { status: 'STOPPED', isToStop: true }), at });
    this.#forgetOld(at);
  }

  /** The task of a scope, by its id as text. */
  get({ account, region }: Scope, id: string): ShownTask | undefined {
    this.#forgetOld(this.#clock.now());
    const taskId = id as TaskId;
    const holder = this.#jobs.byTask(taskId);
    const task = (holder && this.#held(holder)) ?? this.#ended.get(taskId)?.task;
    return task?.scope.account === account && task.scope.region === region ? task : undefined;
  }

  /** Those of a scope, in no order: what jobs hold, or what has ended. Looks at memory alone. */
  *all({ account, region }: Scope, which: 'held' | 'ended'): Generator<ShownTask> {
    for (const task of which === 'held' ? this.#allHeld() : this.#allEnded())
      if (task.scope.account === account && task.scope.region === region) yield task;
  }

  *#allHeld(): Generator<ShownTask> {
    for (const holder of this.#jobs.tasks().values()) {
      const task = this.#held(holder);
      if (task) yield task;
    }
  }

  *#allEnded(): Generator<ShownTask> {
    this.#forgetOld(this.#clock.now());
    for (const { task } of this.#ended.values()) if (!this.#jobs.byTask(task.taskId)) yield task;
  }

  #held(holder: TaskHolder): ShownTask | undefined {
    const held = heldTask(holder);
    return held && shown(holder, held.placement, { ...held, asked: held.request });
  }

  #forgetOld(now: EpochMilliseconds): void {
    for (const [taskId, { at }] of this.#ended) {
      if (this.#ended.size <= mostEnded && at > now - shownFor) return;
      this.#ended.delete(taskId);
    }
  }
}

type Standing = Pick<ShownTask, 'status' | 'isToStop' | 'startedAt' | 'asked'>;

function shown(holder: TaskHolder, placement: Placement, standing: Standing): ShownTask {
  const { status, isToStop, startedAt, asked } = standing;
  const { scope, jobDefinitionArn } = holder.job;
  const { taskId, taskArn, containerInstanceArn, computeEnvironmentArn, placedAt, instance } = placement;
  const digests = placement.containers.flatMap(({ name, image }) => (image ? [[name, image.digest] as const] : []));
  return {
    ...{ taskId, id: idOf(holder), scope, status, isToStop, taskArn, containerInstanceArn, computeEnvironmentArn },
    ...{ jobDefinitionArn, placedAt, instance, imageDigests: new Map(digests) },
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(asked && { asked }),
  };
}

function idOf({ job, index = 0 }: TaskHolder): JobId {
  switch (job.kind) {
    case 'single':
      return job.jobId;
    case 'array':
      return childId(job.jobId, index);
    case 'multiNode':
      return nodeId(job.jobId, index);
  }
}
