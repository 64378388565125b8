import type { ChildFailure, Effect, HistoryEvent, MapFrame, StartChild, Step } from '../../../asl/index.ts';
import type {
  ChildEnd,
  ChildFailed,
  ExecutionState,
  ExecutionSummary,
  MapRunCounts,
  MapRunRecord,
} from '../../../store/index.ts';
import type { Letter, RunningExecution } from './running.ts';

/** What one step changes about an execution's map runs; they are kept beside its frames, which go when the state ends. */
export function mapRunChanges(execution: RunningExecution, letter: Letter, step: Step): MapRunRecord[] {
  const changed = new Map<string, MapRunRecord>();
  const update = (frame: string, change: (run: MapRunRecord) => MapRunRecord) => {
    const run = changed.get(frame) ?? execution.mapRuns?.get(frame);
    if (run) changed.set(frame, change(run));
  };
  for (const effect of step.effects) {
    if (effect.kind === 'mapRunStarted') changed.set(effect.frame, newMapRun(execution, effect, step));
  }
  for (const event of step.history) if (event.type === 'MapRunRedriven') redrive(execution, event, update);
  for (const effect of step.effects) if (effect.kind === 'startChild') takeUp(execution, effect, update);
  countChild(execution, letter, update);
  for (const frame of step.changes.puts) {
    if (frame.kind === 'map' && frame.mapRunArn !== undefined) update(frame.id, (run) => withControl(run, frame));
  }
  for (const effect of step.effects) {
    if (effect.kind === 'mapRunEnded') update(effect.frame, (run) => ended(run, effect.status, atOf(step)));
  }
  return [...changed.values()];
}

/** Counts with all their members: one that a record lacks is nought. */
export type FullCounts = Required<MapRunCounts>;

export function fullCounts({ counts }: Pick<MapRunRecord, 'counts'>): FullCounts {
  return { pendingRedrive: noneWaits, notRedrivable: { items: 0, executions: 0 }, ...counts };
}

type Update = (frame: string, change: (run: MapRunRecord) => MapRunRecord) => void;

const noFailures: Readonly<Record<ChildFailed, number>> = { failed: 0, timedOut: 0, aborted: 0 };
const none: Readonly<Record<ChildEnd, number>> = { succeeded: 0, ...noFailures };
const noneWaits: FullCounts['pendingRedrive'] = { items: noFailures, executions: noFailures };

const failures: Readonly<Record<ChildFailure, ChildFailed>> = {
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'aborted',
};

function newMapRun(
  { record, scope }: RunningExecution,
  effect: Extract<Effect, { kind: 'mapRunStarted' }>,
  step: Step,
): MapRunRecord {
  return {
    ...scope,
    formatVersion: 1,
    arn: effect.mapRunArn,
    executionArn: record.arn,
    stateMachineArn: record.stateMachineArn,
    frame: effect.frame,
    status: 'RUNNING',
    startedAt: atOf(step),
    redriveCount: 0,
    maxConcurrency: effect.maxConcurrency,
    toleratedFailureCount: effect.toleratedCount ?? 0,
    toleratedFailurePercentage: effect.toleratedPercentage ?? 0,
    counts: {
      ...{ totalItems: 0, takenItems: 0, launched: 0, running: 0, items: none, executions: none },
      pendingRedrive: noneWaits,
      notRedrivable: { items: 0, executions: 0 },
    },
  };
}

/** When the step was taken; each that changes a map run records something. */
function atOf(step: Step): number {
  return step.history.at(-1)?.timestamp ?? step.changes.header.stoppedAt ?? step.changes.header.startedAt;
}

function withControl({ pendingFrom: _from, ...run }: MapRunRecord, control: MapFrame): MapRunRecord {
  return {
    ...run,
    ...(control.reviving === undefined ? {} : { pendingFrom: control.reviving }),
    maxConcurrency: control.maxConcurrency,
    toleratedFailureCount: control.toleratedCount ?? 0,
    toleratedFailurePercentage: control.toleratedPercentage ?? 0,
    counts: {
      ...run.counts,
      totalItems: control.total,
      takenItems: control.taken,
      launched: control.launched,
      running: control.active,
    },
  };
}

/** The children that did not succeed wait until they run again. */
function redrive(execution: RunningExecution, event: HistoryEvent, update: Update): void {
  const arn = event.mapRunRedrivenEventDetails?.mapRunArn;
  for (const [frame, run] of execution.mapRuns ?? []) {
    if (run.arn !== arn) continue;
    update(frame, ({ stoppedAt: _stopped, ...rest }) => ({
      ...rest,
      status: 'RUNNING',
      redriveCount: rest.redriveCount + 1,
      redrivenAt: event.timestamp,
      counts: awaitingRedrive(rest.counts),
    }));
  }
}

