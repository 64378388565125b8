import type { StoredStatus } from '../core/job.ts';
import type { LeafEventKind, LeafEventOf } from './leaf-event.ts';
import * as to from './leaf-transitions.ts';
import type { LeafIn, LeafTerms, Outcome } from './outcome.ts';
import type { Cell } from './table.ts';

type LeafTransition<Status extends StoredStatus, Kind extends LeafEventKind> = (
  leaf: LeafIn<Status>,
  event: LeafEventOf<Kind>,
  terms: LeafTerms,
) => Outcome;

/** Total by type: a new state or event breaks the build until every pair has its cell. */
export type LeafTable = {
  readonly [Status in StoredStatus]: { readonly [Kind in LeafEventKind]: Cell<LeafTransition<Status, Kind>> };
};

const neverPlaced = { impossible: 'no task was ever placed' };
const notWaiting = { impossible: 'only a RUNNABLE job is placed' };
const alreadyMet = { ignored: 'repeated: the dependencies had succeeded' };
const dependenciesMet = { impossible: 'every dependency had succeeded' };
const earlierTask = { ignored: 'reported of an earlier task' };
const repeatedReport = { ignored: 'reports repeat until the task is released' };
const tooLateToCancel = { ignored: 'CancelJob leaves a started job alone; TerminateJob ends it' };
const tooLate = { ignored: 'the job has ended' };
const alreadyTaken = { impossible: 'the definition is checked with the submission' };

/** The life of a single job, and of an array's child (spec 01 §7-§11). */
export const leafTable: LeafTable = {
  PENDING: {
    'dependencies-met': to.becomeReady,
    'dependency-failed': to.fallWithDependency,
    placed: notWaiting,
    'start-refused': neverPlaced,
    started: neverPlaced,
    ended: neverPlaced,
    'timed-out': neverPlaced,
    'cancel-requested': to.stopPending,
    'terminate-requested': to.stopPending,
    'owner-stopped': to.fallWithOwner,
    rejected: to.reject,
  },
  RUNNABLE: {
    'dependencies-met': alreadyMet,
    'dependency-failed': dependenciesMet,
    placed: to.place,
    'start-refused': earlierTask,
    started: earlierTask,
    ended: to.releaseAgain,
    'timed-out': earlierTask,
    'cancel-requested': to.stopRunnable,
    'terminate-requested': to.stopRunnable,
    'owner-stopped': to.dropWithOwner,
    rejected: alreadyTaken,
  },
  STARTING: {
    'dependencies-met': alreadyMet,
    'dependency-failed': dependenciesMet,
    placed: notWaiting,
    'start-refused': to.undoPlacement,
    started: to.start,
    ended: to.endAttempt,
    'timed-out': earlierTask,
    'cancel-requested': tooLateToCancel,
    'terminate-requested': to.terminate,
    'owner-stopped': to.stopWithOwner,
    rejected: alreadyTaken,
  },
  RUNNING: {
    'dependencies-met': alreadyMet,
    'dependency-failed': dependenciesMet,
    placed: notWaiting,
    'start-refused': to.ignoreEarlierRefusal,
    started: repeatedReport,
    ended: to.endAttempt,
    'timed-out': to.timeOut,
    'cancel-requested': tooLateToCancel,
    'terminate-requested': to.terminate,
    'owner-stopped': to.stopWithOwner,
    rejected: alreadyTaken,
  },
  SUCCEEDED: {
    'dependencies-met': alreadyMet,
    'dependency-failed': dependenciesMet,
    placed: notWaiting,
    'start-refused': earlierTask,
    started: repeatedReport,
    ended: to.releaseAgain,
    'timed-out': tooLate,
    'cancel-requested': tooLate,
    'terminate-requested': tooLate,
    'owner-stopped': tooLate,
    rejected: alreadyTaken,
  },
  FAILED: {
    'dependencies-met': tooLate,
    'dependency-failed': tooLate,
    placed: notWaiting,
    'start-refused': earlierTask,
    started: repeatedReport,
    ended: to.releaseAgain,
    'timed-out': tooLate,
    'cancel-requested': tooLate,
    'terminate-requested': tooLate,
    'owner-stopped': tooLate,
    rejected: tooLate,
  },
};
