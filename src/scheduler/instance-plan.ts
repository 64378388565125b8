import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import type { Obstacles } from './admission.ts';
import type { Amount } from './amount.ts';
import { closedVerdict, isHeldByPool, lacksInstance } from './environment-verdict.ts';
import { openQueues } from './explanation.ts';
import {
  type Crowded,
  type Demand,
  type EnvironmentFleet,
  type Launch,
  type LaunchDecision,
  type LaunchPlan,
  mostLaunches,
  planLaunches,
  planReplacement,
  planScaleIn,
  type ScaleIn,
  type ScaleInPlan,
  type ScaleInRequest,
  type Supply,
  usualScaleInDelay,
} from './fleet/index.ts';
import type { Model } from './model.ts';
import type { Lane, Queue, WaitingJob } from './queue.ts';
import { inOrder, isServedUpTo } from './queue-turns.ts';
import { shapeOf } from './turn-queue.ts';

/** An instance is gone: it is in the model no more. */
export interface EndDecision {
  readonly kind: 'end';
  readonly computeEnvironmentArn: string;
  readonly id: string;
  /** `closed`: it took no more jobs, and the last of them has ended. */
  readonly reason: ScaleIn['reason'] | { readonly kind: 'closed' };
}

/** An instance waits, with others, for a multi-node job from now on, or no longer for any. */
export interface ReserveDecision {
  readonly kind: 'reserve';
  readonly computeEnvironmentArn: string;
  readonly id: string;
  /** Absent: for none. */
  readonly jobId?: JobId;
}

/** Instances come, one goes, or is for another job. To be carried out before jobs are placed: those may stand on them. */
export type InstanceDecision = LaunchDecision | EndDecision | ReserveDecision;

export interface InstancePlan {
  readonly decisions: readonly InstanceDecision[];
  /** Another plan, at once, would decide more. */
  readonly more: boolean;
  readonly wakeAt?: EpochMilliseconds;
}

/** What a plan has found of the heads: what launches follow from. */
export interface HeadsFound {
  /** Heads that more instances would help, by what they ask for. */
  readonly lacking: ReadonlySet<Lane>;
  /** Ids of instances that heads wait for, each with the first of them. */
  readonly needed: ReadonlyMap<string, WaitingJob>;
}

/** Waiting jobs of one queue that one plan looks at: the rest follows when those have instances. */
const window = 500;
/** Most instances that one plan ends. */
const mostEnds = 500;

/** Whether instances would let a blocked head start: nothing else is in its way. */
export function lacksInstances({ verdicts, consumables, budget }: Obstacles): boolean {
  return consumables.length === 0 && !budget && verdicts.some(lacksInstance) && !verdicts.some(isHeldByPool);
}

/** Launches what the jobs lack that wait, in their order, and ends what none of them needs. Takes its decisions into the model. */
export function planInstances(model: Model, heads: HeadsFound, now: EpochMilliseconds): InstancePlan {
  const fleets = model.fleets();
  if (fleets.length === 0) return nothingToDo;
  // First: what they had may be launched anew.
  const closed = fleets.flatMap(endClosed);
  const demand = demandOf(model, heads, now);
  const isNothingWanted = demand.length === 0 && !fleets.some((fleet) => fleet.isShort);
  const plan = isNothingWanted ? undefined : planLaunches({ fleets, demand, now });
  const byArn = new Map(fleets.map((fleet) => [fleet.settings.arn, fleet]));
  const launches = (plan?.launches ?? []).flatMap((launch) => byArn.get(launch.environment)?.launch(launch) ?? []);
  const full = new Set(
    plan?.shortfalls.flatMap(({ environment, cause, why }) =>
      why.kind === 'at-maximum' && (cause.kind === 'jobs' || cause.kind === 'nodes') ? environment : [],
    ),
  );
  const ends = fleets.map((fleet) =>
    planEnds(fleet, { model, heads, plan, isFull: full.has(fleet.settings.arn), now }),
  );
  const wakes = [plan?.wakeAt, ...ends.map(({ wakeAt }) => wakeAt)].flatMap((at) => at ?? []);
  const madeRoom = ends.some(({ decisions, isFull }) => isFull && decisions.length > 0);
  return {
    decisions: [...closed, ...launches, ...ends.flatMap(({ decisions }) => decisions)],
    // What is launched changes what the next job finds: until nothing more is.
    more: launches.length > 0 || madeRoom || plan?.more === true || ends.some(({ more }) => more),
    ...(wakes.length > 0 && { wakeAt: Math.min(...wakes) }),
  };
}

const nothingToDo: InstancePlan = { decisions: [], more: false };

