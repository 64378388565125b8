import type { MapState } from '../definition/machine.ts';
import { stateErrors } from '../errors.ts';
import { goOn, hasRoom } from './children.ts';
import { attempt } from './failing.ts';
import { launchExecution, withinMap } from './launch.ts';
import { type ControlFrame, childId, controlId, type FlowFrame, rootFrame } from './records.ts';
import { runState } from './states.ts';
import { BrokenExecution, type Turn } from './turn.ts';

/** Runs an execution that ended badly again from the states that failed or were stopped. */
export function redriveExecution(turn: Turn): void {
  const { output, error, cause, stoppedAt, deadline, ...header } = turn.header;
  const redriveCount = header.redriveCount + 1;
  const seconds = turn.machine.timeoutSeconds;
  const limit = seconds === undefined ? {} : { deadline: turn.at + seconds * 1000 };
  turn.header = { ...header, status: 'RUNNING', redriveCount, redrivenAt: turn.at, ...limit };
  const last = turn.header.nextEventId - 1;
  const previousEvent = turn.record('ExecutionRedriven', last, { executionRedrivenEventDetails: { redriveCount } });
  if (limit.deadline !== undefined) {
    const timer = { frame: rootFrame, entry: 0, attempt: redriveCount, purpose: 'execution' } as const;
    turn.effect({ kind: 'setTimer', timer, at: limit.deadline, clock: 'monotonic' });
  }
  const root = turn.flow(rootFrame);
  if (!root) throw new BrokenExecution('the frames of the execution are gone');
  turn.put({ ...root, previousEvent });
  turn.later({ kind: 'rerun', frame: rootFrame });
}

/**
 * Runs the state that a flow was in again, with the input it had; its retriers count from zero. In an execution that broke, a
 * flow neither failed nor was stopped.
 */
export async function rerun(turn: Turn, id: string): Promise<void> {
  const flow = turn.flow(id);
  // Another child may have failed since: what is around this one is being stopped.
  if (!flow || (flow.parent !== undefined && turn.control(flow.parent)?.stopping)) return;
  if (flow.enteredEvent === 0) {
    turn.put({ ...flow, phase: { kind: 'ready' } });
    turn.later({ kind: 'enter', frame: id });
    return;
  }
  const control = turn.control(controlId(flow));
  if (control && mayGoOn(control, flow)) return reviveControl(turn, flow, control);
  if (control) turn.delete(control.id);
  const state = turn.state(flow.state);
  const fresh = turn.put({ ...flow, attempt: flow.attempt + 1, retries: [], phase: { kind: 'ready' } });
  await attempt(turn, fresh, state, () => runState(turn, fresh, state));
}

/**
 * Without `stopping` the children have ended, and what was made of their results failed: the state is begun anew. So is a
 * distributed Map, with a new map run, that failed over its data (developer guide, "Redriving Map Runs").
 */
function mayGoOn(control: ControlFrame, { phase }: FlowFrame): boolean {
  const { stopping } = control;
  if (!stopping) return phase.kind === 'container';
  const isMapRun = control.kind === 'map' && control.mode === 'DISTRIBUTED';
  return !(isMapRun && stopping.failure && dataErrors.has(stopping.failure.error));
}

const dataErrors: ReadonlySet<string> = new Set([stateErrors.dataLimitExceeded, stateErrors.runtime]);

function reviveControl(turn: Turn, flow: FlowFrame, control: ControlFrame): void {
  const { stopping: _stopped, ...rest } = control;
  const { previousEvent } = flow;
  let event = previousEvent;
  if (rest.kind === 'map' && rest.mapRunArn !== undefined) {
    const details = { mapRunArn: rest.mapRunArn, redriveCount: turn.header.redriveCount };
    event = turn.record('MapRunRedriven', previousEvent, { mapRunRedrivenEventDetails: details });
  }
  const counts = rest.kind === 'map' ? { failed: 0, failedItems: 0 } : {};
  turn.put({ ...rest, ...counts, active: 0, previousEvent: event, reviving: 0 });
  turn.put({ ...flow, retries: [], previousEvent: event, phase: { kind: 'container', control: control.id } });
  turn.first({ kind: 'revive', frame: control.id });
}

/**
 * Takes up one child of a redriven state, then the next: those that failed or were stopped run again, no more at once than
 * may run. The others wait until one of them ends.
 */
export async function revive(turn: Turn, id: string): Promise<void> {
  const control = turn.control(id);
  if (control?.reviving === undefined || !hasRoom(control)) return;
  const { reviving, ...rest } = control;
  if (reviving >= control.launched) return goOn(turn, turn.put(rest));
  turn.first({ kind: 'revive', frame: id });
  const next = turn.put({ ...control, reviving: reviving + 1 });
  const child = turn.frame(childId(id, reviving));
  if (child?.kind === 'flow') {
    turn.put({ ...next, active: next.active + 1 });
    turn.put({ ...child, previousEvent: next.previousEvent });
    turn.later({ kind: 'rerun', frame: child.id });
  } else if (next.kind === 'map' && (child?.kind === 'child' || (child?.kind === 'result' && child.failure))) {
    const flow = turn.flow(next.parent);
    if (!flow) throw new BrokenExecution(`the flow of ${id} is gone`);
    const state = turn.state(next.state) as MapState;
    await withinMap(turn, next, flow, () => launchExecution(turn, next, flow, state, child));
  }
}
