import type { Scope } from '../../../core/arn.ts';
import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import type { JobState } from '../../../core/job.ts';
import type { JobFact } from '../../../store/index.ts';
import { placed } from './active-jobs.ts';

/** What changed when a job went from one state to another, as it was then. */
export function jobFact(
  scope: Scope,
  jobId: JobId,
  before: JobState | undefined,
  state: JobState,
  at: EpochMilliseconds,
): JobFact {
  const { status: to, statusReason: reason, attempts } = state;
  const placement = placed(state)?.placement;
  const attempt = attempts.length > (before?.attempts.length ?? 0) ? attempts.at(-1) : undefined;
  const { startedAt, stoppedAt } = state as { startedAt?: EpochMilliseconds; stoppedAt?: EpochMilliseconds };
  return {
    kind: 'job',
    account: scope.account,
    region: scope.region,
    at,
    jobId,
    ...(before ? { from: before.status } : {}),
    to,
    ...(reason === undefined ? {} : { reason }),
    // Later changes of the same attempt need not say again where it runs.
    ...(placement && to === 'STARTING' ? { placement } : {}),
    ...(attempt ? { attempt } : {}),
    ...(attempts.length > 0 ? { attempts: attempts.length } : {}),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
  };
}
