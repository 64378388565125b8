import type { AccountId } from '../../../core/ids.ts';
import type { ComputeEnvironmentRecord } from '../records.ts';

/** What IAM knows of the roles that compute environments name. */
export interface AccountRoles {
  /** What keeps the service from what it must do by an environment's service role, as AWS says it; undefined where nothing does. */
  problemOf(environment: ServedEnvironment): RoleProblem | undefined;
  /** The role of an instance profile: null for one without any, undefined where IAM has no such profile. */
  roleOfProfile(account: AccountId, name: string): string | null | undefined;
  /** Whether the account has the service's own role. */
  hasLinkedRole(account: AccountId): boolean;
  /** Makes it, unless it is there. */
  makeLinkedRole(account: AccountId): void;
}

export type ServedEnvironment = Pick<
  ComputeEnvironmentRecord,
  'account' | 'region' | 'arn' | 'name' | 'kind' | 'serviceRole' | 'computeResources'
>;

export type RoleProblem =
  /** IAM has none of its ARN, where such roles may do nothing. */
  | { readonly kind: 'missing' }
  /** Its trust policy does not name the service, or the path is another one. */
  | { readonly kind: 'unassumable' }
  /** It lacks a permission; in AWS's words. */
  | { readonly kind: 'unauthorized'; readonly words: string };
