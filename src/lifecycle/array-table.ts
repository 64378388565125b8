import type { EpochMilliseconds } from '../core/ids.ts';
import type { ArrayState, TerminalStatus } from '../core/job.ts';
import type { StopEvent } from './leaf-event.ts';
import { statusReasons } from './status-reasons.ts';
import { type Cell, transitionOf } from './table.ts';
import { stopOf } from './task-effects.ts';

/** What can happen to an array. What its dependencies and its children do changes their bits, not its own state. */
export type ArrayEvent = { readonly at: EpochMilliseconds } & (
  | StopEvent
  | {
      /** The last of its children has ended. */
      readonly kind: 'children-ended';
      readonly failed: number;
      /** Of those that failed, how many did not fall with a dependency. */
      readonly ownFailures: number;
      /** Why none of them could ever run. */
      readonly rejection?: string;
    }
);

/** What must be done about the children, or about those that depend on the array. */
export type ArrayEffect =
  /** Children that wait, but for those that wait for a job outside, fall with the stop's reason. */
  | { readonly kind: 'fail-waiting' }
  /** The tasks of those that have been placed are stopped, in slices. */
  | { readonly kind: 'stop-placed' }
  | { readonly kind: 'finished'; readonly status: TerminalStatus };

export interface ArrayOutcome {
  readonly state: ArrayState;
  readonly effects: readonly ArrayEffect[];
}

type ArrayIn<Status extends ArrayState['status']> = Extract<ArrayState, { readonly status: Status }>;
type ArrayEventOf<Kind extends ArrayEvent['kind']> = Extract<ArrayEvent, { readonly kind: Kind }>;
type ArrayTransition<Status extends ArrayState['status'], Kind extends ArrayEvent['kind']> = (
  state: ArrayIn<Status>,
  event: ArrayEventOf<Kind>,
) => ArrayOutcome;

type ArrayTable = {
  readonly [Status in ArrayState['status']]: {
    readonly [Kind in ArrayEvent['kind']]: Cell<ArrayTransition<Status, Kind>>;
  };
};

const tooLate = { ignored: 'the array has ended' };
const endedOnce = { impossible: 'all children had ended before' };

/** The life of an array: PENDING as long as a child lives, whatever its children do (spec 01 §12). */
export const arrayTable: ArrayTable = {
  PENDING: { 'cancel-requested': cancelArray, 'terminate-requested': terminateArray, 'children-ended': endArray },
  SUCCEEDED: { 'cancel-requested': tooLate, 'terminate-requested': tooLate, 'children-ended': endedOnce },
  FAILED: { 'cancel-requested': tooLate, 'terminate-requested': tooLate, 'children-ended': endedOnce },
};

/** Applies an event by `arrayTable`; the state comes back as it is when nothing changes. */
export function advanceArray(state: ArrayState, event: ArrayEvent): ArrayOutcome {
  const cell = arrayTable[state.status][event.kind] as Cell<(state: ArrayState, event: ArrayEvent) => ArrayOutcome>;
  const transition = transitionOf(cell, event.kind, `an array in ${state.status}`);
  return transition ? transition(state, event) : { state, effects: [] };
}

/** Children that have not started end now; started ones go on. */
function cancelArray(state: ArrayIn<'PENDING'>, event: ArrayEventOf<'cancel-requested'>): ArrayOutcome {
  if (state.stop) return { state, effects: [] };
  return { state: { ...state, stop: stopOf(event) }, effects: [{ kind: 'fail-waiting' }] };
}

/** As a cancellation, and the tasks of placed children are stopped. After one it still counts; its reason does not. */
function terminateArray(state: ArrayIn<'PENDING'>, event: ArrayEventOf<'terminate-requested'>): ArrayOutcome {
  const { stop } = state;
  if (stop?.kind === 'terminate') return { state, effects: [] };
  const next = stop ? { ...stop, kind: 'terminate' as const, wasCancelled: true as const } : stopOf(event);
  const waiting: readonly ArrayEffect[] = stop ? [] : [{ kind: 'fail-waiting' }];
  return { state: { ...state, stop: next }, effects: [...waiting, { kind: 'stop-placed' }] };
}

/** The reason follows from the state, never from which news came first. */
function endArray(state: ArrayIn<'PENDING'>, event: ArrayEventOf<'children-ended'>): ArrayOutcome {
  const { at: stoppedAt, failed, ownFailures } = event;
  if (failed === 0) {
    const ended: ArrayState = { ...state, status: 'SUCCEEDED', stoppedAt, failed };
    return { state: ended, effects: [{ kind: 'finished', status: 'SUCCEEDED' }] };
  }
  const fallen = ownFailures === 0 ? statusReasons.dependencyFailed : statusReasons.childFailed;
  const statusReason = state.stop?.reason ?? event.rejection ?? fallen;
  const ended: ArrayState = { ...state, status: 'FAILED', statusReason, stoppedAt, failed };
  return { state: ended, effects: [{ kind: 'finished', status: 'FAILED' }] };
}
