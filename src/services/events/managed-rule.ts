import type { Scope } from '../../core/arn.ts';

/** A rule of the default bus that another service keeps for itself. */
export interface ManagedRule {
  readonly name: string;
  readonly description: string;
  /** JSON text. */
  readonly eventPattern: string;
  /** The principal name of the service, such as `states.amazonaws.com`. */
  readonly managedBy: string;
  readonly targets: readonly { readonly id: string; readonly arn: string }[];
}

/** The managed rules that an account has in a region; asked at each call. */
export type ManagedRules = (scope: Scope) => readonly ManagedRule[];
