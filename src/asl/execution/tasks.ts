import type { TaskState } from '../definition/machine.ts';
import { type Failure, StateError, stateErrors } from '../errors.ts';
import { evaluateTemplate } from '../evaluate/template.ts';
import type { Json } from '../json/json.ts';
import { SeededRandom } from '../json/seeded-random.ts';
import { limits } from '../limits.ts';
import { complete, inputOf } from './complete.ts';
import { historyText, type Inspection, shapeInput } from './data.ts';
import type { CancelTask, StartTask } from './effects.ts';
import type { EventBody, TaskRef } from './events.ts';
import { attempt, fail } from './failing.ts';
import { evaluateNumber } from './numbers.ts';
import type { FlowFrame, TaskPhase } from './records.ts';
import { type Surroundings, scopeOf } from './surroundings.ts';
import {
  type FailureStage,
  failedEvent,
  namedRole,
  scheduledEvent,
  startedEvent,
  submittedEvent,
  succeededEvent,
} from './task-events.ts';
import { payloadText, type Sent, sentText } from './text.ts';
import type { Turn } from './turn.ts';

export function taskRef(flow: FlowFrame): TaskRef {
  return { frame: flow.id, entry: flow.entry, attempt: flow.attempt };
}

/** Schedules a try of a task: works out its arguments, sets its timers, and asks the host to start it. */
export async function scheduleTask(turn: Turn, flow: FlowFrame, state: TaskState): Promise<void> {
  const seed = `${turn.event.seed}:${flow.entry}.${flow.attempt}:schedule`;
  const start = await describeTask(turn, flow, state, turn.at, seed, turn.inspection);
  const { resource } = state;
  if (resource.kind === 'activity' && turn.hasActivity?.(resource.arn) === false) {
    return fail(turn, flow, state, activityGone);
  }
  const { timeoutSeconds, heartbeatSeconds, taskToken } = start;
  const argumentsText = payloadText({ value: start.arguments, text: start.argumentsText }, state.name);
  const problems = (await turn.checkArguments?.(state.resource, start.arguments)) ?? [];
  if (problems.length > 0) throw unfit(state, argumentsText, problems);
  const schedule = { ...start, argumentsText, region: turn.info.region };
  const roleArn = namedRole(start.credentials);
  const previousEvent = turn.record(...insertAt(scheduledEvent(schedule), flow.previousEvent));
  const phase: TaskPhase = {
    kind: 'task',
    scheduledAt: turn.at,
    seed,
    stage: 'scheduled',
    ...(taskToken === undefined ? {} : { taskToken }),
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(timeoutSeconds === undefined ? {} : { timeoutAt: turn.at + timeoutSeconds * 1000 }),
    ...(heartbeatSeconds === undefined ? {} : { heartbeatAt: turn.at + heartbeatSeconds * 1000, heartbeatSeconds }),
  };
  const scheduled = turn.put({ ...flow, previousEvent, phase });
  turn.effect(start);
  setTimers(turn, scheduled, phase);
}

/** AWS's words (recorded): the history tells of no scheduling then. */
const activityGone: Failure = { error: stateErrors.runtime, cause: 'The activity ARN does not exist.' };

/** AWS's words (users' reports) for arguments that what a task calls does not take; nothing is scheduled then. */
function unfit({ queryLanguage }: TaskState, argumentsText: string, problems: readonly string[]): StateError {
  const field = queryLanguage === 'JSONata' ? 'Arguments' : 'Parameters';
  const cause = `The ${field} '${argumentsText}' could not be used to start the Task: [${problems.join(', ')}]`;
  return new StateError(stateErrors.runtime, cause);
}

function insertAt<T, U>([type, details]: readonly [T, U], previousEvent: number): [T, number, U] {
  return [type, previousEvent, details];
}

/**
 * What a scheduled try of a task is to do. Time and seed are those of its scheduling, so that the same comes out after
 * a crash: the arguments are not stored.
 */
export async function describeTask(
  around: Surroundings,
  flow: FlowFrame,
  state: TaskState,
  at: number,
  seed: string,
  inspect?: Inspection,
): Promise<StartTask> {
  const callback = state.resource.kind === 'service' && state.resource.pattern === 'waitForTaskToken';
  const token = callback ? { taskToken: new SeededRandom(`${seed}:token`).bytes(48).toString('base64url') } : {};
  const scope = scopeOf(around, flow, { at, seed, ...token });
  const range = { least: 1, most: limits.longestSeconds };
  const { timeoutSeconds: timeout, heartbeatSeconds: heartbeat, credentials } = state;
  const shaped = await shapeInput(state, scope, inspect);
  const sent = state.arguments ? undefined : sentText(shaped, inputOf(flow));
  return {
    kind: 'startTask',
    task: taskRef(flow),
    state: state.name,
    resource: state.resource,
    arguments: shaped,
    ...(sent === undefined ? {} : { argumentsText: sent }),
    ...(credentials ? { credentials: await evaluateTemplate(credentials, scope) } : {}),
    ...token,
    ...(timeout ? { timeoutSeconds: await evaluateNumber(timeout, scope, range) } : {}),
    ...(heartbeat ? { heartbeatSeconds: await evaluateNumber(heartbeat, scope, range) } : {}),
  };
}

