import { bootId } from '../../../core/boot-id.ts';
import type { InspectedContainer } from '../daemon/container-api.ts';
import type { Reach } from '../daemon/reach.ts';
import type { TaskFile } from './task-record.ts';

/**
 * Under what the containers of a task were to be started, if they may have been. That they were is written down and not forced to the
 * medium: where the machine has started anew since, the last lines may be missing, and it counts that it was foreseen.
 */
export function beginningOf({ began, foreseen }: TaskFile): TaskFile['began'] {
  if (began || !foreseen) return began;
  return isOfThisBoot(foreseen) ? undefined : foreseen;
}

/**
 * Docker has been killed since it was asked to start something, maybe in the midst of that, or the machine has, which takes along what
 * any daemon knew: what it calls created may have run.
 */
export function mayBeTorn({ began }: TaskFile, reach: Reach): boolean {
  if (!began) return false;
  if (!isOfThisBoot(began)) return true;
  const { daemonStart: asked } = began;
  if (asked === undefined || asked === reach.daemonStart) return false;
  return reach.lastFacts?.product === 'docker';
}

function isOfThisBoot({ lifetime }: NonNullable<TaskFile['began']>): boolean {
  return lifetime.split(' ')[0] === bootId();
}

/** As far as its daemon knows. */
export function isUnstarted(found: InspectedContainer | undefined): boolean {
  return found?.status === 'created';
}