function awaitingRedrive(counts: MapRunCounts): MapRunCounts {
  const { succeeded: items, ...failedItems } = counts.items;
  const { succeeded: executions, ...failed } = counts.executions;
  return {
    ...counts,
    items: { ...none, succeeded: items },
    executions: { ...none, succeeded: executions },
    pendingRedrive: { items: failedItems, executions: failed },
    notRedrivable: { items: 0, executions: 0 },
  };
}

/** A child that is launched once more waits no longer; whether it was counted or not. */
function takeUp({ memory }: RunningExecution, { frame, map }: StartChild, update: Update): void {
  const before = memory.frame(frame);
  if (before?.kind !== 'child' && before?.kind !== 'result') return;
  // One that was not heard of had been stopped with the Map.
  const end = before.kind === 'child' ? 'aborted' : failures[before.status ?? 'FAILED'];
  update(map, (run) => {
    const counts = fullCounts(run);
    const { items, executions } = counts.pendingRedrive;
    const pendingRedrive = {
      items: { ...items, [end]: Math.max(0, items[end] - before.items) },
      executions: { ...executions, [end]: Math.max(0, executions[end] - 1) },
    };
    return { ...run, counts: { ...counts, pendingRedrive } };
  });
}

function countChild({ memory }: RunningExecution, { body, isFinal = false }: Letter, update: Update): void {
  if (body.type !== 'childSucceeded' && body.type !== 'childFailed') return;
  const child = memory.frame(body.frame);
  if (child?.kind !== 'child') return;
  const { items } = child;
  const end = body.type === 'childSucceeded' ? 'succeeded' : failures[body.status ?? 'FAILED'];
  const control = body.frame.slice(0, body.frame.lastIndexOf('/'));
  update(control, (run) => {
    const counts = fullCounts(run);
    const { notRedrivable: final } = counts;
    const notRedrivable = isFinal ? { items: final.items + items, executions: final.executions + 1 } : final;
    const running = Math.max(0, counts.running - 1);
    return { ...run, counts: { ...addEnd(counts, end, items), notRedrivable, running } };
  });
}

function addEnd(counts: MapRunCounts, end: ChildEnd, items: number): MapRunCounts {
  return {
    ...counts,
    items: { ...counts.items, [end]: counts.items[end] + items },
    executions: { ...counts.executions, [end]: counts.executions[end] + 1 },
  };
}

/**
 * Children that wait to be redriven stay what they were: AWS resets their count. Those that were launched and not heard of
 * again were stopped with the Map.
 */
function ended({ pendingFrom: _from, ...run }: MapRunRecord, status: MapRunRecord['status'], at: number): MapRunRecord {
  const { takenItems, launched, pendingRedrive } = fullCounts(run);
  const items = sum(run.counts.items, pendingRedrive.items);
  const executions = sum(run.counts.executions, pendingRedrive.executions);
  const silentItems = takenItems - endedOf(items);
  const silent = launched - endedOf(executions);
  return {
    ...run,
    status,
    stoppedAt: at,
    counts: {
      ...run.counts,
      running: 0,
      items: { ...items, aborted: items.aborted + silentItems },
      executions: { ...executions, aborted: executions.aborted + silent },
      pendingRedrive: noneWaits,
    },
  };
}

function sum(
  { succeeded, failed, timedOut, aborted }: MapRunCounts['items'],
  more: Readonly<Record<ChildFailed, number>>,
): MapRunCounts['items'] {
  return {
    succeeded,
    failed: failed + more.failed,
    timedOut: timedOut + more.timedOut,
    aborted: aborted + more.aborted,
  };
}

export function endedOf({ succeeded, failed, timedOut, aborted }: Readonly<Record<ChildEnd, number>>): number {
  return succeeded + failed + timedOut + aborted;
}

/** The status that a child of the map run has in a description: what waits to be redriven says so. */
export function shownStatus(
  run: Pick<MapRunRecord, 'status' | 'pendingFrom'>,
  { record, state }: Pick<ExecutionSummary, 'record' | 'state'>,
): ExecutionState['status'] {
  const { pendingFrom = Number.POSITIVE_INFINITY } = run;
  const waits = run.status === 'RUNNING' && (record.parent?.index ?? 0) >= pendingFrom;
  return waits && Object.hasOwn(failures, state.status) ? 'PENDING_REDRIVE' : state.status;
}
