import { recordIteration } from './children.ts';
import type { HistoryEventType } from './history.ts';
import { type ControlFrame, childId, type FlowFrame } from './records.ts';
import { cancelTask, cancelTimers, taskRef } from './tasks.ts';
import type { Turn } from './turn.ts';

/**
 * Stops one child of a failed or stopped state, then the next, one piece of work each: a Map may have thousands. What is
 * nested in a child is stopped before the next child, and the state is settled when all are.
 */
export function sweep(turn: Turn, id: string): void {
  const control = turn.control(id);
  if (!control?.stopping) return;
  const { swept } = control.stopping;
  if (swept >= control.launched) {
    turn.first({ kind: 'settle', frame: id });
    return;
  }
  turn.first({ kind: 'sweep', frame: id });
  const next = turn.put({ ...control, stopping: { ...control.stopping, swept: swept + 1 } });
  const child = turn.frame(childId(id, swept));
  if (child?.kind === 'flow') stopChildFlow(turn, next, child);
  if (child?.kind === 'child') {
    turn.effect({ kind: 'stopChild', frame: child.id, cause: `Map state '${control.state}' was stopped` });
  }
}

function stopChildFlow(turn: Turn, control: ControlFrame, flow: FlowFrame): void {
  const stopped = stopFlow(turn, flow);
  if (!stopped) return;
  if (control.kind === 'map') recordIteration(turn, 'Aborted', stopped);
  turn.put({ ...control, previousEvent: stopped.previousEvent });
}

const abortedEvents: Readonly<Partial<Record<string, HistoryEventType>>> = {
  Task: 'TaskStateAborted',
  Wait: 'WaitStateAborted',
  Parallel: 'ParallelStateAborted',
  Map: 'MapStateAborted',
};

/** Stops what a flow does; undefined when it does nothing any more. Its frame stays, for a redrive. */
export function stopFlow(turn: Turn, flow: FlowFrame): FlowFrame | undefined {
  const { phase } = flow;
  switch (phase.kind) {
    case 'failed':
    case 'aborted':
      return undefined;
    case 'ready':
      return turn.put({ ...flow, phase: { kind: 'aborted' } });
    case 'task': {
      const state = turn.state(flow.state);
      cancelTimers(turn, flow, phase);
      if (state.type === 'Task') {
        turn.effect(cancelTask({ ...flow, phase }, state, 'States.Aborted'));
      }
      return aborted(turn, flow);
    }
    case 'waiting':
      turn.effect({ kind: 'cancelTimer', timer: { ...taskRef(flow), purpose: 'wait' } });
      return aborted(turn, flow);
    case 'backoff':
      turn.effect({ kind: 'cancelTimer', timer: { ...taskRef(flow), purpose: 'retry' } });
      return aborted(turn, flow);
    case 'container':
      stopControl(turn, phase.control);
      return turn.put({ ...flow, phase: { kind: 'aborted' } });
  }
}

/** Of a Wait state that runs when the execution is ended from outside, AWS records nothing. */
function aborted(turn: Turn, flow: FlowFrame): FlowFrame {
  const state = turn.state(flow.state).type;
  const type = state === 'Wait' && turn.header.ending ? undefined : abortedEvents[state];
  const previousEvent = type ? turn.record(type, flow.previousEvent) : flow.previousEvent;
  return turn.put({ ...flow, previousEvent, phase: { kind: 'aborted' } });
}

function stopControl(turn: Turn, id: string): void {
  const control = turn.control(id);
  if (!control) return;
  // What it had failed with does not matter any more: the state around it is being stopped.
  const { reviving: _left, ...rest } = control;
  turn.put({ ...rest, stopping: { swept: control.stopping?.swept ?? 0 } });
  turn.first({ kind: 'sweep', frame: id });
}
