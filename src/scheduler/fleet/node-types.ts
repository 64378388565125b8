import type { EpochMilliseconds } from '../../core/ids.ts';
import { type Amount, covers, isNothing, shortage } from '../amount.ts';
import type { LaunchBackoff } from './launch-backoff.ts';
import { roomFor } from './launch-room.ts';
import type { FleetSettings, LaunchType } from './launch-type.ts';
import type { Choice, RankedTypes } from './ranked-types.ts';

/** What a multi-node job wants: for each node an instance for itself, all of one type. */
export interface NodesNeed {
  /** By the largest node. */
  readonly wanted: Amount;
  readonly nodes: number;
  /** The only type that will do. Absent: the job names none. */
  readonly instanceType?: string | undefined;
}

/** maxvCpus never leaves room for so many instances of the type that its nodes run on. */
export interface TooFew {
  readonly kind: 'too-few';
  readonly type: LaunchType;
  readonly most: number;
}

/** The type that the job names is not among those of the environment, or too small for its largest node. */
export interface NotLaunchable {
  readonly kind: 'not-launchable';
  readonly instanceType: string;
  /** What one instance lacks; absent: the environment launches none of that type. */
  readonly missing?: Amount;
  /** Names of the types that it launches, the smallest first. */
  readonly offers: readonly string[];
}

type NoneLargeEnough = Extract<Choice, { readonly kind: 'none-large-enough' }>;

type NodesType = { readonly kind: 'type'; readonly type: LaunchType } | NotLaunchable | NoneLargeEnough | TooFew;

/** The type to launch for a multi-node job now, or why none is. */
export type NodesChoice = Choice | NotLaunchable | TooFew;

/** A fleet, as far as it decides. */
interface Choosing {
  readonly settings: FleetSettings;
  readonly ranked: RankedTypes;
}

/**
 * The type of instances that a multi-node job runs on in an environment, whatever there is of them now: the one that it names, else the smallest that
 * holds its largest node (spec 08 D17). The smallest has fewest vCPUs, then least memory, then the lowest price, then the first name. The allocation
 * strategy has no say.
 */
function nodesType({ settings, ranked }: Choosing, { wanted, nodes, instanceType }: NodesNeed): NodesType {
  if (instanceType !== undefined) {
    const type = settings.types.find(({ name }) => name === instanceType);
    return type && covers(type.capacity, wanted)
      ? enoughOf(settings, type, nodes)
      : notLaunchable(ranked, instanceType, type && shortage(wanted, type.capacity));
  }
  const smallest = ranked.bySize.find(({ capacity }) => covers(capacity, wanted));
  // Of a larger one maxvCpus leaves room for no more.
  return smallest ? enoughOf(settings, smallest, nodes) : ranked.noneLargeEnough(wanted);
}

/** What is launched of it: the type of its nodes, with whether it can be had now: no other type is launched while it cannot. */
export function chooseForNodes(
  fleet: Choosing & { readonly backoffs: ReadonlyMap<string, LaunchBackoff> },
  need: NodesNeed,
  now: EpochMilliseconds,
): NodesChoice {
  const found = nodesType(fleet, need);
  if (found.kind !== 'type') return found;
  const { type } = found;
  const why = fleet.ranked.unavailable(type, fleet.backoffs.get(type.name), now);
  if (why) return { kind: 'none-available', passedOver: [{ type, why }] };
  return { kind: 'chosen', type, perInstance: 1, passedOver: [] };
}

/**
 * Of which type idle instances will do: of the one that it names, or waits for. Undefined: of any that holds a node, since the smallest cannot be had
 * now. Else a job could wait for ever beside idle instances that `minvCpus` keeps.
 */
export function typeToPlaceOn(
  { instanceType }: NodesNeed,
  choice: NodesChoice,
  hasRoom: (type: LaunchType) => boolean,
): string | undefined {
  if (instanceType !== undefined) return instanceType;
  return choice.kind === 'chosen' && hasRoom(choice.type) ? choice.type.name : undefined;
}

function enoughOf(settings: FleetSettings, type: LaunchType, nodes: number): NodesType {
  const most = roomFor(settings, 0, type.vcpus);
  return most >= nodes ? { kind: 'type', type } : { kind: 'too-few', type, most };
}

function notLaunchable({ bySize }: RankedTypes, instanceType: string, missing: Amount | undefined): NotLaunchable {
  const lacks = missing && !isNothing(missing) ? { missing } : {};
  return { kind: 'not-launchable', instanceType, ...lacks, offers: bySize.map(({ name }) => name) };
}
