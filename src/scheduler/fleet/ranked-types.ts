import type { EpochMilliseconds } from '../../core/ids.ts';
import { type Amount, covers, isNothing, shortage } from '../amount.ts';
import type { LaunchBackoff } from './launch-backoff.ts';
import type { AllocationStrategy, FleetSettings, LaunchType } from './launch-type.ts';

/** Jobs of one shape that instances are wanted for. */
export interface Need {
  /** Of each job. */
  readonly wanted: Amount;
  /** How many. */
  readonly jobs: number;
}

/** Why a type that is large enough is not launched now. */
export type Unavailable =
  | { readonly kind: 'above-bid'; readonly spot: number; readonly onDemand: number; readonly bidPercentage: number }
  | { readonly kind: 'backing-off'; readonly until: EpochMilliseconds };

export interface PassedOver {
  readonly type: LaunchType;
  readonly why: Unavailable;
}

/** Which type a strategy launches, and what it compared. */
export type Choice =
  | {
      readonly kind: 'chosen';
      readonly type: LaunchType;
      /** Jobs that one instance holds. */
      readonly perInstance: number;
      /** The next that would be launched if there were no other of the chosen one's rank. */
      readonly runnerUp?: LaunchType;
      /** Types before it that are not available. */
      readonly passedOver: readonly PassedOver[];
    }
  | { readonly kind: 'none-available'; readonly passedOver: readonly PassedOver[] }
  /** No type is large enough; `nearest` lacks least: absent if there are no types. */
  | { readonly kind: 'none-large-enough'; readonly nearest?: { readonly type: LaunchType; readonly missing: Amount } };

interface Ranked {
  readonly type: LaunchType;
  readonly rank: number;
}

/** Shapes that are remembered. */
const mostKnown = 1_000;
/** Whole numbers, so that prices that are equal compare as equal: thousand-millionths of a dollar. */
const nano = 1e9;
/** Above every price of a vCPU. */
const perClass = 1e15;

/** What comes first under each strategy: the least rank. */
const rankOf: Readonly<Record<AllocationStrategy, (type: LaunchType, price: number, place: number) => number>> = {
  BEST_FIT: (_type, price) => Math.round(price * nano),
  BEST_FIT_PROGRESSIVE: (type, price) => pricePerVcpu(type, price),
  BEST_FIT_PROGRESSIVE_ORDERED: (_type, _price, place) => place,
  SPOT_CAPACITY_OPTIMIZED: (type, price) => type.interruption * perClass + pricePerVcpu(type, price),
  SPOT_PRICE_CAPACITY_OPTIMIZED: (type, price) => pricePerVcpu(type, price, type.interruption + 1),
  SPOT_CAPACITY_OPTIMIZED_PRIORITIZED: (_type, _price, place) => place,
};

/** Rounded last: what is equal must not become unequal before it is multiplied. */
function pricePerVcpu({ vcpus }: LaunchType, price: number, factor = 1): number {
  return Math.round((Math.round(price * nano) * factor) / vcpus);
}

/** The types of an environment, sorted by its strategy once: a choice looks at those before the one that it finds. */
export class RankedTypes {
  readonly #settings: FleetSettings;
  readonly #ranked: readonly Ranked[];
  /** The smallest first. */
  readonly bySize: readonly LaunchType[];
  /** For one job of a shape, while no type is backed off from: asked again and again by heads that wait. */
  readonly #known = new Map<string, Choice>();

  constructor(settings: FleetSettings) {
    const { types, strategy, purchase } = settings;
    const priceOf = ({ spot, onDemand }: LaunchType) => (purchase === 'spot' ? spot : onDemand);
    const ranked = types.map((type, place) => ({ type, rank: rankOf[strategy](type, priceOf(type), place) }));
    this.#settings = settings;
    // Sorts leave equal ones in their order, here and below: that in which the types are named.
    this.#ranked = ranked.sort((one, other) => one.rank - other.rank);
    this.bySize = types.toSorted(
      (one, other) => bySize(one, other) || priceOf(one) - priceOf(other) || byName(one, other),
    );
  }

