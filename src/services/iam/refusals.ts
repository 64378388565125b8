import { ServiceError } from '../../core/errors.ts';

/** A parameter that is not right. AWS publishes the code, and no words: these are ours. */
export function invalidInput(message: string): ServiceError {
  return new ServiceError('InvalidInput', message);
}

/** A policy that cannot be evaluated. */
export function policyEvaluation(message: string, cause?: unknown): ServiceError {
  return new ServiceError('PolicyEvaluation', message, { status: 500, cause });
}
