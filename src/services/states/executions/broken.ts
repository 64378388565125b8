import { type Effect, type ExecutionEvent, type ExecutionHeader, limits, type Step } from '../../../asl/index.ts';
import { UnreadableDefinition } from './readable.ts';
import type { RunningExecution } from './running.ts';

const internal = 'An internal error kept the execution from going on. The log of the server has the details.';

/**
 * How an execution ends that cannot take a step: its stored definition cannot be read, or the step failed in a way that no
 * definition can cause. It fails by itself, so that the others go on; its map runs end with it. What its tasks began is not
 * stopped. The sentences are ours.
 */
export function brokenStep(execution: RunningExecution, event: Pick<ExecutionEvent, 'at'>, fault: unknown): Step {
  const cause = fault instanceof UnreadableDefinition ? fault.message.slice(0, limits.causeLength) : internal;
  const failure = { error: 'States.Runtime', cause } as const;
  const { ending: _ending, ...before } = execution.memory.header ?? unbegun(event.at);
  const id = before.nextEventId;
  const failed = {
    timestamp: event.at,
    type: 'ExecutionFailed',
    id,
    previousEventId: id - 1,
    executionFailedEventDetails: failure,
  } as const;
  const header = {
    ...before,
    status: 'FAILED',
    stoppedAt: event.at,
    nextEventId: id + 1,
    pending: [],
    ...failure,
  } as const;
  const ended = { kind: 'executionEnded', outcome: { status: 'FAILED', ...failure } } as const;
  const effects = [...endedMapRuns(execution), ended];
  return { changes: { header, deletes: [], puts: [] }, effects, history: [failed], applied: true };
}

function unbegun(at: number): ExecutionHeader {
  return {
    v: 1,
    status: 'RUNNING',
    startedAt: at,
    nextEventId: 1,
    nextEntry: 1,
    redriveCount: 0,
    pending: [],
  };
}

function endedMapRuns({ mapRuns }: RunningExecution): Effect[] {
  const running = [...(mapRuns?.values() ?? [])].filter(({ status }) => status === 'RUNNING');
  return running.map(({ frame }) => ({ kind: 'mapRunEnded', frame, status: 'FAILED' }));
}
