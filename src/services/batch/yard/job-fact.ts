import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds, JobId } from '../../../core/ids.ts';
import type { Leaf } from '../../../core/job.ts';
import type { JobFact } from '../../../store/index.ts';
import { placed } from './active-jobs.ts';

/** The first fact of every job: it is evaluated with its submission, so that SUBMITTED is never a state. */
export function submittedFact(scope: Scope, jobId: JobId, at: EpochMilliseconds): JobFact {
  return { kind: 'job', ...scopeOf(scope), at, jobId, to: 'SUBMITTED' };
}

/** What changed when a job went from one state to another, as it was then; without `before` it came from SUBMITTED. */
export function jobFact(
  scope: Scope,
  jobId: JobId,
  before: Leaf | undefined,
  state: Leaf,
  at: EpochMilliseconds,
): JobFact {
  const { status: to, statusReason: reason, attempts } = state;
  const placement = placed(state)?.placement;
  const attempt = attempts.length > (before?.attempts.length ?? 0) ? attempts.at(-1) : undefined;
  const { startedAt, stoppedAt } = state as { startedAt?: EpochMilliseconds; stoppedAt?: EpochMilliseconds };
  return {
    kind: 'job',
    ...scopeOf(scope),
    at,
    jobId,
    from: before?.status ?? 'SUBMITTED',
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
