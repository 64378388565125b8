import type { ExecutionRuntime } from '../runtime.ts';
import { describeExecution } from './describe-execution.ts';
import { describeStateMachineForExecution } from './describe-state-machine-for-execution.ts';
import { getExecutionHistory } from './get-execution-history.ts';
import { listExecutions } from './list-executions.ts';
import { describeMapRun, listMapRuns, updateMapRun } from './map-runs.ts';
import { redriveExecution } from './redrive-execution.ts';
import { sendTaskFailure, sendTaskHeartbeat, sendTaskSuccess } from './send-task.ts';
import { startExecution } from './start-execution.ts';
import { startSyncExecution } from './start-sync-execution.ts';
import { stopExecution } from './stop-execution.ts';

/** The operations on executions, map runs and task tokens. */
export function executionOperations(runtime: ExecutionRuntime) {
  return {
    DescribeExecution: describeExecution(runtime),
    DescribeMapRun: describeMapRun(runtime),
    DescribeStateMachineForExecution: describeStateMachineForExecution(runtime),
    GetExecutionHistory: getExecutionHistory(runtime),
    ListExecutions: listExecutions(runtime),
    ListMapRuns: listMapRuns(runtime),
    RedriveExecution: redriveExecution(runtime),
    SendTaskFailure: sendTaskFailure(runtime),
    SendTaskHeartbeat: sendTaskHeartbeat(runtime),
    SendTaskSuccess: sendTaskSuccess(runtime),
    StartExecution: startExecution(runtime),
    StartSyncExecution: startSyncExecution(runtime),
    StopExecution: stopExecution(runtime),
    UpdateMapRun: updateMapRun(runtime),
  };
}
