import type { Arn } from '../../core/ids.ts';
import type { EntityRecord } from './records.ts';

export type EntityKind = 'user' | 'group' | 'role' | 'instance-profile' | 'policy';

type Named = Pick<EntityRecord, 'account' | 'path' | 'name'>;

/** The ARN of an entity: its path is a part of it. */
export function entityArn(kind: EntityKind, { account, path, name }: Named): Arn {
  return `arn:aws:iam::${account}:${kind}${path}${name}` as Arn;
}

/** The name that the ARN of a policy ends with; undefined for what is none. */
export function policyNameIn(account: string, arn: string): string | undefined {
  const beginning = `arn:aws:iam::${account}:policy/`;
  return arn.startsWith(beginning) ? arn.slice(arn.lastIndexOf('/') + 1) : undefined;
}
