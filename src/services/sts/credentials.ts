import type { Credentials } from '@aws-sdk/client-sts';
import { ServiceError } from '../../core/errors.ts';
import type { SessionCredentials } from '../../iam/index.ts';

/** Temporary credentials in the shape of STS. */
export function describeCredentials(session: SessionCredentials): Credentials {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    SessionToken: session.sessionToken,
    Expiration: new Date(session.expiration),
  };
}

/** There are no MFA devices, so no code of one can be right. */
export function refuseMfa(serialNumber: string | undefined, code: string | undefined): void {
  if (serialNumber === undefined && code === undefined) return;
  const message =
    'MultiFactorAuthentication failed, unable to validate MFA code. ' +
    'Please verify your MFA serial number is valid and associated with this user.';
  throw new ServiceError('AccessDenied', message, { status: 403 });
}
