import { parseArn, partitionOf, type Scope } from '../../../core/arn.ts';
import type { AccessRequest } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import type { AccountRoles } from './account-roles.ts';

const linkedRole = 'aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch';
const roleResource = /^role\/[\w+=,.@/-]{1,577}$/;
const profileResource = /^instance-profile\/[\w+=,.@/-]{1,640}$/;
const profileName = /^[\w+=,.@-]{1,128}$/;

function roleArn(scope: Scope, path: string): string {
  return `arn:${partitionOf(scope.region)}:iam::${scope.account}:role/${path}`;
}

/** The role that AWS uses when none is given: `AWSServiceRoleForBatch`. */
export function serviceLinkedRoleArn(scope: Scope): string {
  return roleArn(scope, linkedRole);
}

/** Its kind is fixed when an environment is created (spec 04 §5.6). */
export function isServiceLinkedRole(arn: string): boolean {
  return arn.endsWith(`:role/${linkedRole}`);
}

/**
 * The ARN of a role as given: nothing or an empty string is the service-linked role, a name stands for a role without
 * path (`path/name` for one with), an ARN is itself. Spec 06 §0.5, 08 §6.15.
 */
export function resolveServiceRole(scope: Scope, given: string | undefined): string {
  if (!given) return serviceLinkedRoleArn(scope);
  return given.startsWith('arn:') ? given : roleArn(scope, given.replace(/^\//, ''));
}

/** Whether `text` can be the ARN of a role at all, of an account if one is given. Roles are never looked up. */
export function isRoleArn(text: string, account?: string): boolean {
  return isArnOf(roleResource, text, account);
}

/** Whether `text` can be the ARN of an instance profile at all, of an account if one is given. */
export function isInstanceProfileArn(text: string, account?: string): boolean {
  return isArnOf(profileResource, text, account);
}

function isArnOf(resource: RegExp, text: string, account: string | undefined): boolean {
  const parts = parseArn(text);
  if (parts?.service !== 'iam' || !/^\d{12}$/.test(parts.account)) return false;
  return resource.test(parts.resource) && parts.account === (account ?? parts.account);
}

/** The ARN of an instance profile that there cannot be, given by name or ARN; undefined if there can. Profiles are never looked up. */
export function impossibleProfile(scope: Scope, given: string): string | undefined {
  if (given.startsWith('arn:')) return isInstanceProfileArn(given, scope.account) ? undefined : given;
  if (profileName.test(given)) return undefined;
  return `arn:${partitionOf(scope.region)}:iam::${scope.account}:instance-profile/${given}`;
}

/**
 * The role that an instance profile hands over, given by name or ARN. One that IAM does not have is taken to have the name of its one role, as
 * consoles make them.
 */
export function roleOfProfile(scope: Scope, given: unknown, roles: AccountRoles): string | undefined {
  const text = textOf(given);
  if (text === undefined || text === '') return undefined;
  const name = text.slice(text.lastIndexOf('/') + 1);
  const stored = roles.roleOfProfile(scope.account, name);
  return stored === undefined ? roleArn(scope, name) : (stored ?? undefined);
}

/** What is asked of who leaves the service's own role to be made. */
export function makesLinkedRole(scope: Scope, given: unknown, roles: AccountRoles): AccessRequest[] {
  if (textOf(given) || roles.hasLinkedRole(scope.account)) return [];
  const conditions = { 'iam:AWSServiceName': 'batch.amazonaws.com' };
  return [{ action: 'iam:CreateServiceLinkedRole', resource: serviceLinkedRoleArn(scope), conditions }];
}

/** The role that a request hands over by `serviceRole`, by name or ARN; undefined where AWS's own is used. */
export function passedServiceRole(scope: Scope, given: unknown): string | undefined {
  const text = textOf(given);
  return text === undefined || text === '' ? undefined : resolveServiceRole(scope, text);
}

/** Handing a role to a service needs leave for it (spec 06 §1.1). Only full ARNs of roles can be asked about. `associated` gets it. */
export function passRole(service: string, associated: string, ...roles: readonly unknown[]): AccessRequest[] {
  const conditions = { 'iam:PassedToService': service, 'iam:AssociatedResourceArn': associated };
  return roles
    .flatMap((role) => textOf(role) ?? [])
    .filter((role) => role.startsWith('arn:'))
    .map((resource) => ({ action: 'iam:PassRole', resource, conditions }));
}