/** What waiting jobs lack, in the order in which they would start. */
function demandOf(model: Model, { lacking }: HeadsFound, now: EpochMilliseconds): readonly Demand[] {
  if (lacking.size === 0 || !model.fleets().some(isUseful)) return [];
  const queues = [...openQueues(model, now)].filter((queue) => [...queue.lanes()].some((lane) => lacking.has(lane)));
  return inOrder(queues).flatMap((queue) => {
    const fleets = queue.settings.computeEnvironmentArns.filter((arn) => isUseful(model.environment(arn)?.fleet));
    return fleets.length === 0 ? [] : demandIn(queue, fleets, model, lacking, now);
  });
}

/** It may launch something, or has something that another job needs. */
function isUseful(fleet: EnvironmentFleet | undefined): boolean {
  return fleet?.settings.scales === 'with-demand' && (fleet.canGrow || fleet.supply.length > 0);
}

function demandIn(
  queue: Queue,
  fleets: readonly string[],
  model: Model,
  lacking: ReadonlySet<Lane>,
  now: EpochMilliseconds,
): readonly Demand[] {
  const demands = new Map<Lane['shape'], Demand & { jobs: number }>();
  let looked = 0;
  for (const job of queue.front(now)) {
    looked += 1;
    if (looked > window) break;
    if (!job.share.lane || !lacking.has(job.share.lane)) continue;
    const shape = job.nodes === undefined ? shapeOf(job) : `${shapeOf(job)} ${job.jobId}`;
    const known = demands.get(shape);
    if (known) known.jobs += 1;
    else demands.set(shape, newDemand(queue, fleets, model, job));
  }
  return [...demands.values()].filter(({ environments }) => environments.length > 0);
}

function newDemand(queue: Queue, fleets: readonly string[], model: Model, job: WaitingJob): Demand & { jobs: number } {
  const { vcpuMillis, memoryMiB, gpus, nodes, largestNode, instanceType } = job;
  const environments = fleets.filter((arn) => {
    const environment = model.environment(arn);
    const settings = environment?.settings;
    return settings && !closedVerdict(settings, model.poolOf(environment), job);
  });
  const wanted = largestNode ?? { vcpuMillis, memoryMiB, gpus };
  const ofNodes = nodes !== undefined && { nodes, ...(instanceType !== undefined && { instanceType }) };
  return { queueArn: queue.settings.arn, wanted, jobs: 1, environments, ...ofNodes };
}

interface Ending {
  readonly model: Model;
  readonly heads: HeadsFound;
  readonly plan: LaunchPlan | undefined;
  /** Jobs lack an instance for which there is no room. */
  readonly isFull: boolean;
  readonly now: EpochMilliseconds;
}

/** Ends what takes no more jobs and has none. */
function endClosed(fleet: EnvironmentFleet): readonly EndDecision[] {
  return fleet.instances.closedAndEmpty().map((id) => endOf(fleet, id, { kind: 'closed' }));
}

function endOf(fleet: EnvironmentFleet, id: string, reason: EndDecision['reason']): EndDecision {
  fleet.end(id, reason.kind === 'closed');
  return { kind: 'end', computeEnvironmentArn: fleet.settings.arn, id, reason };
}

/** Ends what has been idle for long enough and no job needs; or else what later ones need than those for which there is no room. */
function planEnds(fleet: EnvironmentFleet, { model, heads, plan, isFull, now }: Ending) {
  const { arn, minvCpus, scales } = fleet.settings;
  const { instances, allocatedvCpus } = fleet;
  if (scales === 'not-at-all' || fleet.isRegistered || !instances.hasIdle)
    return { decisions: [], more: false, isFull };
  const idle = instances.idle();
  const makesRoom = isFull && fleet.scaleInDelay === undefined;
  const delay = makesRoom ? 0 : (fleet.scaleInDelay ?? usualScaleInDelay);
  const request = { idle, allocatedvCpus, minvCpus, delay, now, limit: mostEnds };
  const isNeeded = (id: string) => heads.needed.has(id);
  const usual = planScaleIn({ ...request, isKept: keeper(fleet, isNeeded, plan?.spare.get(arn)) });
  const crowded = usual.ends.length === 0 ? plan?.crowded.get(arn) : undefined;
  const forced = crowded && makeRoom(fleet, crowded, { ...request, idle: instances.idle() }, { model, heads });
  const ends = (forced ?? usual).ends.map(({ id, reason }) => endOf(fleet, id, reason));
  const decisions = [...ends, ...(forced?.launch ? [fleet.launch(forced.launch)] : [])];
  const wakes = [usual.wakeAt, forced?.wakeAt].flatMap((at) => at ?? []);
  const wakeAt = wakes.length > 0 ? { wakeAt: Math.min(...wakes) } : {};
  return { decisions, more: usual.more, isFull, ...wakeAt };
}

