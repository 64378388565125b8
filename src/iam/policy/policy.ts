import type { Position } from './json-tree.ts';

/** What a policy document is for: each kind has a grammar of its own. */
export type PolicyKind =
  /** Of a user, group or role. */
  | 'identity'
  /** The most that a user or role may do. */
  | 'boundary'
  /** The most that one session may do. */
  | 'session'
  /** The most that an account may do: a service control policy. */
  | 'organization'
  /** Of a thing: who may do what with it. */
  | 'resource'
  /** Of a role: who may assume it. */
  | 'trust';

export type Effect = 'Allow' | 'Deny';

/** A document as it was written, read and found sound. */
export interface PolicyDocument {
  readonly kind: PolicyKind;
  /** `${...}` stands for something since 2012-10-17. */
  readonly hasVariables: boolean;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid?: string;
  readonly effect: Effect;
  readonly actions: Patterns;
  /** Absent in trust policies. */
  readonly resources?: Patterns;
  /** Of policies of things and of trust alone. */
  readonly principals?: PrincipalPatterns;
  readonly conditions: readonly Condition[];
  readonly place: StatementPlace;
}

/** Where a statement stands; `start` and `end` as AWS's simulator counts them. */
export interface StatementPlace {
  /** Its opening bracket. */
  readonly opens: Position;
  /** From behind what is before it. */
  readonly start: Position;
  readonly end: Position;
}

/** What an element lists; `isNot` for NotAction, NotResource. */
export interface Patterns {
  readonly isNot: boolean;
  readonly patterns: readonly string[];
}

export type PrincipalType = 'AWS' | 'Service' | 'Federated' | 'CanonicalUser';

export interface PrincipalPatterns {
  readonly isNot: boolean;
  /** `*` of type AWS is everybody. */
  readonly entries: readonly { readonly type: PrincipalType; readonly name: string }[];
}

/** One key of one operator. */
export interface Condition {
  readonly operator: ConditionOperator;
  /** As it was written; keys are the same whatever their case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** What is compared, and how. */
export type Comparison =
  | 'StringEquals'
  | 'StringEqualsIgnoreCase'
  | 'StringLike'
  | 'NumericEquals'
  | 'NumericLessThan'
  | 'NumericLessThanEquals'
  | 'NumericGreaterThan'
  | 'NumericGreaterThanEquals'
  | 'DateEquals'
  | 'DateLessThan'
  | 'DateLessThanEquals'
  | 'DateGreaterThan'
  | 'DateGreaterThanEquals'
  | 'Bool'
  | 'BinaryEquals'
  | 'IpAddress'
  | 'ArnLike';

export type ConditionOperator =
  | { readonly kind: 'null' }
  | {
      readonly kind: 'compare';
      readonly comparison: Comparison;
      /** `StringNotEquals` and its like. */
      readonly isNot: boolean;
      readonly set?: 'ForAllValues' | 'ForAnyValue';
      readonly ifExists: boolean;
    };
