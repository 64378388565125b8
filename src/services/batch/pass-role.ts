import type { AccessRequest } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';

/** Handing a role to a service needs leave for it (spec 06 §1.1). Only full ARNs of roles can be asked about. */
export function passRole(service: string, ...roles: readonly unknown[]): AccessRequest[] {
  return roles
    .flatMap((role) => textOf(role) ?? [])
    .filter((role) => role.startsWith('arn:'))
    .map((resource) => ({ action: 'iam:PassRole', resource, conditions: { 'iam:PassedToService': service } }));
}
