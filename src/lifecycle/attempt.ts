import type { EpochMilliseconds } from '../core/ids.ts';
import type { AttemptRecord, ContainerOutcome } from '../core/job.ts';
import type { JobEventOf } from './job-event.ts';
import type { PlacedJob } from './outcome.ts';
import { endReasons } from './status-reasons.ts';

/** What DescribeJobs will list of the attempt that `event` ends. A stop's reason is the attempt's, as AWS shows it. */
export function recordAttempt(job: PlacedJob, event: JobEventOf<'ended'>): AttemptRecord {
  const startedAt = job.status === 'RUNNING' ? job.startedAt : firstStart(event);
  const notes = event.notes ?? job.placement.notes ?? [];
  return {
    taskId: event.taskId,
    ...(startedAt === undefined ? {} : { startedAt }),
    stoppedAt: event.at,
    statusReason: job.stop?.reason ?? (event.statusReason || endReasons[event.cause]),
    containers: withLogStream(job, event),
    taskArn: job.placement.taskArn,
    containerInstanceArn: job.placement.containerInstanceArn,
    ...(notes.length === 0 ? {} : { notes }),
  };
}

/** Its containers ran to their own end, all with exit code 0. */
export function succeeded(event: JobEventOf<'ended'>): boolean {
  const { cause, containers } = event;
  return cause === 'exited' && containers.length > 0 && containers.every((container) => container.exitCode === 0);
}

/** A task's stream was opened with its placement; what never ran wrote nothing to it. */
function withLogStream(job: PlacedJob, { cause, containers }: JobEventOf<'ended'>): readonly ContainerOutcome[] {
  const { logStreamName } = job.placement;
  if (logStreamName === undefined || cause === 'failed-to-start') return containers;
  return containers.map((container) => ({ logStreamName, ...container }));
}

/** When a task started that ended before it was reported to run. */
function firstStart(event: JobEventOf<'ended'>): EpochMilliseconds | undefined {
  const starts = event.containers.flatMap((container) => container.startedAt ?? []);
  return starts.length === 0 ? undefined : Math.min(...starts);
}
