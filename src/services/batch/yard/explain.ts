import { describeReason } from '../../../scheduler/index.ts';
import { type JobEntry, placed } from './active-jobs.ts';
import type { BlockedQueues } from './blocked-queues.ts';
import type { Explanation } from './contract.ts';
import type { QueueModel } from './queue-model.ts';
import type { TaskEngines } from './task-engines.ts';

/** Says why a job is where it is: computed when read, from the scheduler's own model. */
export function explain(
  entry: JobEntry,
  queues: QueueModel,
  engines: TaskEngines,
  blocked: BlockedQueues,
): Explanation {
  const { jobId, state } = entry;
  const waiting = queues.explain(jobId);
  return {
    jobId,
    status: state.status,
    text: waiting ? describeReason(waiting) : textOf(entry),
    ...(waiting ? { waiting } : {}),
    notes: [...queues.limitNotes(jobId), ...blockedNotes(entry, blocked), ...taskNotes(entry, queues, engines)],
  };
}

function textOf({ state, waitingFor }: JobEntry): string {
  switch (state.status) {
    case 'PENDING':
      return `Waiting for ${waitingFor.length} job(s) to succeed: ${waitingFor.slice(0, 3).join(', ')}`;
    case 'STARTING':
      return 'Starting';
    case 'RUNNING':
      return state.stop ? `Stopping: ${state.stop.reason}` : 'Running';
    default:
      return state.statusReason ?? '';
  }
}

/** Since when the job stands blocked at the head of its queue. */
function blockedNotes({ jobId, jobQueueArn }: JobEntry, blocked: BlockedQueues): readonly string[] {
  const head = blocked.of(jobQueueArn);
  return head?.jobId === jobId ? [`blocked at the head of its queue since ${new Date(head.since).toISOString()}`] : [];
}

/** What the engine said of this task; until it has, what it said of itself. */
function taskNotes({ state }: JobEntry, queues: QueueModel, engines: TaskEngines): readonly string[] {
  const task = placed(state);
  if (!task) return [];
  if (task.placement.notes) return task.placement.notes;
  const kind = queues.engineOf(task.placement.computeEnvironmentArn);
  const isolation = kind && engines.description(kind)?.isolation;
  return isolation ? [`engine ${kind}: ${isolation}`] : [];
}
