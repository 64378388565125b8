import { ServiceError } from '../../core/errors.ts';

/** The errors of CloudWatch Logs, in AWS's codes and words. */

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}

export function groupMissing(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
}

export function streamMissing(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.');
}

export function groupExists(): ServiceError {
  return new ServiceError('ResourceAlreadyExistsException', 'The specified log group already exists');
}

export function streamExists(): ServiceError {
  return new ServiceError('ResourceAlreadyExistsException', 'The specified log stream already exists');
}

/** The streams of a deleted group of this name are still being taken away. */
export function groupBeingDeleted(): ServiceError {
  return new ServiceError(
    'OperationAbortedException',
    'A conflicting operation is currently in progress against this resource. Please try again.',
  );
}

export function invalidToken(): ServiceError {
  return invalidParameter('The specified nextToken is invalid.');
}

/** For what AWS has and this version has not: never taken and ignored. */
export function unsupported(what: string): ServiceError {
  return invalidParameter(`${what} is not supported by this version of Batchyard.`);
}
