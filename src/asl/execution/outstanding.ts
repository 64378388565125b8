import type { Machine } from '../definition/machine.ts';
import type { Evaluator } from '../evaluate/evaluation.ts';
import { awaitsRedrive } from './children.ts';
import type { Effect, SetTimer } from './effects.ts';
import { describeChild } from './launch.ts';
import { type ChildFrame, type FlowFrame, type Frame, rootFrame, type TaskPhase } from './records.ts';
import type { Surroundings } from './surroundings.ts';
import { describeTask, taskRef } from './tasks.ts';
import { BrokenExecution } from './turn.ts';
import { parentOf, type View } from './view.ts';

/**
 * What an execution at rest waits for, as the effects that brought it about: a host that restarts carries them out again.
 * All have the ids they had, so that what was done is not done twice, and timers keep their times. Call it for the
 * execution with `outstandingOfExecution`, and for each of its frames.
 */
export async function outstanding(
  machine: Machine,
  view: View,
  frame: Frame,
  evaluator: Evaluator,
): Promise<readonly Effect[]> {
  if (view.header?.status !== 'RUNNING' || view.header.ending) return [];
  const around: Surroundings = {
    machine,
    info: view.info,
    header: view.header,
    evaluator,
    pause: undefined,
    frame: (id) => view.frame(id),
  };
  if (frame.kind === 'child') return outstandingChild(machine, around, frame);
  if (frame.kind === 'map') return frame.call && !frame.stopping ? [frame.call] : [];
  if (frame.kind !== 'flow') return [];
  const { phase } = frame;
  if (phase.kind === 'task') return outstandingTask(machine, around, frame, phase);
  if (phase.kind === 'waiting') return [timer(frame, 'wait', phase.until, phase.wall ? 'wall' : 'monotonic')];
  return phase.kind === 'backoff' ? [timer(frame, 'retry', phase.until, 'monotonic')] : [];
}

/** The execution's own: its timeout, and the rest of a step that reached its bound. */
export function outstandingOfExecution(view: View): readonly Effect[] {
  const { header } = view;
  if (header?.status !== 'RUNNING') return [];
  const effects: Effect[] = [];
  if (header.deadline !== undefined) {
    const id = { frame: rootFrame, entry: 0, attempt: header.redriveCount, purpose: 'execution' } as const;
    effects.push({ kind: 'setTimer', timer: id, at: header.deadline, clock: 'monotonic' });
  }
  if (header.pending.length > 0) effects.push({ kind: 'continue' });
  return effects;
}

async function outstandingChild(machine: Machine, around: Surroundings, child: ChildFrame): Promise<readonly Effect[]> {
  const map = around.frame(parentOf(child.id) ?? '');
  if (map?.kind === 'map' && awaitsRedrive(map, child.index)) return [];
  return [await describeChild(machine, around, child)];
}

async function outstandingTask(
  machine: Machine,
  around: Surroundings,
  flow: FlowFrame,
  phase: TaskPhase,
): Promise<readonly Effect[]> {
  const state = machine.states.get(flow.state);
  if (state?.type !== 'Task') throw new BrokenExecution(`'${flow.state}' is no Task state`);
  const effects: Effect[] = [await describeTask(around, flow, state, phase.scheduledAt, phase.seed)];
  if (phase.timeoutAt !== undefined) effects.push(timer(flow, 'timeout', phase.timeoutAt, 'monotonic'));
  if (phase.heartbeatAt !== undefined) effects.push(timer(flow, 'heartbeat', phase.heartbeatAt, 'monotonic'));
  return effects;
}

function timer(flow: FlowFrame, purpose: SetTimer['timer']['purpose'], at: number, clock: SetTimer['clock']): SetTimer {
  return { kind: 'setTimer', timer: { ...taskRef(flow), purpose }, at, clock };
}
