import { ServiceError } from '../../core/errors.ts';

/**
 * What Step Functions refuses, in its codes, statuses and words. Each function throws; `never` lets callers write
 * `found ?? noStateMachine(arn)`.
 */

function refusal(code: string, message: string, status = 400): never {
  throw new ServiceError(code, message, { status });
}

/** More is asked than can wait. */
export function throttled(): never {
  return refusal('ThrottlingException', 'Rate exceeded');
}

export function invalidArn(problem: string): never {
  return refusal('InvalidArn', `Invalid Arn: '${problem}'`);
}

export function invalidName(name: string): never {
  return refusal('InvalidName', `Invalid Name: '${name}'`);
}

/** `message` is that of `refusalOf` of the States Language. */
export function invalidDefinition(message: string): never {
  return refusal('InvalidDefinition', message);
}

export function invalidExecutionInput(problem: string): never {
  return refusal('InvalidExecutionInput', `Invalid State Machine Execution Input: '${problem}'`);
}

/** The input is there, but empty: recorded for `""`. */
export function noExecutionInput(): never {
  return refusal('InvalidExecutionInput', 'Invalid execution input.');
}

export function invalidOutput(problem: string): never {
  return refusal('InvalidOutput', `Invalid Output: '${problem}'`);
}

/** A task token or a page token that is none. */
export function invalidToken(): never {
  return refusal('InvalidToken', "Invalid Token: 'Invalid token'");
}

export function invalidLogging(problem: string): never {
  return refusal('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${problem}`);
}

export function invalidEncryption(problem: string): never {
  return refusal('InvalidEncryptionConfiguration', `Invalid Encryption Configuration: ${problem}`);
}

export function noStateMachine(arn: string): never {
  return refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

export function stateMachineExists(arn: string): never {
  return refusal('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
}

export function stateMachineDeleting(arn: string): never {
  return refusal('StateMachineDeleting', `State Machine is being deleted: '${arn}'`);
}

export function stateMachineLimit(limit: number): never {
  return refusal('StateMachineLimitExceeded', `State Machine Limit Exceeded: '${limit}'`);
}

/** An operation that only the other type of state machine has. */
export function typeNotSupported(): never {
  const message = 'This operation is not supported by this type of state machine';
  return refusal('StateMachineTypeNotSupported', message);
}

export function noExecution(arn: string): never {
  return refusal('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

export function executionExists(arn: string): never {
  return refusal('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
}

export function executionLimit(limit: number): never {
  return refusal('ExecutionLimitExceeded', `Execution Limit Exceeded: '${limit}'`);
}

export function notRedrivable(problem: string): never {
  return refusal('ExecutionNotRedrivable', problem);
}

export function noActivity(arn: string): never {
  return refusal('ActivityDoesNotExist', `Activity Does Not Exist: '${arn}'`);
}

export function activityExists(arn: string): never {
  return refusal('ActivityAlreadyExists', `Activity Already Exists: '${arn}'`);
}

export function activityLimit(limit: number): never {
  return refusal('ActivityLimitExceeded', `Activity Limit Exceeded: '${limit}'`);
}

export function activityWorkerLimit(limit: number): never {
  return refusal('ActivityWorkerLimitExceeded', `Activity Worker Limit Exceeded: '${limit}'`);
}

export function taskTimedOut(): never {
  return refusal('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
}

/** Something that an ARN names is not there: a version, a map run, what tags are asked of. */
export function noResource(arn: string): never {
  throw new ServiceError('ResourceNotFound', `Resource not found: '${arn}'`, { members: { resourceName: arn } });
}

/** An alias that is not there: recorded of UpdateStateMachineAlias, and taken to be the same of DescribeStateMachineAlias. */
export function noAlias(arn: string): never {
  const message = 'Request references a resource that does not exist.';
  throw new ServiceError('ResourceNotFound', message, { members: { resourceName: arn } });
}

export function tooManyTags(arn: string): never {
  throw new ServiceError('TooManyTags', `Too many tags for resource '${arn}'`, { members: { resourceName: arn } });
}

export function conflict(message: string): never {
  return refusal('ConflictException', message, 409);
}

export function quotaExceeded(message: string): never {
  return refusal('ServiceQuotaExceededException', message, 402);
}

export function missingParameter(message: string): never {
  return refusal('MissingRequiredParameter', message);
}

/** AWS's machine-readable reasons of a `ValidationException`. */
type ValidationReason =
  | 'API_DOES_NOT_SUPPORT_LABELED_ARNS'
  | 'CANNOT_UPDATE_COMPLETED_MAP_RUN'
  | 'INVALID_ROUTING_CONFIGURATION'
  | 'MISSING_REQUIRED_PARAMETER';

export function validationError(message: string, reason?: ValidationReason): never {
  throw new ServiceError('ValidationException', message, reason === undefined ? {} : { members: { reason } });
}
