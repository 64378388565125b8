import type { AccessRequest } from '../../core/operation.ts';

/** Handing a role to a service needs leave for it (spec 06 §1.1). Only full ARNs of roles can be asked about. */
export function passRole(service: string, ...roles: readonly (string | undefined)[]): AccessRequest[] {
  return roles
    .filter((role) => role?.startsWith('arn:'))
    .map((role) => ({
      action: 'iam:PassRole',
      resource: role ?? '',
      conditions: { 'iam:PassedToService': service },
    }));
}
