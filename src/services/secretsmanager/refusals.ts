import { ServiceError } from '../../core/errors.ts';

/**
 * The errors of Secrets Manager, in AWS's codes and words. The words are those that users report, or the ones that the API
 * reference gives for the code; where neither has any, ours.
 */

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}

export function invalidRequest(message: string): ServiceError {
  return new ServiceError('InvalidRequestException', message);
}

/** One broken rule of a member whose value must not be told. */
export function invalidHidden(member: string, constraint: string): ServiceError {
  const words = `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${constraint}`;
  return new ServiceError('ValidationException', words);
}

/** Reported in uniswapx-service pull request 126 and many more. */
export function secretMissing(): ServiceError {
  return new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

/** Reported in aws-sdk-js-v3 issue 7701. */
export function versionMissing(what: string): ServiceError {
  const message = `Secrets Manager can't find the specified secret value for ${what}`;
  return new ServiceError('ResourceNotFoundException', message);
}

/** Reported in kubernetes-external-secrets issue 114. */
export function markedForDeletion(): ServiceError {
  return invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
}

/** Reported in redpanda-data/console issue 1835. */
export function nameScheduledForDeletion(): ServiceError {
  return invalidRequest(
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  );
}

/** Reported in moto issue 9700, of AWS itself. */
export function secretExists(name: string): ServiceError {
  return new ServiceError('ResourceExistsException', `The operation failed because the secret ${name} already exists.`);
}

export function tokenInUse(token: string, arn: string): ServiceError {
  const message = `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`;
  return new ServiceError('ResourceExistsException', message);
}

/** The words of the API reference. */
export function limitExceeded(what: string): ServiceError {
  const message = `The request failed because it would exceed one of the Secrets Manager quotas: ${what}`;
  return new ServiceError('LimitExceededException', message);
}

export function invalidToken(): ServiceError {
  return new ServiceError('InvalidNextTokenException', 'The NextToken value is invalid.');
}

/** The words of the API reference, and what the operator can do. */
export function encryptionFailure(problem: string): ServiceError {
  const words = `Secrets Manager can't encrypt the protected secret text using the provided KMS key. ${problem}`;
  return new ServiceError('EncryptionFailure', words);
}

export function decryptionFailure(problem: string): ServiceError {
  const words = `Secrets Manager can't decrypt the protected secret text using the provided KMS key: ${problem}.`;
  return new ServiceError('DecryptionFailure', words);
}

/** For what AWS has and this version has not: never taken and ignored. */
export function unsupported(what: string): ServiceError {
  return invalidParameter(`${what} is not supported by this version of Batchyard.`);
}
