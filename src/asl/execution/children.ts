import { type Failure, stateErrors } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ControlFrame, FlowFrame, MapFrame, ResultFrame } from './records.ts';
import { recordVersion } from './records.ts';
import type { Sent } from './text.ts';
import type { Turn } from './turn.ts';

/** A branch or iteration ended well: its result is kept in its place until the state is complete. */
export function flowSucceeded(turn: Turn, flow: FlowFrame, { value: output, text }: Sent): void {
  const control = turn.control(flow.parent ?? '');
  if (!control) return;
  turn.put(resultOf(flow.id, flow.index, flow.index, 1, { output, ...(text === undefined ? {} : { text }) }));
  if (control.kind === 'parallel') {
    childSucceeded(turn, { ...control, previousEvent: flow.previousEvent }, 1);
    return;
  }
  const previousEvent = recordIteration(turn, 'Succeeded', flow);
  childSucceeded(turn, { ...control, previousEvent, lastInside: flow.previousEvent }, 1);
}

/** A branch or iteration failed and nothing in it handled that. Its frame stays, for a redrive. */
export function flowFailed(turn: Turn, flow: FlowFrame, failure: Failure): void {
  const control = turn.control(flow.parent ?? '');
  if (!control) return;
  turn.put({ ...flow, phase: { kind: 'failed', failure } });
  if (control.kind === 'map') recordIteration(turn, 'Failed', flow);
  childFailed(turn, { ...control, previousEvent: flow.previousEvent }, 1, alsoBranchFailed(control, failure));
}

function alsoBranchFailed(control: ControlFrame, failure: Failure): Failure {
  if (control.kind === 'map') return failure;
  return { ...failure, also: [...(failure.also ?? []), stateErrors.branchFailed] };
}

export function recordIteration(
  turn: Turn,
  what: 'Started' | 'Succeeded' | 'Failed' | 'Aborted',
  flow: FlowFrame,
): number {
  const control = turn.control(flow.parent ?? '');
  const details = { name: control?.state ?? '', index: flow.index };
  return turn.record(`MapIteration${what}`, flow.previousEvent, {
    [`mapIteration${what}EventDetails`]: details,
  });
}

export function resultOf(
  id: string,
  index: number,
  from: number,
  items: number,
  outcome: Pick<ResultFrame, 'output' | 'text' | 'failure' | 'status'>,
): ResultFrame {
  return { v: recordVersion, kind: 'result', id, index, from, items, ...outcome };
}

/** Counts a child's success on its control record, and goes on with the next child or with the state's end. */
export function childSucceeded(turn: Turn, control: ControlFrame, items: number): void {
  const counts = control.kind === 'map' ? { ...control, succeeded: control.succeeded + items } : control;
  goOn(turn, turn.put({ ...counts, active: control.active - 1 }));
}

/** Counts a child's failure. Unless it is tolerated, the state fails: its other children are stopped first. */
export function childFailed(turn: Turn, control: ControlFrame, items: number, failure: Failure): void {
  const rest = { ...control, active: control.active - 1 };
  if (rest.kind === 'parallel') {
    failState(turn, rest, failure);
    return;
  }
  const counted = { ...rest, failed: rest.failed + 1, failedItems: rest.failedItems + items };
  if (counted.mode === 'INLINE') {
    failState(turn, counted, failure);
    return;
  }
  judge(turn, counted);
}

/** Goes on with a distributed Map, unless more of it failed than it tolerates. */
export function judge(turn: Turn, map: MapFrame): void {
  if (isTolerated(map)) {
    goOn(turn, turn.put(map));
    return;
  }
  failState(turn, map, {
    error: stateErrors.exceedToleratedFailureThreshold,
    cause: 'The specified tolerated failure threshold was exceeded',
  });
}

/**
 * A distributed Map fails when more items failed than its count, or a larger share than its percentage, tolerates;
 * given neither, when any failed.
 */
function isTolerated(map: MapFrame): boolean {
  const { toleratedCount: count, toleratedPercentage: percentage, failedItems } = map;
  if (count === undefined && percentage === undefined) return failedItems === 0;
  if (count !== undefined && failedItems > count) return false;
  return percentage === undefined || failedItems * 100 <= percentage * map.total;
}

/** Begins to stop what still runs of a state that has failed. */
export function failState(turn: Turn, control: ControlFrame, failure: Failure): void {
  if (control.stopping) {
    turn.put(control);
    return;
  }
  const { reviving: _left, ...rest } = control;
  turn.put({ ...rest, stopping: { failure, swept: 0 } });
  turn.first({ kind: 'sweep', frame: control.id });
}

/** After a child has ended or more may run: runs more again or launches more, or ends the state when nothing is left. */
export function goOn(turn: Turn, control: ControlFrame): void {
  if (control.stopping || (control.kind === 'map' && control.call)) return;
  if (control.reviving !== undefined) {
    if (hasRoom(control)) turn.later({ kind: 'revive', frame: control.id });
  } else if (control.kind === 'map' && control.taken < control.total) {
    if (hasRoom(control)) turn.later({ kind: 'launch', frame: control.id });
  } else if (control.active === 0) {
    turn.later({ kind: 'settle', frame: control.id });
  }
}

/** Whether the child of a redriven state waits to run again: what became of its last run does not matter any more. */
export function awaitsRedrive({ reviving }: Pick<ControlFrame, 'reviving'>, index: number): boolean {
  return reviving !== undefined && index >= reviving;
}

/** Whether one more child may run now; all branches of a Parallel state run at once. */
export function hasRoom(control: ControlFrame): boolean {
  return control.kind === 'parallel' || control.active < concurrencyOf(control);
}

/** How many children may run at once. */
export function concurrencyOf(map: MapFrame): number {
  const most = map.mode === 'INLINE' ? limits.inlineConcurrency : limits.distributedConcurrency;
  return map.maxConcurrency === 0 ? most : Math.min(map.maxConcurrency, limits.distributedConcurrency);
}
