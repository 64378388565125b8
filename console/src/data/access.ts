import type { CheckAccessOutput } from '../../../src/main/console/check-access.ts';
import { useCall } from './use-call.ts';

export interface Needed {
  readonly action: string;
  readonly resource: string;
  readonly conditions?: Readonly<Record<string, string>>;
}

/**
 * Which of these calls whoever is signed in may not make, by action, and in AWS's words why. Until that is known, or where it may not be
 * asked, none: the server decides at each call all the same.
 */
export function useDenials(calls: readonly Needed[]): ReadonlyMap<string, string> {
  const call = { service: 'batchyard', operation: 'CheckAccess', input: { calls } } as const;
  const { data } = useCall<CheckAccessOutput>(call, { enabled: calls.length > 0 });
  const denied = (data?.calls ?? []).filter(({ allowed }) => !allowed);
  return new Map(denied.map(({ action, message = action }) => [action, message]));
}
