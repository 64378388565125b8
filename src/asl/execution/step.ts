import type { Machine, TaskState } from '../definition/machine.ts';
import { stateErrors } from '../errors.ts';
import { awaitsRedrive, childFailed, childSucceeded, judge, resultOf } from './children.ts';
import { checkDepth, historyText } from './data.ts';
import type { Effect } from './effects.ts';
import type { EventBody, ExecutionEvent, TimerRef } from './events.ts';
import { attempt } from './failing.ts';
import { failureDetails, type HistoryEvent, whole } from './history.ts';
import { launchChild } from './launch.ts';
import { itemsRead, objectStoreFailed, resultsWritten } from './object-store.ts';
import { endExecution } from './outcome.ts';
import { type Ending, type ExecutionHeader, type FlowFrame, recordVersion, rootFrame, type Work } from './records.ts';
import { redriveExecution, rerun, revive } from './redrive.ts';
import { settle } from './settle.ts';
import { runState, waitOver } from './states.ts';
import { stopFlow, sweep } from './stopping.ts';
import { onTaskEvent, type TaskFlow, taskTimedOut } from './tasks.ts';
import { HistoryFull, type StepOptions, Turn } from './turn.ts';
import { type Changes, parentOf, type View } from './view.ts';

/** What one event leads to. Changes are committed before any effect is carried out. */
export interface Step {
  readonly changes: Changes;
  readonly effects: readonly Effect[];
  readonly history: readonly HistoryEvent[];
  /** False when the event came too late or twice, and nothing changed. */
  readonly applied: boolean;
}

/** The event cannot happen to an execution in this state: a second start, a redrive of a running one. */
export class UnexpectedEvent extends Error {
  override readonly name = 'UnexpectedEvent';
}

/**
 * Takes one event. Deterministic: machine, view and event alone decide what comes out. Does at most 200 transitions,
 * then asks for a `continue` event. Reads the frames that the event names, their ancestors, and children of states that
 * end. Events that come late or twice change nothing.
 */
export async function step(machine: Machine, view: View, event: ExecutionEvent, options: StepOptions): Promise<Step> {
  const turn = new Turn(machine, view, view.header ?? newHeader(machine, view, event), event, options);
  if ((view.header === undefined) !== (event.type === 'start')) {
    throw new UnexpectedEvent(`an execution that has ${view.header ? '' : 'not '}begun cannot take '${event.type}'`);
  }
  const applied = await withinHistory(turn, () => take(turn, event));
  if (!applied) return { changes: { header: turn.header, deletes: [], puts: [] }, effects: [], history: [], applied };
  for (let work = turn.nextWork(); work; work = turn.nextWork()) {
    const next = work;
    await withinHistory(turn, () => workers[next.kind](turn, next.frame));
    const others = turn.mayPause ? turn.pause?.() : undefined;
    if (others) await others;
  }
  const changes = turn.changes();
  if (changes.header.pending.length > 0) turn.effect({ kind: 'continue' });
  return { changes, effects: turn.effects, history: turn.history, applied };
}

/** `TimeoutSeconds` is the whole execution's: the child executions of a distributed Map have no time of their own. */
function newHeader(machine: Machine, { info }: View, event: ExecutionEvent): ExecutionHeader {
  const seconds = info.processorOf === undefined ? machine.timeoutSeconds : undefined;
  return {
    v: recordVersion,
    status: 'RUNNING',
    startedAt: event.at,
    ...(seconds === undefined ? {} : { deadline: event.at + seconds * 1000 }),
    nextEventId: 1,
    nextEntry: 1,
    redriveCount: 0,
    pending: [],
  };
}

/** An execution whose history is full fails (developer guide, "History limit": the last event is its failure). */
async function withinHistory<T>(turn: Turn, work: () => Promise<T> | T): Promise<T | true> {
  try {
    return await work();
  } catch (fault) {
    if (!(fault instanceof HistoryFull)) throw fault;
    const cause = 'The execution reached the maximum number of history events (25000).';
    beginEnding(turn, {
      status: 'FAILED',
      error: stateErrors.runtime,
      cause,
      previousEvent: turn.header.nextEventId - 1,
    });
    return true;
  }
}

