import { formatArn, type Scope } from '../../core/arn.ts';
import type { Arn } from '../../core/ids.ts';
import type { AccessRequest } from '../../core/operation.ts';
import { textOf, textsOf } from '../../core/unvalidated.ts';

export function alarmArn(scope: Scope, name: string): Arn {
  return formatArn('cloudwatch', scope, `alarm:${name}`);
}

/** Dashboards belong to an account in all its regions. */
export function dashboardArn(scope: Scope, name: string): Arn {
  const [prefix, partition, service, , account] = formatArn('cloudwatch', scope, 'x').split(':');
  return [prefix, partition, service, '', account, `dashboard/${name}`].join(':') as Arn;
}

/** The name of the alarm that an ARN of the scope names. */
export function alarmOfArn(scope: Scope, arn: string): string | undefined {
  const prefix = alarmArn(scope, '');
  return arn.startsWith(prefix) ? arn.slice(prefix.length) : undefined;
}

export function dashboardOfArn(scope: Scope, arn: string): string | undefined {
  const prefix = dashboardArn(scope, '');
  return arn.startsWith(prefix) ? arn.slice(prefix.length) : undefined;
}

export function anyResource(action: string): () => readonly AccessRequest[] {
  return () => [{ action: `cloudwatch:${action}`, resource: '*' }];
}

/** Access to alarms by their names; to all of them where none is named. */
export function alarmsAccess(action: string, scope: Scope, names: unknown): readonly AccessRequest[] {
  const given = textsOf(names).slice(0, 100);
  if (given.length === 0) return [{ action: `cloudwatch:${action}`, resource: alarmArn(scope, '*') }];
  return given.map((name) => ({ action: `cloudwatch:${action}`, resource: alarmArn(scope, name) }));
}

export function alarmAccess(action: string, scope: Scope, name: unknown): readonly AccessRequest[] {
  return [{ action: `cloudwatch:${action}`, resource: alarmArn(scope, textOf(name) ?? '*') }];
}
