import { ServiceError } from '../../core/errors.ts';

export function functionMissing(arn: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', `Function not found: ${arn}`, { status: 404 });
}

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterValueException', message);
}

export function tooManyInvocations(): ServiceError {
  return new ServiceError('TooManyRequestsException', 'Rate Exceeded.', {
    status: 429,
    members: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
  });
}

export function tooManyWaiting(): ServiceError {
  return new ServiceError('TooManyRequestsException', 'Too many events wait for their functions.', { status: 429 });
}

/** What runs the function did not answer: it may another time. */
export function serviceFailure(message: string): ServiceError {
  return new ServiceError('ServiceException', message, { status: 500 });
}
