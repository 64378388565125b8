import type { JobStatus } from '../core/job.ts';
import type { JobEventKind, JobEventOf } from './job-event.ts';
import type { JobIn, Outcome } from './outcome.ts';
import * as to from './transitions.ts';

/**
 * What an event means to a job in a state: a named transition; nothing, and why that is right; or that it cannot be,
 * and why, so that seeing it is a bug.
 */
export type Cell<Status extends JobStatus, Kind extends JobEventKind> =
  | ((job: JobIn<Status>, event: JobEventOf<Kind>) => Outcome)
  | { readonly ignored: string }
  | { readonly impossible: string };

/** Total by type: a new state or event breaks the build until every pair has its cell. */
export type JobTable = {
  readonly [Status in JobStatus]: { readonly [Kind in JobEventKind]: Cell<Status, Kind> };
};

const neverPlaced = { impossible: 'no task was ever placed' };
const evaluatedOnce = { impossible: 'a job is evaluated once' };
const notWaiting = { impossible: 'only a RUNNABLE job is placed' };
const dependenciesMet = { impossible: 'every dependency had succeeded' };
const earlierTask = { ignored: 'reported of an earlier task' };
const repeatedReport = { ignored: 'reports repeat until the task is released' };
const alreadyMet = { ignored: 'repeated: the dependency had succeeded' };
const notYetEvaluated = { ignored: 'evaluation sees the dependency as it is then' };
const tooLateToCancel = { ignored: 'CancelJob leaves a started job alone; TerminateJob ends it' };
const tooLate = { ignored: 'the job has ended' };
const alreadyGiven = { impossible: 'the definition is checked before the task is given to an engine' };

/** The life of a single job (spec 01 §7-§11). */
export const jobTable: JobTable = {
  SUBMITTED: {
    evaluated: to.evaluate,
    'dependency-succeeded': notYetEvaluated,
    'dependency-failed': notYetEvaluated,
    placed: notWaiting,
    'start-refused': neverPlaced,
    started: neverPlaced,
    ended: neverPlaced,
    'timed-out': neverPlaced,
    'cancel-requested': to.cancelSubmitted,
    'terminate-requested': to.cancelSubmitted,
    rejected: to.reject,
  },
  PENDING: {
    evaluated: evaluatedOnce,
    'dependency-succeeded': to.dependencySucceeded,
    'dependency-failed': to.dependencyFailed,
    placed: notWaiting,
    'start-refused': neverPlaced,
    started: neverPlaced,
    ended: neverPlaced,
    'timed-out': neverPlaced,
    'cancel-requested': to.cancelPending,
    'terminate-requested': to.cancelPending,
    rejected: to.reject,
  },
  RUNNABLE: {
    evaluated: evaluatedOnce,
    'dependency-succeeded': alreadyMet,
    'dependency-failed': dependenciesMet,
    placed: to.place,
    'start-refused': earlierTask,
    started: earlierTask,
    ended: to.releaseAgain,
    'timed-out': earlierTask,
    'cancel-requested': to.cancelRunnable,
    'terminate-requested': to.cancelRunnable,
    rejected: to.rejectRunnable,
  },
  STARTING: {
    evaluated: evaluatedOnce,
    'dependency-succeeded': alreadyMet,
    'dependency-failed': dependenciesMet,
    placed: notWaiting,
    'start-refused': to.undoPlacement,
    started: to.start,
    ended: to.endAttempt,
    'timed-out': earlierTask,
    'cancel-requested': tooLateToCancel,
    'terminate-requested': to.terminate,
    rejected: to.rejectPlaced,
  },
  RUNNING: {
    evaluated: evaluatedOnce,
    'dependency-succeeded': alreadyMet,
    'dependency-failed': dependenciesMet,
    placed: notWaiting,
    'start-refused': to.ignoreEarlierRefusal,
    started: repeatedReport,
    ended: to.endAttempt,
    'timed-out': to.timeOut,
    'cancel-requested': tooLateToCancel,
    'terminate-requested': to.terminate,
    rejected: alreadyGiven,
  },
  SUCCEEDED: {
    evaluated: evaluatedOnce,
    'dependency-succeeded': alreadyMet,
    'dependency-failed': dependenciesMet,
    placed: notWaiting,
    'start-refused': earlierTask,
    started: repeatedReport,
    ended: to.releaseAgain,
    'timed-out': tooLate,
    'cancel-requested': tooLate,
    'terminate-requested': tooLate,
    rejected: alreadyGiven,
  },
  FAILED: {
    evaluated: evaluatedOnce,
    'dependency-succeeded': tooLate,
    'dependency-failed': tooLate,
    placed: notWaiting,
    'start-refused': earlierTask,
    started: repeatedReport,
    ended: to.releaseAgain,
    'timed-out': tooLate,
    'cancel-requested': tooLate,
    'terminate-requested': tooLate,
    rejected: tooLate,
  },
};
