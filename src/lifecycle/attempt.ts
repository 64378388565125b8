import type { EpochMilliseconds } from '../core/ids.ts';
import type { AttemptRecord, ContainerOutcome, Placement } from '../core/job.ts';
import type { TaskEnd } from './leaf-event.ts';
import { endReasons } from './status-reasons.ts';

/** What ran: a leaf or a node that holds a task. */
interface Placed {
  readonly placement: Placement;
  readonly startedAt?: EpochMilliseconds;
}

/** What DescribeJobs will list of the attempt that ends. A stop's reason is the attempt's, as AWS shows it. */
export function recordAttempt(
  placed: Placed,
  end: TaskEnd,
  at: EpochMilliseconds,
  stopReason: string | undefined,
): AttemptRecord {
  const startedAt = placed.startedAt ?? firstStart(end);
  const { placement } = placed;
  const notes = end.notes ?? placement.notes ?? [];
  return {
    taskId: end.taskId,
    ...(startedAt === undefined ? {} : { startedAt }),
    stoppedAt: at,
    statusReason: stopReason ?? (end.statusReason || endReasons[end.cause]),
    containers: withLogStream(placement, end),
    taskArn: placement.taskArn,
    containerInstanceArn: placement.containerInstanceArn,
    ...(notes.length === 0 ? {} : { notes }),
  };
}

/** Its containers ran to their own end, all with exit code 0. */
export function succeeded({ cause, containers }: TaskEnd): boolean {
  return cause === 'exited' && containers.length > 0 && containers.every((container) => container.exitCode === 0);
}

/** A task's stream was opened with its placement; what never ran wrote nothing to it. */
function withLogStream({ logStreamName }: Placement, { cause, containers }: TaskEnd): readonly ContainerOutcome[] {
  if (logStreamName === undefined || cause === 'failed-to-start') return containers;
  return containers.map((container) => ({ logStreamName, ...container }));
}

/** When a task started that ended before it was reported to run. */
function firstStart(end: TaskEnd): EpochMilliseconds | undefined {
  const starts = end.containers.flatMap((container) => container.startedAt ?? []);
  return starts.length === 0 ? undefined : Math.min(...starts);
}
