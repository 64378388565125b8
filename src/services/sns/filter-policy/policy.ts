import type { PatternNode } from '../../../event-patterns/index.ts';

/** What a filter policy looks at. */
export type FilterPolicyScope = 'MessageAttributes' | 'MessageBody';

/** A filter policy, read and checked. */
export interface FilterPolicy {
  readonly scope: FilterPolicyScope;
  readonly root: PatternNode;
}
