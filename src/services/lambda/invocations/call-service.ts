import type { Scope } from '../../../core/arn.ts';

/** Calls an operation of another service, for a function of a scope. */
export type CallService = <Output>(
  scope: Scope,
  call: { readonly service: string; readonly operation: string; readonly input: unknown; readonly key?: string },
) => Promise<Output>;
