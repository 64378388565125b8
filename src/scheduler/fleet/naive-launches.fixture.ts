import type { EpochMilliseconds } from '../../core/ids.ts';
import type { Amount } from '../amount.ts';
import type { Demand, Fleet } from './launch-plan.ts';
import type { FleetSettings, LaunchType } from './launch-type.ts';

/** What `planLaunches` should launch, the plain way: instance by instance, job by job, every type looked at each time. */
export function naiveLaunches(
  fleets: readonly Fleet[],
  demand: readonly Demand[],
  { now, limit }: { readonly now: EpochMilliseconds; readonly limit: number },
): NaiveResult {
  const worlds = fleets.map((fleet) => ({
    fleet,
    allocated: fleet.allocatedvCpus,
    rooms: fleet.supply.flatMap(({ type, room, instances }) =>
      Array.from({ length: instances }, () => ({ ...room, type })),
    ),
  }));
  const result: NaiveResult = { launched: new Map(), worlds, left: [] };
  let budget = limit;
  const launch = (world: World, type: LaunchType): boolean => {
    const { strategy, purchase, maxvCpus, arn } = world.fleet.settings;
    const beyond =
      strategy === 'BEST_FIT' && purchase === 'on-demand' && world.allocated > 0
        ? world.allocated + type.vcpus > maxvCpus
        : world.allocated >= maxvCpus;
    if (beyond || budget === 0) return false;
    budget -= 1;
    world.allocated += type.vcpus;
    world.rooms.push({ ...type.capacity, type: type.name });
    const key = `${arn} ${type.name}`;
    result.launched.set(key, (result.launched.get(key) ?? 0) + 1);
    return true;
  };
  for (const world of [...worlds].sort((a, b) => (a.fleet.settings.arn < b.fleet.settings.arn ? -1 : 1))) {
    const { minvCpus, desiredvCpus, maxvCpus, scales } = world.fleet.settings;
    if (scales === 'not-at-all') continue;
    const target = scales === 'to-minimum' ? minvCpus : Math.max(minvCpus, Math.min(desiredvCpus, maxvCpus));
    if (maxvCpus < 1) continue;
    const missing = target - world.allocated;
    const type =
      missing > 0 ? bestType(world.fleet, { vcpuMillis: 1000, memoryMiB: 0, gpus: 0 }, missing, now) : undefined;
    while (type && world.allocated < target && launch(world, type));
  }
  for (const one of demand) result.left.push(one.nodes === undefined ? serve(one) : serveNodes(one, one.nodes));
  return result;

  /** All in the first environment that has, or may launch, an instance for each of them. */
  function serveNodes({ wanted, environments, instanceType }: Demand, nodes: number): number {
    for (const arn of environments) {
      const world = worlds.find(({ fleet }) => fleet.settings.arn === arn);
      if (world?.fleet.settings.scales !== 'with-demand') continue;
      const type = typeOfNodes(world.fleet, wanted, instanceType);
      const whole = type ? world.rooms.filter((room) => isWhole(room, type)).length : 0;
      const missing = nodes - whole;
      const most = type ? mayLaunch(world, type) : 0;
      const isEnough = type !== undefined && mayLaunch({ ...world, allocated: 0 }, type) >= nodes;
      const isHad = type !== undefined && isEnough && isAvailable(world.fleet, type, now) && missing <= most;
      if (takeRooms(world, nodes, wanted, instanceType ?? (isHad ? type.name : undefined))) return 0;
      if (!isHad) continue;
      if (missing > budget && result.launched.size > 0) return nodes;
      budget = Math.max(budget, missing);
      const rest = budget - missing;
      for (let each = 0; each < missing; each += 1) launch(world, type);
      budget = rest;
      takeRooms(world, nodes, wanted, type.name);
      return 0;
    }
    return nodes;
  }

  function serve({ wanted, jobs, environments }: Demand): number {
    const open = environments.flatMap((arn) =>
      worlds.filter(({ fleet }) => fleet.settings.arn === arn && fleet.settings.scales === 'with-demand'),
    );
    let left = jobs;
    for (const world of open) {
      world.rooms.sort((a, b) => a.gpus - b.gpus || a.vcpuMillis - b.vcpuMillis || a.memoryMiB - b.memoryMiB);
      for (const room of world.rooms) while (left > 0 && fits(room, wanted)) left -= put(room, wanted);
      if (left === 0 || wanted.vcpuMillis > world.fleet.settings.maxvCpus * 1000) continue;
      const type = bestType(world.fleet, wanted, left, now);
      while (type && left > 0 && launch(world, type)) {
        const room = world.rooms.at(-1);
        while (room && left > 0 && fits(room, wanted)) left -= put(room, wanted);
      }
      if (budget === 0 && type && left > 0) {
        const full =
          world.fleet.settings.strategy === 'BEST_FIT' &&
          world.fleet.settings.purchase === 'on-demand' &&
          world.allocated > 0
            ? world.allocated + type.vcpus > world.fleet.settings.maxvCpus
            : world.allocated >= world.fleet.settings.maxvCpus;
        if (!full) return left;
      }
    }
    return left;
  }
}

