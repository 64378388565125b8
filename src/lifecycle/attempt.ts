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
    containers: outcomesOf(placement, end),
    taskArn: placement.taskArn,
    containerInstanceArn: placement.containerInstanceArn,
    ...(placement.address === undefined ? {} : { address: placement.address }),
    ...(notes.length === 0 ? {} : { notes }),
    ...(placement.limits === undefined ? {} : { limits: placement.limits }),
  };
}

/** The task came to its own end, and its essential containers to exit code 0. What became of side-cars is no matter. */
export function succeeded({ placement }: Placed, { cause, containers }: TaskEnd): boolean {
  const essential = containers.filter(({ name }) => placedAs(placement, name)?.essential !== false);
  return cause === 'exited' && essential.length > 0 && essential.every(({ exitCode }) => exitCode === 0);
}

/** Outcomes that whoever reports the end does not know: nothing ran, or nobody saw how it ended. */
export function unseenOutcomes(
  { containers }: Placement,
  stoppedAt: EpochMilliseconds,
  reason?: string,
): readonly ContainerOutcome[] {
  return containers.map(({ name }) => ({ name, stoppedAt, ...(reason === undefined ? {} : { reason }) }));
}

/** A container's stream was opened with its placement; what never ran wrote nothing to it. */
function outcomesOf(placement: Placement, { cause, containers }: TaskEnd): readonly ContainerOutcome[] {
  return containers.map((container) => {
    const { logStreamName, essential } = placedAs(placement, container.name) ?? {};
    const neverRan = cause === 'failed-to-start' && container.startedAt === undefined;
    return {
      ...(logStreamName === undefined || neverRan ? {} : { logStreamName }),
      ...container,
      ...(essential === false ? { essential } : {}),
    };
  });
}

function placedAs({ containers }: Placement, name: string) {
  return containers.find((container) => container.name === name);
}

/** When a task started that ended before it was reported to run. */
function firstStart(end: TaskEnd): EpochMilliseconds | undefined {
  const starts = end.containers.flatMap((container) => container.startedAt ?? []);
  return starts.length === 0 ? undefined : Math.min(...starts);
}
