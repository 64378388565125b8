import type { ExecutionState } from './records.ts';

type Status = ExecutionState['status'];

const every: Readonly<Record<Status, true>> = {
  RUNNING: true,
  SUCCEEDED: true,
  FAILED: true,
  TIMED_OUT: true,
  ABORTED: true,
  PENDING_REDRIVE: true,
};

/** Every status that an execution can have. */
export const executionStatuses = Object.keys(every) as readonly Status[];
