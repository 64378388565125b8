import { nameOfArn } from '../core/arn.ts';
import { describeReason } from '../scheduler/index.ts';
import type { SimulatedComputeEnvironment, SimulatedFleet } from './compute-environment.ts';
import type { SimulatedEnvironment } from './environment.ts';
import type { Measures, QueueMeasures, ShareMeasures } from './measures.ts';
import { percentile, type Samples } from './samples.ts';
import type { Simulation } from './simulation.ts';
import type { Level } from './timeline.ts';

export const reportVersion = 1;

/** Times are seconds, amounts vCPUs; all are rounded to thousandths, so that a report is the same on every machine. */
export interface SimulationReport {
  readonly formatVersion: typeof reportVersion;
  readonly workload: { readonly name: string; readonly dropped: Readonly<Record<string, number>> };
  readonly seed: number;
  /** One for each environment, in the order in which they were given. */
  readonly runs: readonly RunReport[];
}

/** What came of the workload in one environment. */
export interface RunReport {
  readonly environment: string;
  /** An array, or a multi-node job, is one. `unfinished`: nothing that happens would ever start them, or what they wait for. */
  readonly jobs: {
    readonly submitted: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly unfinished: number;
  };
  /** Attempts that were placed; all nodes of a multi-node job are one. */
  readonly placements: number;
  /** From the first submission to the last end. */
  readonly makespan: number;
  readonly wait: WaitReport;
  readonly queues: readonly QueueReport[];
  readonly computeEnvironments: readonly UseReport[];
  /** Of the environments that launch instances; absent where none does. */
  readonly fleets?: readonly FleetReport[];
  /** US dollars, of all instances. */
  readonly cost?: number;
  readonly pools: readonly UseReport[];
  readonly timeline: {
    readonly step: number;
    readonly queues: readonly QueueTimeline[];
    readonly fleets?: readonly { readonly name: string; readonly instances: readonly number[] }[];
  };
}

/** From RUNNABLE to the placement, over all attempts. `curve` has the percentiles 0, 1, ... 100. */
export interface WaitReport {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly curve: readonly number[];
}

export interface QueueReport {
  readonly name: string;
  readonly wait: WaitReport;
  readonly vcpuHours: number;
  /** Of a queue with a scheduling policy: all shares that had a job, that which used most first. */
  readonly shares?: readonly ShareReport[];
  readonly mostWaiting: number;
  /** How long its head could not start, by kind of reason. */
  readonly blocked: Readonly<Record<string, number>>;
  /** Jobs that wait in the end, and why the first of them does. */
  readonly stuck?: { readonly waiting: number; readonly reason: string };
}

export interface ShareReport {
  readonly name: string;
  readonly wait: Omit<WaitReport, 'curve'>;
  readonly vcpuHours: number;
}

export interface FleetReport {
  readonly name: string;
  readonly launched: number;
  /** Instances that Spot took back. */
  readonly interrupted: number;
  readonly mostInstances: number;
  readonly instanceHours: number;
  /** US dollars, from each instance's launch to its end. */
  readonly cost: number;
  /** The price of a type that was launched has no source that could be named. */
  readonly isEstimate: boolean;
  /** How many were launched, by type. */
  readonly types: Readonly<Record<string, number>>;
}

export interface UseReport {
  readonly name: string;
  /** maxvCpus, or the vCPUs of the pool; absent if nothing limits it. */
  readonly vcpus?: number;
  readonly vcpuHours: number;
  readonly mostUsed: number;
  /** Part of the vCPUs that was in use from the first submission to the last end. */
  readonly utilisation?: number;
}

export interface QueueTimeline {
  readonly name: string;
  /** Mean of each step. */
  readonly vcpus: readonly number[];
  readonly waiting: readonly number[];
  /** vCPUs of those shares that used most, at most twenty of them, that which used most first. */
  readonly shares?: readonly { readonly name: string; readonly vcpus: readonly number[] }[];
}

const mostDrawn = 20;

const millisecondsPerHour = 3_600_000;

/** What a simulation that is over has shown. */
export function reportOf(simulation: Simulation, environment: SimulatedEnvironment): RunReport {
  const { measures, counts, lastAt, firstAt, unfinished } = simulation;
  const queues = [...measures.queues.values()];
  const span = lastAt - firstAt;
  return {
    environment: environment.name,
    jobs: { ...counts, unfinished },
    placements: measures.placed,
    makespan: seconds(span),
    wait: waitOf(queues.map(({ waits }) => waits)),
    queues: queues.map((queue) => queueOf(queue, lastAt)),
    computeEnvironments: environment.computeEnvironments.map((each) =>
      useOf(nameOfArn(each.arn), measures.environments.get(each.arn), capacityOf(each), span, lastAt),
    ),
    ...fleetsOf(simulation, environment),
    pools: environment.hasPools
      ? environment.pools.map(({ pool, vcpus }) => useOf(pool, measures.pools.get(pool), vcpus, span, lastAt))
      : [],
    timeline: {
      step: seconds(measures.timeline.step),
      queues: queues.map((queue) => timelineOf(queue, lastAt)),
      ...fleetLines(simulation),
    },
  };
}

/** What it may have, or what is registered. */
function capacityOf({ computeResources, registered }: SimulatedComputeEnvironment): number | undefined {
  return registered?.instances.reduce((sum, { vcpus }) => sum + vcpus, 0) ?? computeResources?.maxvCpus;
}

