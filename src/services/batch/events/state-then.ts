import type { AttemptRecord, Placement } from '../../../core/job.ts';
import type { JobFact } from '../../../store/index.ts';
import type { ShownState } from '../shown-jobs.ts';
import { attemptsOf } from '../views/attempts.ts';

/**
 * The state that a job had after a fact, whatever has become of it since: the fact says what changed; attempts that had ended, and
 * where one ran, are kept with the job and never rewritten. `now` is undefined of what has no row of its own.
 */
export function stateThen(fact: JobFact, now: ShownState | undefined): ShownState {
  const { to: status, at, reason, startedAt, stoppedAt } = fact;
  const attempts = attemptsThen(fact, now);
  const placement = status === 'STARTING' || status === 'RUNNING' ? placementThen(fact, now, attempts) : undefined;
  const isOver = status === 'SUCCEEDED' || status === 'FAILED';
  const stop = isOver ? now?.stop : undefined;
  return {
    status,
    attempts,
    ...(reason === undefined ? {} : { statusReason: reason }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(isOver ? { stoppedAt: stoppedAt ?? at } : {}),
    ...(placement && { placement }),
    ...(stop && { stop }),
  } as ShownState;
}

function attemptsThen(
  { attempts: count = 0, attempt }: JobFact,
  now: ShownState | undefined,
): readonly AttemptRecord[] {
  const known = now ? attemptsOf(now).slice(0, count) : [];
  return attempt && known.length < count ? [...known, attempt] : known;
}

/** Where the attempt ran that was under way then: it may have ended since. */
function placementThen(
  { placement }: JobFact,
  now: ShownState | undefined,
  ended: readonly AttemptRecord[],
): Partial<Placement> | undefined {
  if (placement || !now) return placement;
  const all = attemptsOf(now);
  if ('placement' in now && all.length === ended.length) return now.placement;
  const attempt = all[ended.length];
  if (!attempt) return undefined;
  const { taskId, taskArn, containerInstanceArn, containers, address } = attempt;
  return { taskId, taskArn, containerInstanceArn, containers, ...(address === undefined ? {} : { address }) };
}
