import type { EpochMilliseconds } from '../../core/ids.ts';
import { type Amount, covers } from '../amount.ts';
import type { LaunchBackoff } from './launch-backoff.ts';
import { roomFor } from './launch-room.ts';
import type { FleetSettings, LaunchType } from './launch-type.ts';
import type { Choice, RankedTypes } from './ranked-types.ts';

/** maxvCpus never leaves room for so many instances of one type that is large enough. */
export interface TooFew {
  readonly kind: 'too-few';
  /** The one of which there may be most, the first of equals. */
  readonly type: LaunchType;
  readonly most: number;
}

/** What a multi-node job wants: for each node an instance for itself, all of one type. */
export interface NodesNeed {
  /** By the largest node. */
  readonly wanted: Amount;
  readonly nodes: number;
}

/** A fleet, as far as it decides. */
interface Choosing {
  readonly settings: FleetSettings;
  readonly ranked: RankedTypes;
  readonly backoffs: ReadonlyMap<string, LaunchBackoff>;
}

/**
 * The type to launch for a multi-node job. `roomFor` says how many instances of a type it could have now: those that are free and those that may still be
 * launched. A type of which there may never be enough is as one that is too small. Of the others the first of the strategy's that has room now; where none
 * has, and under `BEST_FIT`, which takes no other type, the first.
 */
export function chooseForNodes(
  { settings, ranked, backoffs }: Choosing,
  { wanted, nodes }: NodesNeed,
  now: EpochMilliseconds,
  roomNow: (type: LaunchType) => number,
): Choice | TooFew {
  // One node an instance: what several would take together says nothing.
  const need = { wanted, jobs: 1 };
  const most = ({ vcpus }: LaunchType) => roomFor(settings, 0, vcpus);
  const isEnough = (type: LaunchType) => most(type) >= nodes;
  const first = ranked.choose(need, backoffs, now, isEnough);
  if (first.kind === 'none-large-enough') {
    const large = settings.types.filter(({ capacity }) => covers(capacity, wanted));
    const [type] = large.sort((one, other) => most(other) - most(one));
    return type ? { kind: 'too-few', type, most: most(type) } : first;
  }
  if (first.kind !== 'chosen' || settings.strategy === 'BEST_FIT' || roomNow(first.type) >= nodes) return first;
  const other = ranked.choose(need, backoffs, now, (type) => isEnough(type) && roomNow(type) >= nodes);
  if (other.kind === 'chosen') return other;
  // One that would have room is tried again later.
  return other.kind === 'none-available' ? { ...first, passedOver: other.passedOver } : first;
}