function setTimers(turn: Turn, flow: FlowFrame, phase: TaskPhase): void {
  const { timeoutAt, heartbeatAt } = phase;
  const task = taskRef(flow);
  if (timeoutAt !== undefined) {
    turn.effect({ kind: 'setTimer', timer: { ...task, purpose: 'timeout' }, at: timeoutAt, clock: 'monotonic' });
  }
  if (heartbeatAt !== undefined) {
    turn.effect({ kind: 'setTimer', timer: { ...task, purpose: 'heartbeat' }, at: heartbeatAt, clock: 'monotonic' });
  }
}

/** Asks for the end of what a task began, as whoever began it. */
export function cancelTask(flow: TaskFlow, { resource }: TaskState, cause: string): CancelTask {
  const { roleArn } = flow.phase;
  return { kind: 'cancelTask', task: taskRef(flow), resource, cause, ...(roleArn === undefined ? {} : { roleArn }) };
}

/** Drops the timers of a task that has ended. */
export function cancelTimers(turn: Turn, flow: FlowFrame, phase: TaskPhase): void {
  const task = taskRef(flow);
  if (phase.timeoutAt !== undefined) turn.effect({ kind: 'cancelTimer', timer: { ...task, purpose: 'timeout' } });
  if (phase.heartbeatAt !== undefined) turn.effect({ kind: 'cancelTimer', timer: { ...task, purpose: 'heartbeat' } });
}

/** A flow that waits for a task. */
export type TaskFlow = FlowFrame & { readonly phase: TaskPhase };

export function taskStarted(turn: Turn, flow: TaskFlow, state: TaskState, workerName?: string): TaskFlow {
  if (flow.phase.stage !== 'scheduled') return flow;
  const previousEvent = turn.record(...insertAt(startedEvent(state.resource, workerName), flow.previousEvent));
  return turn.put({ ...flow, previousEvent, phase: { ...flow.phase, stage: 'started' } });
}

export function taskSubmitted(turn: Turn, flow: TaskFlow, state: TaskState, output: Json): TaskFlow {
  const started = taskStarted(turn, flow, state);
  if (started.phase.stage === 'submitted') return started;
  const event = submittedEvent(state.resource, historyText(output));
  if (!event) return started;
  const previousEvent = turn.record(...insertAt(event, started.previousEvent));
  return turn.put({ ...started, previousEvent, phase: { ...started.phase, stage: 'submitted' } });
}

export async function taskSucceeded(turn: Turn, flow: TaskFlow, state: TaskState, output: Sent): Promise<void> {
  const started = taskStarted(turn, flow, state);
  cancelTimers(turn, started, started.phase);
  await attempt(turn, started, state, async () => {
    const text = payloadText(output, state.name);
    const previousEvent = turn.record(...insertAt(succeededEvent(state.resource, text), started.previousEvent));
    const done = turn.put({ ...started, previousEvent, phase: { kind: 'ready' } });
    await complete(turn, done, state, { result: output.value, text: output.text });
  });
}

export async function taskFailed(
  turn: Turn,
  flow: TaskFlow,
  state: TaskState,
  failure: Failure,
  stage: FailureStage,
): Promise<void> {
  const started = stage === 'run' || stage === 'submit' ? taskStarted(turn, flow, state) : flow;
  cancelTimers(turn, started, started.phase);
  const previousEvent = turn.record(...insertAt(failedEvent(state.resource, stage, failure), started.previousEvent));
  const failed = turn.put({ ...started, previousEvent, phase: { kind: 'ready' } });
  await fail(turn, failed, state, failure);
}

/** A task took too long, or was silent too long. What it started is cancelled. */
export async function taskTimedOut(
  turn: Turn,
  flow: TaskFlow,
  state: TaskState,
  error: string,
  cause = '',
): Promise<void> {
  turn.effect(cancelTask(flow, state, error));
  await taskFailed(turn, flow, state, { error, cause }, 'timeout');
}

export function taskHeartbeat(turn: Turn, flow: TaskFlow): void {
  const { heartbeatSeconds } = flow.phase;
  if (heartbeatSeconds === undefined) return;
  const heartbeatAt = turn.at + heartbeatSeconds * 1000;
  turn.put({ ...flow, phase: { ...flow.phase, heartbeatAt } });
  const timer = { ...taskRef(flow), purpose: 'heartbeat' } as const;
  turn.effect({ kind: 'setTimer', timer, at: heartbeatAt, clock: 'monotonic' });
}

/** What an event about a task does to the flow that waits for it. */
export async function onTaskEvent(
  turn: Turn,
  flow: TaskFlow,
  state: TaskState,
  event: EventBody & { readonly task: TaskRef },
): Promise<void> {
  switch (event.type) {
    case 'taskStarted':
      taskStarted(turn, flow, state, event.workerName);
      return;
    case 'taskSubmitted':
      taskSubmitted(turn, flow, state, event.output);
      return;
    case 'taskHeartbeat':
      return taskHeartbeat(turn, flow);
    case 'taskSucceeded':
      return taskSucceeded(turn, flow, state, { value: event.output, text: event.text });
    case 'taskTimedOut':
      return taskFailed(turn, flow, state, { error: stateErrors.timeout, cause: event.cause ?? '' }, 'timeout');
    case 'taskFailed': {
      const failure = {
        error: (event.error ?? '').slice(0, limits.errorLength),
        cause: (event.cause ?? '').slice(0, limits.causeLength),
      };
      return taskFailed(turn, flow, state, failure, event.stage ?? 'run');
    }
  }
}