const workers: Readonly<Record<Work['kind'], (turn: Turn, frame: string) => Promise<void> | void>> = {
  enter,
  rerun,
  launch: launchChild,
  revive,
  sweep,
  settle,
  finish: (turn) => {
    if (turn.header.ending) endExecution(turn, turn.header.ending);
  },
};

async function enter(turn: Turn, id: string): Promise<void> {
  const flow = turn.flow(id);
  if (flow?.phase.kind !== 'ready') return;
  const state = turn.state(flow.state);
  const input = flow.inputText ?? historyText(flow.input);
  const details = { name: state.name, input, inputDetails: whole };
  const entered = turn.record(`${state.type}StateEntered`, flow.previousEvent, { stateEnteredEventDetails: details });
  const since = { enteredEvent: entered, enteredAfter: flow.previousEvent, enteredAt: turn.at };
  const inState = turn.put({ ...flow, previousEvent: entered, ...since });
  await attempt(turn, inState, state, () => {
    checkDepth(flow.input);
    return runState(turn, inState, state);
  });
}

/** Applies an event itself; false when it does not concern the execution any more. */
async function take(turn: Turn, event: EventBody): Promise<boolean> {
  if (event.type === 'redrive') return redrive(turn);
  if (turn.header.status !== 'RUNNING') return false;
  if (event.type === 'continue') return turn.header.pending.length > 0;
  if (turn.header.ending) return false;
  switch (event.type) {
    case 'start':
      return start(turn, event);
    case 'stop':
      return stop(turn, { status: 'ABORTED', ...failureDetails(event) });
    case 'timer':
      return onTimer(turn, event.timer, event.due);
    case 'childSucceeded':
    case 'childFailed':
      return onChild(turn, event);
    case 'itemsRead':
      return itemsRead(turn, event.frame, event.items);
    case 'resultsWritten':
      return resultsWritten(turn, event.frame, event.output);
    case 'objectStoreFailed':
      return objectStoreFailed(turn, event.frame, event.cause);
    case 'updateMap':
      return updateMap(turn, event);
    default:
      return onTask(turn, event);
  }
}

function start(turn: Turn, event: EventBody & { type: 'start' }): boolean {
  const { info, header } = turn;
  const details = {
    input: info.inputText ?? historyText(info.input),
    inputDetails: whole,
    ...(info.roleArn === null ? {} : { roleArn: info.roleArn }),
    ...(info.stateMachineAliasArn === undefined ? {} : { stateMachineAliasArn: info.stateMachineAliasArn }),
    ...(info.stateMachineVersionArn === undefined ? {} : { stateMachineVersionArn: info.stateMachineVersionArn }),
  };
  turn.record('ExecutionStarted', 0, { executionStartedEventDetails: details });
  turn.put(rootFlow(turn, event));
  turn.later({ kind: 'enter', frame: rootFrame });
  if (header.deadline !== undefined) {
    const timer = { frame: rootFrame, entry: 0, attempt: 0, purpose: 'execution' } as const;
    turn.effect({ kind: 'setTimer', timer, at: header.deadline, clock: 'monotonic' });
  }
  return true;
}

/** As recorded on AWS, the first state does not follow the start of the execution: it follows nothing. */
function rootFlow(turn: Turn, event: EventBody & { type: 'start' }): FlowFrame {
  const { input, inputText } = turn.info;
  const processor = turn.info.processorOf === undefined ? undefined : turn.state(turn.info.processorOf);
  const variables = event.variables ?? {};
  return {
    v: recordVersion,
    kind: 'flow',
    id: rootFrame,
    index: 0,
    state: processor?.type === 'Map' ? processor.startAt : turn.machine.startAt,
    entry: turn.newEntry(),
    attempt: 0,
    retries: [],
    input,
    ...(inputText === undefined ? {} : { inputText }),
    variables,
    variableBytes: Object.values(variables).reduce(
      (sum: number, value) => sum + Buffer.byteLength(JSON.stringify(value)),
      0,
    ),
    previousEvent: 0,
    enteredEvent: 0,
    enteredAfter: 0,
    enteredAt: turn.at,
    phase: { kind: 'ready' },
  };
}

/** Stops all that runs, then ends the execution. Its last event follows none: it is ended from outside. */
function stop(turn: Turn, ending: Omit<Ending, 'previousEvent'>): boolean {
  return beginEnding(turn, { ...ending, previousEvent: 0 });
}