  /**
   * The type to launch for some jobs: of those that are large enough and available the first of the strategy's. Of equals `BEST_FIT` takes the one where
   * a job leaves least over, the others the one of which the jobs take fewest vCPUs, then fewest instances. `BEST_FIT` takes no other while its type
   * is not available.
   */
  choose(need: Need, backoffs: ReadonlyMap<string, LaunchBackoff>, now: EpochMilliseconds): Choice {
    if (need.jobs !== 1 || backoffs.size > 0) return this.#choose(need, backoffs, now);
    const key = keyOf(need.wanted);
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= mostKnown) this.#known.clear();
    const choice = this.#choose(need, backoffs, now);
    this.#known.set(key, choice);
    return choice;
  }

  #choose(need: Need, backoffs: ReadonlyMap<string, LaunchBackoff>, now: EpochMilliseconds): Choice {
    const passedOver: PassedOver[] = [];
    const equals: Ranked[] = [];
    let runnerUp: LaunchType | undefined;
    for (const one of this.#ranked) {
      if (!covers(one.type.capacity, need.wanted)) continue;
      const [first] = equals;
      if (first && one.rank > first.rank) {
        runnerUp = one.type;
        break;
      }
      const why = this.unavailable(one.type, backoffs.get(one.type.name), now);
      if (!why) equals.push(one);
      else if (!first) passedOver.push({ type: one.type, why });
      if (why && this.#settings.strategy === 'BEST_FIT') break;
    }
    const best = this.#bestOf(equals, need);
    if (best)
      return {
        kind: 'chosen',
        type: best,
        perInstance: jobsOn(best.capacity, need.wanted),
        passedOver,
        ...(runnerUp && { runnerUp }),
      };
    if (passedOver.length > 0) return { kind: 'none-available', passedOver };
    return this.noneLargeEnough(need.wanted);
  }

  /** No type holds what is wanted: which lacks least. */
  noneLargeEnough(wanted: Amount): Extract<Choice, { readonly kind: 'none-large-enough' }> {
    const nearest = this.#nearest(wanted);
    return { kind: 'none-large-enough', ...(nearest && { nearest }) };
  }

  /** Why a type is not launched now; undefined if it may be. */
  unavailable(
    { spot, onDemand }: LaunchType,
    backoff: LaunchBackoff | undefined,
    now: EpochMilliseconds,
  ): Unavailable | undefined {
    const { purchase, bidPercentage } = this.#settings;
    // Whole numbers: 0.07 of a dollar is not below 70 % of 0.1.
    if (purchase === 'spot' && Math.round(spot * nano) * 100 >= Math.round(onDemand * nano) * bidPercentage)
      return { kind: 'above-bid', spot, onDemand, bidPercentage };
    return backoff && backoff.until > now ? { kind: 'backing-off', until: backoff.until } : undefined;
  }

  #bestOf(equals: readonly Ranked[], need: Need): LaunchType | undefined {
    const isBestFit = this.#settings.strategy === 'BEST_FIT';
    const cost = isBestFit ? leftOver : takenBy;
    return equals.toSorted((one, other) => {
      const [a, b] = [cost(one.type, need), cost(other.type, need)];
      return a[0] - b[0] || a[1] - b[1];
    })[0]?.type;
  }

  #nearest(wanted: Amount): { readonly type: LaunchType; readonly missing: Amount } | undefined {
    const lacks = this.#settings.types.map((type) => ({ type, missing: shortage(wanted, type.capacity) }));
    return lacks.sort(
      ({ missing: a }, { missing: b }) => a.gpus - b.gpus || a.vcpuMillis - b.vcpuMillis || a.memoryMiB - b.memoryMiB,
    )[0];
  }
}

function keyOf({ vcpuMillis, memoryMiB, gpus }: Amount): string {
  return `${vcpuMillis} ${memoryMiB} ${gpus}`;
}

function bySize(one: LaunchType, other: LaunchType): number {
  return one.vcpus - other.vcpus || one.capacity.memoryMiB - other.capacity.memoryMiB;
}

function byName({ name: one }: LaunchType, { name: other }: LaunchType): number {
  return one < other ? -1 : Number(one > other);
}

/** Jobs that an amount holds at once. */
export function jobsOn(capacity: Amount, wanted: Amount): number {
  if (isNothing(wanted)) return Number.POSITIVE_INFINITY;
  const dimensions = ['vcpuMillis', 'memoryMiB', 'gpus'] as const;
  return Math.min(
    ...dimensions.map((one) =>
      wanted[one] === 0 ? Number.POSITIVE_INFINITY : Math.floor(capacity[one] / wanted[one]),
    ),
  );
}

/** vCPUs and MiB that one job leaves of an instance. */
function leftOver({ capacity }: LaunchType, { wanted }: Need): readonly [number, number] {
  return [capacity.vcpuMillis - wanted.vcpuMillis, capacity.memoryMiB - wanted.memoryMiB];
}

/** vCPUs, and instances, that the jobs take. */
function takenBy({ capacity, vcpus }: LaunchType, { wanted, jobs }: Need): readonly [number, number] {
  const instances = Math.ceil(jobs / jobsOn(capacity, wanted));
  return [instances * vcpus, instances];
}
