import type { ExecutionEvent, ExecutionHeader, HistoryEvent, Step } from '../../../asl/index.ts';
import type { RunningExecution } from './running.ts';

const failure = {
  error: 'States.Runtime',
  cause: 'An internal error kept the execution from going on. The log of the server has the details.',
} as const;

/**
 * How an execution ends whose step failed in a way that no definition can cause: it fails by itself, so that the others
 * go on. What it ran is not stopped.
 */
export function brokenStep({ memory }: RunningExecution, event: Pick<ExecutionEvent, 'at'>): Step {
  const before: ExecutionHeader = memory.header ?? {
    v: 1,
    status: 'RUNNING',
    startedAt: event.at,
    nextEventId: 1,
    nextEntry: 1,
    redriveCount: 0,
    pending: [],
  };
  const { ending: _ending, ...rest } = before;
  const id = before.nextEventId;
  const history: HistoryEvent[] = [
    {
      timestamp: event.at,
      type: 'ExecutionFailed',
      id,
      previousEventId: id - 1,
      executionFailedEventDetails: failure,
    },
  ];
  const header = {
    ...rest,
    status: 'FAILED',
    stoppedAt: event.at,
    nextEventId: id + 1,
    pending: [],
    ...failure,
  } as const;
  const ended = { kind: 'executionEnded', outcome: { status: 'FAILED', ...failure } } as const;
  return { changes: { header, deletes: [], puts: [] }, effects: [ended], history, applied: true };
}
