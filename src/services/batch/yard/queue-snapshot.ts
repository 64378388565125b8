import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import { parseJobId } from '../../../core/job.ts';
import { heldTask, type Jobs } from '../../../jobs/index.ts';
import type { QueueSnapshot } from './contract.ts';
import type { QueueModel } from './queue-model.ts';

/** What snapshots are read from. */
interface SnapshotSources {
  readonly jobs: Jobs;
  readonly queues: Pick<QueueModel, 'front'>;
  /** When a job left the queue last, started or ended, as far as this server has seen it. */
  readonly lastLeft: (queueArn: string) => EpochMilliseconds | undefined;
}

/** The front of a queue, and what its jobs hold. Costs what it answers, and a look at each task that runs. */
export function queueSnapshot(queueArn: string, limit: number, sources: SnapshotSources): QueueSnapshot {
  const { jobs, queues, lastLeft } = sources;
  const { vcpus, lastPlacedAt } = heldOf(queueArn, jobs);
  const movedAt = Math.max(lastPlacedAt, lastLeft(queueArn) ?? 0);
  const ids = jobsOf(queues.front(queueArn, limit), jobs);
  return { front: ids.map((jobId) => ({ jobId, at: Math.max(waitingSince(jobId, jobs), movedAt) })), vcpus };
}

/** Of elements of a queue in their order, the jobs: of an array one child after the other. */
function jobsOf(elements: readonly JobId[], jobs: Jobs): readonly JobId[] {
  const counts = new Map<JobId, number>();
  for (const element of elements) counts.set(element, (counts.get(element) ?? 0) + 1);
  const children = new Map([...counts].map(([element, count]) => [element, jobs.waitingIn(element, count).values()]));
  return elements.flatMap((element) => children.get(element)?.next().value ?? []);
}

function heldOf(queueArn: string, jobs: Jobs): { readonly vcpus: number; readonly lastPlacedAt: EpochMilliseconds } {
  let [vcpus, lastPlacedAt] = [0, 0];
  for (const holder of jobs.tasks().values()) {
    const held = holder.job.jobQueueArn === queueArn ? heldTask(holder) : undefined;
    if (!held) continue;
    vcpus += held.request.vcpus;
    lastPlacedAt = Math.max(lastPlacedAt, held.placement.placedAt);
  }
  return { vcpus, lastPlacedAt };
}

/** Since it was submitted, or its last attempt ended. */
function waitingSince(jobId: JobId, jobs: Jobs): EpochMilliseconds {
  const { jobId: parent, childIndex } = parseJobId(jobId);
  const job = jobs.get(parent);
  if (!job) return 0;
  const state = job.kind === 'array' ? jobs.child(job, childIndex ?? 0)?.leaf : job.state;
  const attempts = state && 'attempts' in state ? state.attempts : [];
  return Math.max(job.createdAt, attempts.at(-1)?.stoppedAt ?? 0);
}
