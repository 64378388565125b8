export { type MessageAttribute, MessageFilter } from './match.ts';
export { parseFilterPolicy } from './parse.ts';
export type { FilterPolicy, FilterPolicyScope } from './policy.ts';
