import type { EpochMilliseconds } from '../core/ids.ts';
import type { Placement, Stop } from '../core/job.ts';
import type { Effect } from './effect.ts';
import type { StopEvent } from './leaf-event.ts';
import { stopGraceMilliseconds } from './status-reasons.ts';

/** The stop that a request asks for. */
export function stopOf(event: StopEvent & { readonly at: EpochMilliseconds }): Stop {
  const kind = event.kind === 'cancel-requested' ? 'cancel' : 'terminate';
  return { kind, reason: event.reason, at: event.at, ...(event.by === undefined ? {} : { by: event.by }) };
}

/** SIGTERM, then SIGKILL 30 s later (spec 01 §11). */
export function stopTask({ taskId }: Placement): Extract<Effect, { readonly kind: 'stop-task' }> {
  return { kind: 'stop-task', taskId, graceMilliseconds: stopGraceMilliseconds };
}

/** Ends the timer of an attempt that has one. */
export function disarm(state: { readonly placement: Placement; readonly deadline?: EpochMilliseconds }): Effect[] {
  return state.deadline === undefined ? [] : [{ kind: 'disarm-timeout', taskId: state.placement.taskId }];
}
