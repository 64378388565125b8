import { invalidParameter } from '../refusals.ts';

/** Refuses a filter policy as AWS does. */
export function refusePolicy(reason: string): never {
  throw invalidParameter(`FilterPolicy: ${reason}`);
}
