import { firstIndex } from '../../core/first-index.ts';
import type { LaunchType } from './launch-type.ts';

/** Instances that are alike, any number of which may end. */
export interface Alike {
  readonly vcpus: number;
  readonly open: number;
}

/** What is to be launched, if so many vCPUs are left. */
export interface AfterEnds {
  /** How many of the type there is room for: never fewer where less is left. */
  readonly roomAt: (leftvCpus: number) => number;
  /** How many are launched, so many at least; undefined: there is no room for as many as minvCpus needs. */
  readonly launchedAt: (leftvCpus: number) => number | undefined;
}

/**
 * Whether so many of a type may be launched at some moment as instances end, one after the other and those of one kind before the next. Looks at as
 * many ends of each kind as the type has vCPUs, however many there may be: once there is room for them, what is launched to bring the rest to minvCpus
 * again and the room for it go on alike with each that many.
 */
export function mayLaunchAfterEnds(
  allvCpus: number,
  kinds: Iterable<Alike>,
  type: Pick<LaunchType, 'vcpus'>,
  least: number,
  { roomAt, launchedAt }: AfterEnds,
): boolean {
  let before = allvCpus;
  for (const { vcpus, open } of kinds) {
    const all = before;
    const leftAfter = (ends: number) => all - ends * vcpus;
    const first = 1 + firstIndex(open - 1, (index) => roomAt(leftAfter(index + 1)) >= least);
    const last = Math.min(open, first + Math.ceil(type.vcpus) - 1);
    for (let ends = first; ends <= last; ends += 1) if (launchedAt(leftAfter(ends)) !== undefined) return true;
    before = leftAfter(open);
  }
  return false;
}