function beginEnding(turn: Turn, ending: Ending): boolean {
  turn.header = { ...turn.header, ending };
  turn.dropWork();
  turn.later({ kind: 'finish', frame: rootFrame });
  const root = turn.flow(rootFrame);
  if (root) stopFlow(turn, root);
  return true;
}

function redrive(turn: Turn): boolean {
  const { status } = turn.header;
  if (status === 'RUNNING' || status === 'SUCCEEDED') {
    throw new UnexpectedEvent(`an execution that is ${status} cannot be redriven`);
  }
  redriveExecution(turn);
  return true;
}

/** The flow that an event is about, if it still is at that try of that visit to its state. */
function flowAt(turn: Turn, ref: { frame: string; entry: number; attempt: number }): FlowFrame | undefined {
  const flow = turn.flow(ref.frame);
  return flow?.entry === ref.entry && flow.attempt === ref.attempt ? flow : undefined;
}

async function onTask(turn: Turn, event: Parameters<typeof onTaskEvent>[3]): Promise<boolean> {
  const flow = flowAt(turn, event.task);
  if (flow?.phase.kind !== 'task') return false;
  await onTaskEvent(turn, flow as TaskFlow, turn.state(flow.state) as TaskState, event);
  return true;
}

async function onTimer(turn: Turn, timer: TimerRef, due: number): Promise<boolean> {
  if (timer.purpose === 'execution') {
    if (turn.header.deadline !== due) return false;
    return stop(turn, { status: 'TIMED_OUT', error: stateErrors.timeout });
  }
  const flow = flowAt(turn, timer);
  if (!flow) return false;
  const state = turn.state(flow.state);
  const { phase } = flow;
  if (timer.purpose === 'wait' && phase.kind === 'waiting' && state.type === 'Wait') {
    await attempt(turn, flow, state, () => waitOver(turn, flow, state));
    return true;
  }
  if (timer.purpose === 'retry' && phase.kind === 'backoff') {
    const ready = turn.put({ ...flow, phase: { kind: 'ready' } });
    await attempt(turn, ready, state, () => runState(turn, ready, state));
    return true;
  }
  return onTaskTimer(turn, flow, timer, due);
}

/** A heartbeat sets its timer again: one that fires for an earlier time is too early. */
async function onTaskTimer(turn: Turn, flow: FlowFrame, timer: TimerRef, due: number): Promise<boolean> {
  const state = turn.state(flow.state);
  if (flow.phase.kind !== 'task' || state.type !== 'Task') return false;
  if (due !== (timer.purpose === 'timeout' ? flow.phase.timeoutAt : flow.phase.heartbeatAt)) return false;
  const error = timer.purpose === 'timeout' ? stateErrors.timeout : stateErrors.heartbeatTimeout;
  await taskTimedOut(turn, flow as TaskFlow, state, error);
  return true;
}

function onChild(turn: Turn, event: EventBody & { type: 'childSucceeded' | 'childFailed' }): boolean {
  const child = turn.frame(event.frame);
  const control = turn.control(parentOf(event.frame) ?? '');
  if (child?.kind !== 'child' || control?.kind !== 'map' || awaitsRedrive(control, child.index)) return false;
  if (event.type === 'childSucceeded') {
    turn.put(resultOf(child.id, child.index, child.from, child.items, { output: event.output }));
    childSucceeded(turn, control, child.items);
    return true;
  }
  const failure = { error: event.error ?? '', cause: event.cause ?? '' };
  const { status = 'FAILED' } = event;
  turn.put(resultOf(child.id, child.index, child.from, child.items, { failure, status }));
  childFailed(turn, control, child.items, failure);
  return true;
}

function updateMap(turn: Turn, event: EventBody & { type: 'updateMap' }): boolean {
  const control = turn.control(event.frame);
  if (control?.kind !== 'map' || control.mode !== 'DISTRIBUTED') return false;
  const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = event.change;
  judge(turn, {
    ...control,
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...(toleratedFailureCount === undefined ? {} : { toleratedCount: toleratedFailureCount }),
    ...(toleratedFailurePercentage === undefined ? {} : { toleratedPercentage: toleratedFailurePercentage }),
  });
  return true;
}
