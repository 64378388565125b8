import { heldTask, type JobEntry, type Jobs } from '../../../jobs/index.ts';
import { describeReason } from '../../../scheduler/index.ts';
import type { BlockedQueues } from './blocked-queues.ts';
import type { Explanation } from './contract.ts';
import type { QueueModel } from './queue-model.ts';
import type { TaskEngines } from './task-engines.ts';

/** Says why a job is where it is: computed when read, from the scheduler's own model. */
export function explain(
  entry: JobEntry,
  jobs: Jobs,
  queues: QueueModel,
  engines: TaskEngines,
  blocked: BlockedQueues,
): Explanation {
  const { jobId, state } = entry;
  const waiting = queues.explain(jobId);
  const remedy = queues.remedy(jobId);
  return {
    jobId,
    status: state.status,
    text: waiting ? describeReason(waiting) : textOf(entry, jobs),
    ...(waiting ? { waiting } : {}),
    ...(remedy === undefined ? {} : { remedy }),
    notes: [
      ...queues.limitNotes(jobId),
      ...blockedNotes(entry, blocked),
      ...idleActionNotes(entry, queues),
      ...taskNotes(entry, queues, engines),
    ],
  };
}

function textOf({ state, names }: JobEntry, jobs: Jobs): string {
  switch (state.status) {
    case 'PENDING': {
      const open = names.filter((id) => jobs.get(id));
      const words = `Waiting for ${open.length} job(s) to succeed: ${open.slice(0, 3).join(', ')}`;
      return state.stop ? `${words}. Cancelled: it ends when the jobs it waits for have ended.` : words;
    }
    case 'STARTING':
      return 'Starting';
    case 'RUNNING':
      return state.stop ? `Stopping: ${state.stop.reason}` : 'Running';
    default:
      return ('statusReason' in state && state.statusReason) || '';
  }
}

/** Since when the job stands blocked at the head of its queue. */
function blockedNotes({ jobId, jobQueueArn }: JobEntry, blocked: BlockedQueues): readonly string[] {
  const head = blocked.of(jobQueueArn);
  return head?.jobId === jobId ? [`blocked at the head of its queue since ${new Date(head.since).toISOString()}`] : [];
}

/** What the queue stores and this version does not do to a job that waits. */
function idleActionNotes({ jobQueueArn, state }: JobEntry, queues: QueueModel): readonly string[] {
  const actions = queues.queue(jobQueueArn)?.jobStateTimeLimitActions ?? [];
  if (state.status !== 'RUNNABLE' || actions.length === 0) return [];
  return ['jobStateTimeLimitActions of the job queue has no effect in this version: the job waits on'];
}

/** What the engine said of this task; until it has, what it said of itself. */
function taskNotes(job: JobEntry, queues: QueueModel, engines: TaskEngines): readonly string[] {
  const task = job.kind === 'single' ? heldTask({ job }) : undefined;
  if (!task) return [];
  if (task.placement.notes) return task.placement.notes;
  const kind = queues.engineOf(task.placement.computeEnvironmentArn);
  const isolation = kind && engines.description(kind)?.isolation;
  return isolation ? [`engine ${kind}: ${isolation}`] : [];
}
