import { ServiceError } from '../../../core/errors.ts';

/** A token that cannot be taken, whoever it is of. Where AWS publishes no words these are ours. */
export function invalidToken(message: string): ServiceError {
  return new ServiceError('InvalidIdentityToken', message);
}

/** Seconds of the clock, as AWS tells them. */
export function expiredToken(now: number, expiration: number): ServiceError {
  const message = `Token expired: current date/time ${now} must be before the expiration date/time ${expiration}`;
  return new ServiceError('ExpiredTokenException', message);
}

/** AWS's own words (STS API, AssumeRoleWithWebIdentity). */
export function unreachable(cause: unknown): ServiceError {
  const message =
    'The request could not be fulfilled because the identity provider (IDP) that was asked to verify the incoming identity token ' +
    'could not be reached.';
  return new ServiceError('IDPCommunicationError', message, { cause });
}