/** The one that is named, or of those that hold a node the one that none is smaller than. */
function typeOfNodes({ settings }: Fleet, wanted: Amount, instanceType: string | undefined): LaunchType | undefined {
  const large = settings.types.filter((type) => fits(type.capacity, wanted));
  if (instanceType !== undefined) return large.find(({ name }) => name === instanceType);
  const isSmaller = (one: LaunchType, other: LaunchType) => {
    const differences = [
      one.vcpus - other.vcpus,
      one.capacity.memoryMiB - other.capacity.memoryMiB,
      priceOf(settings, one) - priceOf(settings, other),
      one.name < other.name ? -1 : 1,
    ];
    return (differences.find((each) => each !== 0) ?? 0) < 0;
  };
  return large.find((type) => !large.some((other) => other !== type && isSmaller(other, type)));
}

function isWhole({ type, vcpuMillis, memoryMiB, gpus }: Room, { name, capacity }: LaunchType): boolean {
  const isFull = vcpuMillis === capacity.vcpuMillis && memoryMiB === capacity.memoryMiB && gpus === capacity.gpus;
  return type === name && isFull;
}

/** Instances that may be launched one after the other. */
function mayLaunch({ fleet: { settings }, allocated }: World, { vcpus }: LaunchType): number {
  const isStrict = settings.strategy === 'BEST_FIT' && settings.purchase === 'on-demand';
  let [count, total] = [0, allocated];
  while (isStrict && total > 0 ? total + vcpus <= settings.maxvCpus : total < settings.maxvCpus) {
    total += vcpus;
    count += 1;
  }
  return count;
}

/** Takes rooms that are alike, the smallest first; answers false, and takes none, if there are too few. */
function takeRooms(world: World, count: number, wanted: Amount, type: string | undefined): boolean {
  world.rooms.sort(
    (a, b) => a.gpus - b.gpus || a.vcpuMillis - b.vcpuMillis || a.memoryMiB - b.memoryMiB || (a.type < b.type ? -1 : 1),
  );
  const can = world.rooms.filter((room) => fits(room, wanted) && (type === undefined || room.type === type));
  const alike = (one: Room) =>
    can.filter(
      (room) =>
        room.type === one.type &&
        room.gpus === one.gpus &&
        room.vcpuMillis === one.vcpuMillis &&
        room.memoryMiB === one.memoryMiB,
    );
  const first = can.find((room) => alike(room).length >= count);
  if (!first) return false;
  for (const room of alike(first).slice(0, count)) world.rooms.splice(world.rooms.indexOf(room), 1);
  return true;
}

interface World {
  readonly fleet: Fleet;
  allocated: number;
  readonly rooms: Room[];
}
type Room = { -readonly [Key in keyof Amount]: Amount[Key] } & { readonly type: string };

export interface NaiveResult {
  /** Instances by `environment type`. */
  readonly launched: Map<string, number>;
  readonly worlds: readonly World[];
  /** Jobs that nothing was launched for, by demand. */
  readonly left: number[];
}

