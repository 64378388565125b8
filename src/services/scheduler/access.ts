import type { Scope } from '../../core/arn.ts';
import type { AccessRequest } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import { findGroup } from './groups.ts';
import { defaultGroup, groupArn, groupIn, scheduleArn } from './names.ts';
import type { SchedulerRuntime } from './runtime.ts';

/** Access to an action that has no resource-level permissions. */
export function anyResource(action: string): () => readonly AccessRequest[] {
  return () => [{ action: `scheduler:${action}`, resource: '*' }];
}

interface ScheduleNames {
  readonly Name?: unknown;
  readonly GroupName?: unknown;
}

/** Access to a schedule. Schedules have no tags. */
export function scheduleAccess(action: string, scope: Scope, { Name, GroupName }: ScheduleNames): AccessRequest {
  const place = { group: textOf(GroupName) ?? defaultGroup, name: textOf(Name) ?? '*' };
  return { action: `scheduler:${action}`, resource: scheduleArn(scope, place) };
}

/** Access to a group, with its tags. */
export function groupAccess(
  action: string,
  scope: Scope,
  name: unknown,
  { ledger }: Pick<SchedulerRuntime, 'ledger'>,
): AccessRequest {
  const group = textOf(name) ?? '*';
  const tags = Object.entries(findGroup(ledger, scope, group)?.tags ?? {});
  const conditions = Object.fromEntries(tags.map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
  return {
    ...{ action: `scheduler:${action}`, resource: groupArn(scope, group) },
    ...(tags.length === 0 ? {} : { conditions }),
  };
}

/** Access to the group of an ARN, with its tags. */
export function arnAccess(
  action: string,
  scope: Scope,
  arn: unknown,
  runtime: Pick<SchedulerRuntime, 'ledger'>,
): AccessRequest {
  const resource = textOf(arn) ?? '*';
  const name = groupIn(scope, resource);
  if (name === undefined) return { action: `scheduler:${action}`, resource };
  return { ...groupAccess(action, scope, name, runtime), resource };
}

/** Whether a role may be handed to Scheduler; nothing to ask where none is. */
export function passRole(role: unknown): readonly AccessRequest[] {
  const resource = textOf(role);
  if (resource === undefined) return [];
  return [{ action: 'iam:PassRole', resource, conditions: { 'iam:PassedToService': 'scheduler.amazonaws.com' } }];
}
