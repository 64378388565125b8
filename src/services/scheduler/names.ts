import { formatArn, parseArn, type Scope } from '../../core/arn.ts';

/** The group of schedules that name none. It is always there. */
export const defaultGroup = 'default';

export function groupArn(scope: Scope, name: string): string {
  return formatArn('scheduler', scope, `schedule-group/${name}`);
}

export function scheduleArn(scope: Scope, { group, name }: { readonly group: string; readonly name: string }): string {
  return formatArn('scheduler', scope, `schedule/${group}/${name}`);
}

/** The name of the group of a scope that an ARN names; undefined for any other ARN. */
export function groupIn(scope: Scope, arn: string): string | undefined {
  const parts = parseArn(arn);
  const isHere = parts?.service === 'scheduler' && parts.account === scope.account && parts.region === scope.region;
  const [kind, name, ...rest] = parts?.resource.split('/') ?? [];
  return isHere && kind === 'schedule-group' && rest.length === 0 ? name : undefined;
}
