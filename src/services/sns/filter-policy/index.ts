export { type FilteredMessage, type MessageAttribute, passesFilter } from './match.ts';
export { parseFilterPolicy } from './parse.ts';
export type { FilterPolicy, FilterPolicyScope } from './policy.ts';
