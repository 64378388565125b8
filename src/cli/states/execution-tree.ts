import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { EpochMilliseconds } from '../../core/ids.ts';

export type VisitStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** One visit to a state; a Parallel or Map state holds flows of its own. */
export interface StateVisit {
  readonly name: string;
  /** `Task`, `Pass`, `Parallel`... */
  readonly type: string;
  readonly startedAt: EpochMilliseconds;
  readonly flows: Flow[];
  /** Iterations of a Map state, as it announced them. */
  iterations?: number;
  status: VisitStatus;
  stoppedAt?: EpochMilliseconds;
  /** How often its task was begun. */
  tries: number;
  /** The job that a task submitted. */
  jobId?: string;
  error?: string;
  cause?: string;
  readonly parent: Flow;
}

/** States one after the other: the top level, a branch, an iteration. */
export interface Flow {
  /** Undefined for the top level and for branches. */
  readonly iteration?: number;
  readonly visits: StateVisit[];
  readonly parent?: StateVisit;
  status: VisitStatus;
}

/** What the name of an event says: `TaskStateEntered` is a Task that was entered. */
const entered = /^(.+)StateEntered$/;
const exited = /^(.+)StateExited$/;
const failedTask = /^(Task|Activity|LambdaFunction)(Failed|TimedOut|StartFailed|SubmitFailed|ScheduleFailed)$/;
const failedContainer = /^(Parallel|Map)State(Failed|Aborted)$/;

/**
 * The states of an execution as a tree, built from its history in the order of event ids. An event belongs to the flow of
 * the event before it (`previousEventId`).
 */
export class ExecutionTree {
  readonly root: Flow = { visits: [], status: 'RUNNING' };
  error?: string;
  cause?: string;
  /** The place of every event so far. */
  readonly #places = new Map<number, Place>();

  add(event: HistoryEvent): void {
    const before = this.#places.get(event.previousEventId ?? 0) ?? { flow: this.root };
    this.#places.set(event.id ?? 0, this.#take(event, before));
  }

  /** In which iterations an event that was added happened: of the outermost Map state first. */
  iterationsAt({ id = 0 }: HistoryEvent): readonly number[] {
    const indexes: number[] = [];
    for (let flow = this.#places.get(id)?.flow; flow; flow = flow.parent?.parent) {
      if (flow.iteration !== undefined) indexes.unshift(flow.iteration);
    }
    return indexes;
  }

  #take(event: HistoryEvent, before: Place): Place {
    const type = event.type ?? '';
    const enters = entered.exec(type)?.[1];
    if (enters !== undefined) return enter(event, enters, before);
    if (exited.test(type)) return exit(event, before);
    if (type === 'ParallelStateStarted' || type === 'MapStateStarted') return open(event, before);
    if (type === 'MapIterationStarted') return beginIteration(event, before);
    if (/^MapIteration/.test(type)) return endIteration(event, before);
    if (/^Execution/.test(type)) return this.#ended(event);
    return note(event, before);
  }

  #ended(event: HistoryEvent): Place {
    const status = endings[event.type ?? ''];
    const details =
      event.executionFailedEventDetails ??
      event.executionAbortedEventDetails ??
      event.executionTimedOutEventDetails ??
      {};
    if (event.type === 'ExecutionRedriven') this.root.status = 'RUNNING';
    if (status === undefined) return { flow: this.root };
    if (details.error !== undefined) this.error = details.error;
    if (details.cause !== undefined) this.cause = details.cause;
    endFlow(this.root, status, millisecondsOf(event));
    return { flow: this.root };
  }
}

/** Where an event stands: its flow, and the state that its flow is in; `inside` when what follows is a new child flow. */
interface Place {
  readonly flow: Flow;
  readonly visit?: StateVisit;
  readonly inside?: boolean;
}

const endings: Readonly<Record<string, VisitStatus>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'FAILED',
  ExecutionAborted: 'ABORTED',
};

function enter(event: HistoryEvent, type: string, before: Place): Place {
  const flow = before.inside && before.visit ? newFlow(before.visit) : before.flow;
  const visit: StateVisit = {
    name: event.stateEnteredEventDetails?.name ?? '',
    type,
    startedAt: millisecondsOf(event),
    flows: [],
    status: 'RUNNING',
    tries: 0,
    parent: flow,
  };
  flow.visits.push(visit);
  return { flow, visit };
}

function newFlow(parent: StateVisit, iteration?: number): Flow {
  const flow: Flow = { visits: [], parent, status: 'RUNNING', ...(iteration === undefined ? {} : { iteration }) };
  parent.flows.push(flow);
  return flow;
}

function exit(event: HistoryEvent, before: Place): Place {
  const name = event.stateExitedEventDetails?.name;
  const visit = outward(before, (it) => it.name === name && it.status !== 'ABORTED' && it.stoppedAt === undefined);
  if (!visit) return before;
  // A state that exits after a failure was caught.
  endVisit(visit, visit.error === undefined ? 'SUCCEEDED' : 'FAILED', millisecondsOf(event));
  return { flow: visit.parent };
}

