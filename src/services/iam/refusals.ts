import { ServiceError } from '../../core/errors.ts';

/** A parameter that is not right. Where AWS publishes no words these are ours. */
export function invalidInput(message: string): ServiceError {
  return new ServiceError('InvalidInput', message);
}

/** A policy that cannot be evaluated. */
export function policyEvaluation(message: string, cause?: unknown): ServiceError {
  return new ServiceError('PolicyEvaluation', message, { status: 500, cause });
}

export function noSuchEntity(message: string): ServiceError {
  return new ServiceError('NoSuchEntity', message, { status: 404 });
}

export function alreadyExists(message: string): ServiceError {
  return new ServiceError('EntityAlreadyExists', message, { status: 409 });
}

/** What is left has to go first: `must LEFT first.` */
export function deleteConflict(left: string): ServiceError {
  return new ServiceError('DeleteConflict', `Cannot delete entity, must ${left} first.`, { status: 409 });
}

/** The same of policies, which are called by their name. */
export function policyDeleteConflict(message: string): ServiceError {
  return new ServiceError('DeleteConflict', message, { status: 409 });
}

export function limitExceeded(message: string): ServiceError {
  return new ServiceError('LimitExceeded', message, { status: 409 });
}

export function overQuota(quota: string, most: number): ServiceError {
  return limitExceeded(`Cannot exceed quota for ${quota}: ${most}`);
}

export function malformed(message: string): ServiceError {
  return new ServiceError('MalformedPolicyDocument', message);
}

/** Of a role that belongs to a service. */
export function unmodifiable(role: string): ServiceError {
  return new ServiceError(
    'UnmodifiableEntity',
    `Cannot perform the operation on the protected role '${role}' - this role is only modifiable by AWS`,
  );
}

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

/** Of a policy that AWS manages. */
export function outsideAccount(): ServiceError {
  return new ServiceError('AccessDenied', 'Policy is outside your own account.', { status: 403 });
}