/** Room for those that come first. */
interface Room extends Pick<ScaleInPlan, 'ends' | 'wakeAt'> {
  /** To be launched by the same plan: without it there would be less than minvCpus, and that would be launched first. */
  readonly launch?: Launch;
}

/**
 * Ends what is kept for later jobs only, where that leaves room for those that come first: no job could start on it before them. If it would not be
 * enough nothing ends, since they would be launched anew: so each such end is followed by a launch for an earlier job.
 */
function makeRoom(
  fleet: EnvironmentFleet,
  crowded: Crowded,
  request: Omit<ScaleInRequest, 'isKept'>,
  { model, heads: { needed } }: Pick<Ending, 'model' | 'heads'>,
): Room | undefined {
  const queue = model.queue(crowded.queueArn);
  if (!queue) return undefined;
  const isNeeded = (id: string) => {
    const head = needed.get(id);
    return head !== undefined && isServedUpTo(head, queue);
  };
  const kept = () => keeper(fleet, isNeeded, crowded.spare);
  const beyond = endBeyondMinimum(fleet, crowded, { ...request, isKept: kept() });
  if (beyond && beyond.ends.length > 0) return beyond;
  const replaced = replace(fleet, crowded, { ...request, idle: fleet.instances.idle(), isKept: kept() });
  const wakes = [beyond?.wakeAt, replaced.wakeAt].flatMap((at) => at ?? []);
  return { ...replaced, ...(wakes.length > 0 && { wakeAt: Math.min(...wakes) }) };
}

/** Undefined where minvCpus is in the way. */
function endBeyondMinimum(fleet: EnvironmentFleet, crowded: Crowded, request: ScaleInRequest): Room | undefined {
  const { type, instances } = crowded.launch;
  const least = leastOf(crowded);
  const leftAtLeast = Math.max(request.minvCpus, fleet.allocatedvCpus - fleet.instances.idlevCpus);
  if (fleet.roomAt(leftAtLeast, type) < least) return undefined;
  const { ends, wakeAt } = planScaleIn({ ...request, limit: Number.POSITIVE_INFINITY });
  const roomAfter = (end: ScaleIn | undefined) => (end ? fleet.roomAt(end.reason.leftvCpus, type) : 0);
  const isEnough = roomAfter(ends.at(-1)) >= least;
  const last = ends.findIndex((end) => roomAfter(end) >= instances);
  const wake = wakeAt === undefined ? {} : { wakeAt };
  return { ends: isEnough ? ends.slice(0, Math.min(mostEnds, last < 0 ? ends.length : last + 1)) : [], ...wake };
}

/**
 * Ends what minvCpus would keep, and launches enough in its place. All in one plan, however many: a part of it would leave too little, and the next plan
 * would launch for that.
 */
function replace(fleet: EnvironmentFleet, crowded: Crowded, request: ScaleInRequest): Room {
  const { launch } = crowded;
  const { type } = launch;
  const launchedAt = (leftvCpus: number) => fleet.launchedAt(leftvCpus, type, leastOf(crowded));
  const { ends, wakeAt } = planReplacement({ ...request, type: type.name, launchedAt });
  const reason = ends.at(-1)?.reason;
  if (!reason?.replacedBy) return { ends, ...(wakeAt !== undefined && { wakeAt }) };
  const wanted = Math.min(launch.instances, mostLaunches, fleet.roomAt(reason.leftvCpus, type));
  return { ends, launch: { ...launch, instances: Math.max(reason.replacedBy.instances, wanted) } };
}

/** Fewer instances are of no use. */
function leastOf({ launch: { instances }, isAllOrNone }: Crowded): number {
  return isAllOrNone ? instances : 1;
}

/** Of idle instances of one type as many are kept as jobs need. */
function keeper(fleet: EnvironmentFleet, isNeeded: (id: string) => boolean, spare: readonly Supply[] | undefined) {
  const left = new Map(spare?.map(({ type, room, instances }) => [roomKey(type, room), instances]));
  return (id: string): boolean => {
    if (isNeeded(id)) return true;
    const instance = fleet.instances.get(id);
    if (!spare || !instance) return false;
    const key = roomKey(instance.type, instance.capacity);
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count <= 0;
  };
}

function roomKey(type: string, { vcpuMillis, memoryMiB, gpus }: Amount): string {
  return `${vcpuMillis} ${memoryMiB} ${gpus} ${type}`;
}
