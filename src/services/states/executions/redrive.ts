import type { ExecutionHeader } from '../../../asl/index.ts';
import { limits } from '../../../asl/index.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { ExecutionRecord, ExecutionState } from '../../../store/index.ts';
import { executionLimits } from './options.ts';

export interface RedriveCandidate {
  readonly record: Pick<ExecutionRecord, 'startedAt' | 'mapRunArn' | 'kind'>;
  readonly state: ExecutionState;
  /** Undefined when the state machine is gone. */
  readonly machineStatus: 'ACTIVE' | 'DELETING' | undefined;
}

/** Why an execution cannot be redriven, in AWS's words (DescribeExecution, `redriveStatusReason`); undefined when it can. */
export function redriveRefusal(candidate: RedriveCandidate, now: EpochMilliseconds): string | undefined {
  const { record, state, machineStatus } = candidate;
  if (state.status === 'RUNNING' || state.status === 'SUCCEEDED' || state.status === 'PENDING_REDRIVE') {
    return `Execution is ${state.status} and cannot be redriven`;
  }
  // Express children are started anew: nothing but a success keeps them from it (developer guide, "Redriving Map Runs").
  if (record.kind === 'EXPRESS') return undefined;
  if (machineStatus !== 'ACTIVE') return 'State machine is in DELETING status';
  const header = state.header as ExecutionHeader | undefined;
  // The redrive itself and the event that would end the execution must fit.
  if ((header?.nextEventId ?? 0) >= limits.historyEvents - 1) return 'Execution history event limit exceeded';
  if (now - record.startedAt > executionLimits.longestDuration) {
    return 'Execution has exceeded the max execution time';
  }
  if (now - (state.stoppedAt ?? now) > executionLimits.redrivablePeriod) {
    return 'Execution redrivable period exceeded';
  }
  return state.redriveCount >= executionLimits.redrives ? 'Execution redrive limit exceeded' : undefined;
}
