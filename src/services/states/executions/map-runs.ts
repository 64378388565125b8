import type { Effect, HistoryEvent, MapFrame, Step } from '../../../asl/index.ts';
import type { ChildEnd, MapRunCounts, MapRunRecord } from '../../../store/index.ts';
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
  countChild(execution, letter, update);
  for (const frame of step.changes.puts) {
    if (frame.kind === 'map' && frame.mapRunArn !== undefined) update(frame.id, (run) => withControl(run, frame));
  }
  for (const effect of step.effects) {
    if (effect.kind === 'mapRunEnded') update(effect.frame, (run) => ended(run, effect.status, atOf(step)));
  }
  return [...changed.values()];
}

type Update = (frame: string, change: (run: MapRunRecord) => MapRunRecord) => void;

const none: Readonly<Record<ChildEnd, number>> = { succeeded: 0, failed: 0, timedOut: 0, aborted: 0 };

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
    counts: { totalItems: 0, takenItems: 0, launched: 0, running: 0, items: none, executions: none },
  };
}

/** When the step was taken; each that changes a map run records something. */
function atOf(step: Step): number {
  return step.history.at(-1)?.timestamp ?? step.changes.header.stoppedAt ?? step.changes.header.startedAt;
}

function withControl(run: MapRunRecord, control: MapFrame): MapRunRecord {
  return {
    ...run,
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

/** The children that did not succeed run again. */
function redrive(execution: RunningExecution, event: HistoryEvent, update: Update): void {
  const arn = event.mapRunRedrivenEventDetails?.mapRunArn;
  for (const [frame, run] of execution.mapRuns ?? []) {
    if (run.arn !== arn) continue;
    update(frame, ({ stoppedAt: _stopped, ...rest }) => ({
      ...rest,
      status: 'RUNNING',
      redriveCount: rest.redriveCount + 1,
      redrivenAt: event.timestamp,
      counts: {
        ...rest.counts,
        items: { ...none, succeeded: rest.counts.items.succeeded },
        executions: { ...none, succeeded: rest.counts.executions.succeeded },
      },
    }));
  }
}

function countChild({ memory }: RunningExecution, { body, childEnd }: Letter, update: Update): void {
  if (childEnd === undefined || (body.type !== 'childSucceeded' && body.type !== 'childFailed')) return;
  const child = memory.frame(body.frame);
  if (child?.kind !== 'child') return;
  const control = body.frame.slice(0, body.frame.lastIndexOf('/'));
  update(control, (run) => ({
    ...run,
    counts: { ...addEnd(run.counts, childEnd, child.items), running: Math.max(0, run.counts.running - 1) },
  }));
}

function addEnd(counts: MapRunCounts, end: ChildEnd, items: number): MapRunCounts {
  return {
    ...counts,
    items: { ...counts.items, [end]: counts.items[end] + items },
    executions: { ...counts.executions, [end]: counts.executions[end] + 1 },
  };
}

/** Children that were launched and not heard of again were stopped with the Map. */
function ended(run: MapRunRecord, status: MapRunRecord['status'], at: number): MapRunRecord {
  const { items, executions, takenItems, launched } = run.counts;
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
    },
  };
}

export function endedOf({ succeeded, failed, timedOut, aborted }: Readonly<Record<ChildEnd, number>>): number {
  return succeeded + failed + timedOut + aborted;
}