function fits(room: Amount, wanted: Amount): boolean {
  return room.vcpuMillis >= wanted.vcpuMillis && room.memoryMiB >= wanted.memoryMiB && room.gpus >= wanted.gpus;
}

function put(room: Room, wanted: Amount): 1 {
  room.vcpuMillis -= wanted.vcpuMillis;
  room.memoryMiB -= wanted.memoryMiB;
  room.gpus -= wanted.gpus;
  return 1;
}

/** How many jobs an empty instance takes, by putting them in. */
function holds(type: LaunchType, wanted: Amount): number {
  const room = { ...type.capacity, type: type.name };
  let jobs = 0;
  while (fits(room, wanted)) jobs += put(room, wanted);
  return jobs;
}

function isAvailable({ settings, backoffs }: Fleet, type: LaunchType, now: EpochMilliseconds): boolean {
  const { purchase, bidPercentage } = settings;
  // Prices of the test are whole cents.
  const bid = Math.round(type.onDemand * 100) * bidPercentage;
  if (purchase === 'spot' && Math.round(type.spot * 100) * 100 >= bid) return false;
  return (backoffs.get(type.name)?.until ?? 0) <= now;
}

/** By comparing each with each: the first that no other is better than. */
function bestType(fleet: Fleet, wanted: Amount, jobs: number, now: EpochMilliseconds): LaunchType | undefined {
  const { settings } = fleet;
  const large = settings.types.filter((type) => fits(type.capacity, wanted));
  const candidates = settings.strategy === 'BEST_FIT' ? large : large.filter((type) => isAvailable(fleet, type, now));
  const best = candidates.find((type) =>
    candidates.every((other) => other === type || better(settings, type, other, wanted, jobs) >= 0),
  );
  if (settings.strategy !== 'BEST_FIT') return best;
  // It waits for a type of the lowest price that is not available, where that is looked at before one that is.
  const cheapest = large.filter(
    (type) => priceOf(settings, type) === Math.min(...large.map((one) => priceOf(settings, one))),
  );
  const available: LaunchType[] = [];
  for (const type of cheapest) {
    if (!isAvailable(fleet, type, now)) break;
    available.push(type);
  }
  return available.find((type) =>
    available.every((other) => other === type || better(settings, type, other, wanted, jobs) >= 0),
  );
}

function priceOf({ purchase }: FleetSettings, { spot, onDemand }: LaunchType): number {
  return Math.round((purchase === 'spot' ? spot : onDemand) * 100);
}

/** Above 0 if `type` goes before `other`; 0 if they are alike, and their order decides. */
function better(settings: FleetSettings, type: LaunchType, other: LaunchType, wanted: Amount, jobs: number): number {
  const [place, otherPlace] = [settings.types.indexOf(type), settings.types.indexOf(other)];
  // a/b < c/d as a·d < c·b, in whole numbers.
  const perVcpu = priceOf(settings, other) * type.vcpus - priceOf(settings, type) * other.vcpus;
  const weighed =
    priceOf(settings, other) * (other.interruption + 1) * type.vcpus -
    priceOf(settings, type) * (type.interruption + 1) * other.vcpus;
  const instances = (one: LaunchType) => Math.ceil(jobs / holds(one, wanted));
  const taken = instances(other) * other.vcpus - instances(type) * type.vcpus || instances(other) - instances(type);
  const left =
    other.capacity.vcpuMillis - type.capacity.vcpuMillis || other.capacity.memoryMiB - type.capacity.memoryMiB;
  const order = otherPlace - place;
  switch (settings.strategy) {
    case 'BEST_FIT':
      return priceOf(settings, other) - priceOf(settings, type) || left || order;
    case 'BEST_FIT_PROGRESSIVE':
      return perVcpu || taken || order;
    case 'SPOT_CAPACITY_OPTIMIZED':
      return other.interruption - type.interruption || perVcpu || taken || order;
    case 'SPOT_PRICE_CAPACITY_OPTIMIZED':
      return weighed || taken || order;
    case 'BEST_FIT_PROGRESSIVE_ORDERED':
    case 'SPOT_CAPACITY_OPTIMIZED_PRIORITIZED':
      return order;
  }
}