function open(event: HistoryEvent, before: Place): Place {
  const { visit } = before;
  if (!visit) return before;
  const length = event.mapStateStartedEventDetails?.length;
  if (length !== undefined) visit.iterations = length;
  visit.tries += 1;
  return { ...before, inside: true };
}

function beginIteration(event: HistoryEvent, before: Place): Place {
  const { name, index } = event.mapIterationStartedEventDetails ?? {};
  const map = outward(before, (visit) => visit.name === name && visit.type === 'Map');
  if (!map) return before;
  return { flow: newFlow(map, index) };
}

function endIteration(event: HistoryEvent, before: Place): Place {
  const details =
    event.mapIterationSucceededEventDetails ??
    event.mapIterationFailedEventDetails ??
    event.mapIterationAbortedEventDetails;
  const map = outward(before, (visit) => visit.name === details?.name && visit.type === 'Map');
  const flow = map?.flows.findLast(({ iteration }) => iteration === details?.index);
  if (!map || !flow) return before;
  const status = event.mapIterationSucceededEventDetails
    ? 'SUCCEEDED'
    : event.mapIterationFailedEventDetails
      ? 'FAILED'
      : 'ABORTED';
  endFlow(flow, status, millisecondsOf(event));
  return { flow: map.parent, visit: map };
}

function note(event: HistoryEvent, before: Place): Place {
  const type = event.type ?? '';
  if (failedContainer.test(type)) return containerFailed(event, before);
  if (/^(Parallel|Map)StateSucceeded$/.test(type)) {
    const visit = outward(before, (it) => type.startsWith(it.type) && it.stoppedAt === undefined);
    return visit ? { flow: visit.parent, visit } : before;
  }
  const { visit } = before;
  if (!visit) return before;
  if (/Scheduled$/.test(type)) begin(visit);
  if (type === 'TaskSubmitted') visit.jobId = jobIdOf(event.taskSubmittedEventDetails?.output) ?? visit.jobId ?? '';
  if (failedTask.test(type) || type === 'EvaluationFailed') fail(visit, detailsOf(event));
  return before;
}

function begin(visit: StateVisit): void {
  visit.tries += 1;
  visit.status = 'RUNNING';
  delete visit.error;
  delete visit.cause;
}

function containerFailed(event: HistoryEvent, before: Place): Place {
  const kind = event.type?.startsWith('Map') ? 'Map' : 'Parallel';
  const visit = outward(before, (it) => it.type === kind && it.stoppedAt === undefined);
  if (!visit) return before;
  // The event has no details of its own: what failed is inside.
  const failed = visit.flows.flatMap((flow) => flow.visits).findLast(({ error }) => error !== undefined);
  fail(visit, failed ?? detailsOf(event));
  return { flow: visit.parent, visit };
}

function fail(visit: StateVisit, { error, cause }: { error?: string | undefined; cause?: string | undefined }): void {
  visit.error = error ?? 'failed';
  if (cause !== undefined) visit.cause = cause;
}

/** The nearest visit at or around `place` that fits. */
function outward(place: Place, fits: (visit: StateVisit) => boolean): StateVisit | undefined {
  let visit = place.visit ?? place.flow.parent;
  while (visit && !fits(visit)) visit = visit.parent.parent;
  return visit;
}

/** Ends a flow with whatever still runs in it. */
function endFlow(flow: Flow, status: VisitStatus, at: EpochMilliseconds): void {
  flow.status = status;
  const last = flow.visits.at(-1);
  if (last?.stoppedAt === undefined && last) endVisit(last, status, at);
}

function endVisit(visit: StateVisit, status: VisitStatus, at: EpochMilliseconds): void {
  visit.status = status === 'ABORTED' && visit.error !== undefined ? 'FAILED' : status;
  visit.stoppedAt = at;
  for (const flow of visit.flows) {
    if (flow.status === 'RUNNING') endFlow(flow, status === 'SUCCEEDED' ? 'SUCCEEDED' : 'ABORTED', at);
  }
}

/** The details member of a failure, whichever it is: all have an error and a cause. */
function detailsOf(event: HistoryEvent): { error?: string; cause?: string } {
  const [details] = Object.entries(event).flatMap(([key, value]) => (key.endsWith('EventDetails') ? [value] : []));
  return (details ?? {}) as { error?: string; cause?: string };
}

function jobIdOf(output: string | undefined): string | undefined {
  if (output === undefined) return undefined;
  try {
    return (JSON.parse(output) as { readonly JobId?: string }).JobId;
  } catch {
    // Any integration may submit something; only Batch's answer is known to have a job id.
    return undefined;
  }
}

/** The API gives seconds; the SDK makes a Date of them. */
function millisecondsOf({ timestamp }: HistoryEvent): EpochMilliseconds {
  return (timestamp instanceof Date ? timestamp.getTime() : Number(timestamp ?? 0) * 1_000) as EpochMilliseconds;
}
