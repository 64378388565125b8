import type { InspectedContainer } from '../daemon/container-api.ts';
import type { Reach } from '../daemon/reach.ts';
import type { TaskFile } from './task-record.ts';

/** Docker has been killed since it was asked to start something, maybe in the midst of that: what it calls created may have run. */
export function mayBeTorn({ began }: TaskFile, reach: Reach): boolean {
  const asked = began?.daemonStart;
  if (asked === undefined || asked === reach.daemonStart) return false;
  return reach.lastFacts?.product === 'docker';
}

/** As far as its daemon knows. */
export function isUnstarted(found: InspectedContainer | undefined): boolean {
  return found?.status === 'created';
}
