export {
  type AccessDecision,
  type Answer,
  Authority,
  type AuthorityOptions,
  type Deliveries,
  type MayUseRole,
} from './authority.ts';
export type { CallFacts } from './call-keys.ts';
export type { Why } from './denial.ts';
export type { PolicyReads, StoredIdentity, StoredRole } from './policy-reads.ts';
export { roleNameOf, type UnstoredRoles } from './standing.ts';