function fleetsOf(
  { measures }: Simulation,
  { computeEnvironments }: SimulatedEnvironment,
): Pick<RunReport, 'fleets' | 'cost'> {
  const fleets = computeEnvironments.flatMap(({ arn, fleet }) => (fleet ? fleetOf(arn, fleet, measures) : []));
  if (fleets.length === 0) return {};
  return { fleets, cost: rounded(fleets.reduce((sum, { cost }) => sum + cost, 0)) };
}

function fleetOf(arn: string, { estimated }: SimulatedFleet, { instances }: Measures): FleetReport {
  const {
    launched = 0,
    interrupted = 0,
    time = 0,
    cost = 0,
    types = new Map(),
    instances: level,
  } = instances.fleets.get(arn) ?? {};
  const byCount = [...types].sort(([a, some], [b, others]) => others - some || (a < b ? -1 : 1));
  return {
    name: nameOfArn(arn),
    ...{ launched, interrupted, mostInstances: level?.peak ?? 0 },
    instanceHours: rounded(time / millisecondsPerHour),
    cost: rounded(cost),
    isEstimate: byCount.some(([type]) => estimated.has(type)),
    types: Object.fromEntries(byCount),
  };
}

/** As far as those of queues: instances may be there longer than jobs. */
function fleetLines({ measures, endedAt, lastAt }: Simulation): Pick<RunReport['timeline'], 'fleets'> {
  const steps = Math.ceil(lastAt / measures.timeline.step);
  const fleets = [...measures.instances.fleets].map(([arn, { instances }]) => {
    return { name: nameOfArn(arn), instances: instances.means(endedAt).slice(0, steps).map(rounded) };
  });
  return fleets.length === 0 ? {} : { fleets };
}

function queueOf(queue: QueueMeasures, end: number): QueueReport {
  const { arn, waits, waiting, vcpuMillis, blockedFor, blocked } = queue;
  const reasons = [...blockedFor].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    name: nameOfArn(arn),
    wait: waitOf([waits]),
    vcpuHours: vcpuHours(vcpuMillis, end),
    ...(queue.shares.size > 0 && { shares: byUse(queue, end).map((share) => shareOf(share, end)) }),
    mostWaiting: waiting.peak,
    blocked: Object.fromEntries(reasons.map(([kind, time]) => [kind, seconds(time)])),
    ...(waiting.now > 0 && blocked && { stuck: { waiting: waiting.now, reason: describeReason(blocked.reason) } }),
  };
}

function byUse({ shares }: QueueMeasures, end: number): readonly ShareMeasures[] {
  const used = new Map([...shares.values()].map((share) => [share, share.vcpuMillis.total(end)]));
  const useOf = (share: ShareMeasures) => used.get(share) ?? 0;
  return [...used.keys()].sort((a, b) => useOf(b) - useOf(a) || (a.identifier < b.identifier ? -1 : 1));
}

function shareOf({ identifier, waits, vcpuMillis }: ShareMeasures, end: number): ShareReport {
  const { curve: _, ...wait } = waitOf([waits]);
  return { name: identifier, wait, vcpuHours: vcpuHours(vcpuMillis, end) };
}

function timelineOf(queue: QueueMeasures, end: number): QueueTimeline {
  const { arn, vcpuMillis, waiting } = queue;
  const drawn = byUse(queue, end).slice(0, mostDrawn);
  const shares = drawn.map((share) => ({ name: share.identifier, vcpus: vcpusOf(share.vcpuMillis, end) }));
  return {
    name: nameOfArn(arn),
    vcpus: vcpusOf(vcpuMillis, end),
    waiting: waiting.means(end).map(rounded),
    ...(shares.length > 0 && { shares }),
  };
}

function vcpusOf(level: Level, end: number): readonly number[] {
  return level.means(end).map((mean) => rounded(mean / 1000));
}

function useOf(
  name: string,
  level: Level | undefined,
  vcpus: number | undefined,
  span: number,
  end: number,
): UseReport {
  const total = level?.total(end) ?? 0;
  const used = { vcpuHours: level ? vcpuHours(level, end) : 0, mostUsed: rounded((level?.peak ?? 0) / 1000) };
  if (vcpus === undefined) return { name, ...used };
  const capacity = vcpus * 1000 * span;
  return { name, vcpus, ...used, utilisation: capacity === 0 ? 0 : rounded(total / capacity) };
}

function waitOf(parts: readonly Samples[]): WaitReport {
  const sorted = merged(parts);
  const at = (percent: number) => seconds(percentile(sorted, percent));
  const total = sorted.reduce((sum, wait) => sum + wait, 0);
  return {
    count: sorted.length,
    mean: sorted.length === 0 ? 0 : seconds(total / sorted.length),
    ...{ p50: at(50), p90: at(90), p95: at(95), p99: at(99), max: at(100) },
    curve: Array.from({ length: 101 }, (_, percent) => at(percent)),
  };
}

function merged(parts: readonly Samples[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part.sorted(), at);
    at += part.size;
  }
  return parts.length === 1 ? all : all.sort();
}

function vcpuHours(level: Level, end: number): number {
  return rounded(level.total(end) / 1000 / millisecondsPerHour);
}

function seconds(milliseconds: number): number {
  return rounded(milliseconds / 1000);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
