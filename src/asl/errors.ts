import { limits } from './limits.ts';

/** The error names that the language defines (Amazon States Language, appendix A; developer guide, "Error names"). */
export const stateErrors = {
  all: 'States.ALL',
  branchFailed: 'States.BranchFailed',
  dataLimitExceeded: 'States.DataLimitExceeded',
  exceedToleratedFailureThreshold: 'States.ExceedToleratedFailureThreshold',
  heartbeatTimeout: 'States.HeartbeatTimeout',
  httpSocket: 'States.Http.Socket',
  intrinsicFailure: 'States.IntrinsicFailure',
  itemReaderFailed: 'States.ItemReaderFailed',
  noChoiceMatched: 'States.NoChoiceMatched',
  parameterPathFailure: 'States.ParameterPathFailure',
  permissions: 'States.Permissions',
  queryEvaluationError: 'States.QueryEvaluationError',
  resultPathMatchFailure: 'States.ResultPathMatchFailure',
  resultWriterFailed: 'States.ResultWriterFailed',
  runtime: 'States.Runtime',
  taskFailed: 'States.TaskFailed',
  timeout: 'States.Timeout',
} as const;

/** What a state failed with, as its catchers and the history see it. */
export interface Failure {
  readonly error: string;
  readonly cause: string;
  /**
   * Further names that `ErrorEquals` may know this error by. A Parameters path that finds nothing is reported by AWS
   * as `States.Runtime`, while its documents call it `States.ParameterPathFailure`: a catcher may name either.
   */
  readonly also?: readonly string[];
}

/** Thrown while a state is evaluated, and caught by the state that it happened in: it never leaves the library. */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly failure: Failure;
  /** For `EvaluationFailed` in the history: the field whose JSONata expression failed. */
  readonly location: string | undefined;
  /** For the history: the state itself is said to have failed, before its flow does. */
  readonly failed: 'MapStateFailed' | undefined;

  constructor(
    error: string,
    cause: string,
    options: { also?: readonly string[]; location?: string; failed?: 'MapStateFailed' } = {},
  ) {
    super(cause);
    const text = cause.slice(0, limits.causeLength);
    this.failure = options.also ? { error, cause: text, also: options.also } : { error, cause: text };
    this.location = options.location;
    this.failed = options.failed;
  }
}

const terminal: ReadonlySet<string> = new Set([stateErrors.dataLimitExceeded, stateErrors.runtime]);
const timeouts: ReadonlySet<string> = new Set([stateErrors.timeout, stateErrors.heartbeatTimeout]);

/**
 * Whether a retrier or catcher with these names applies to a failure. `States.ALL` matches every name except
 * `States.DataLimitExceeded` and `States.Runtime`; `States.TaskFailed` moreover leaves out timeouts; a heartbeat
 * timeout is a timeout too.
 */
export function matchesError(errorEquals: readonly string[], failure: Failure): boolean {
  return errorEquals.some((name) => {
    if (name === failure.error || failure.also?.includes(name)) return true;
    if (name === stateErrors.all) return !terminal.has(failure.error);
    if (name === stateErrors.taskFailed) return !terminal.has(failure.error) && !timeouts.has(failure.error);
    return name === stateErrors.timeout && failure.error === stateErrors.heartbeatTimeout;
  });
}
