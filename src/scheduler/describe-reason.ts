import { nameOfArn } from '../core/arn.ts';
import type { EpochMilliseconds } from '../core/ids.ts';
import type { MachineKind, ResourceName, ResourceRequest } from '../core/job.ts';
import { blockedWords, sentenceOf } from './blocked-words.ts';
import type { ConsumableVerdict } from './consumable-verdict.ts';
import type { ConsumableHolder } from './consumables.ts';
import type { EnvironmentVerdict, Reserved, VerdictKind, VerdictOf } from './environment-verdict.ts';
import { describeUnavailable } from './fleet/index.ts';
import type { Limit } from './pool.ts';
import { registerCommand, registeredWords } from './registration-words.ts';
import {
  furthestPosition,
  type HopelessReason,
  type Standing,
  type WaitingReason,
  type WaitingReasonKind,
} from './waiting-reason.ts';

type Describe<Kind extends WaitingReasonKind> = (reason: Extract<WaitingReason, { readonly kind: Kind }>) => string;

/** AWS's own words where AWS has the reason: those of `blockedWords`. */
const describeByKind: { readonly [Kind in WaitingReasonKind]: Describe<Kind> } = {
  'about-to-start': ({ computeEnvironmentArn, limits }) =>
    sentence(`About to start in compute environment ${nameOfArn(computeEnvironmentArn)}`, limits),
  'waiting-for-head': ({ headJobId, position, waiting, queueArn, head }) =>
    `Waiting in position ${position} of ${waiting} in job queue ${nameOfArn(queueArn)}, behind job ${headJobId}: ${describeReason(head)}`,
  'waiting-for-share': ({ queueArn, standing, first, headJobId, position, waiting, head }) => {
    const place = position === undefined ? placeBeyond(waiting) : `in position ${position} of`;
    const behind = headJobId === undefined ? '' : `, behind job ${headJobId} of its share`;
    const turn = first ? ` ${describeStanding(standing)}; next is ${describeStanding(first)}.` : '';
    return `Waiting ${place} ${waiting} in job queue ${nameOfArn(queueArn)}${behind}:${turn} ${describeReason(head)}`;
  },
  'over-budget': ({ heldVcpus, requestedVcpus, budgetVcpus, totalVcpus, computeReservation, activeShares }) =>
    `Waiting for the budget of the job queue: its ${activeShares === 1 ? 'one active share' : `${activeShares} active shares`} may hold ${rounded(budgetVcpus)} of ${totalVcpus} vCPUs, and hold ${heldVcpus}; ${requestedVcpus} needed. The rest is reserved for other shares (computeReservation ${computeReservation}).`,
  'outranked-by-share': ({ over, share, jobId, reserved }) =>
    `Waiting for job ${jobId} of share ${share}, which is first${heldWords[over]}${passWords(reserved)}.`,
  'queue-not-accepting': ({ queueArn }) => `Job queue ${nameOfArn(queueArn)} is not VALID and starts no jobs.`,
  'queue-held': ({ queueArn }) => `Job queue ${nameOfArn(queueArn)} is held: it starts no job until it is released.`,
  'compute-environments-at-max-vcpus': ({ environments }) =>
    `Waiting for vCPUs: every compute environment that fits is at its maxvCpus. ${describeEnvironments(environments)}`,
  'outranked-by-queue': ({ over, queueArn, jobId, reserved }) =>
    `Waiting for job ${jobId} of job queue ${nameOfArn(queueArn)}, which is served first${heldWords[over]}${passWords(reserved)}.`,
  'no-such-machine': ({ machine, environments }) =>
    `There is no ${machineNames[machine]} capacity. ${describeEnvironments(environments)}`,
  'consumables-in-use': ({ consumables }) => `Waiting for consumable resources: ${describeConsumables(consumables)}.`,
  'consumables-unobtainable': ({ consumables }) =>
    `Consumable resources do not suffice: ${describeConsumables(consumables)}. The job waits until that is changed.`,
  'engine-unavailable': ({ computeEnvironmentArn, reason }) =>
    `The engine of compute environment ${nameOfArn(computeEnvironmentArn)} cannot run jobs: ${reason}`,
  'environments-not-ready': ({ environments }) =>
    `Waiting for a compute environment to become VALID. ${describeEnvironments(environments)}`,
  'environments-disabled': ({ environments }) =>
    `No compute environment of the job queue is enabled. ${describeEnvironments(environments)}`,
  'instance-starting': ({ environments }) => `Instance starting. ${describeEnvironments(environments)}`,
  'instances-unavailable': ({ environments }) =>
    `Waiting for an instance that cannot be had now. ${describeEnvironments(environments)}`,
  'registered-instances-full': ({ environments }) =>
    `Waiting for room on a registered instance. ${describeEnvironments(environments)}`,
  'instances-unregistered': ({ environments }) =>
    `No instance that would hold it is registered. ${describeEnvironments(environments)}`,
  'minimum-leaves-no-room': ({ kind, environments }) =>
    `${sentenceOf(blockedWords[kind])} ${describeEnvironments(environments)}`,
  'request-exceeds-every-environment': ({ kind }) => sentenceOf(blockedWords[kind]),
  'no-valid-environment': ({ kind }) => sentenceOf(blockedWords[kind]),
  'service-role-refused': ({ kind }) => sentenceOf(blockedWords[kind]),
  'request-exceeds-pool': ({ kind }) => sentenceOf(blockedWords[kind]),
  'instance-type-not-launchable': ({ kind, instanceType, environments }) =>
    `${sentenceOf(blockedWords[kind])} Its nodes are for instances of type ${instanceType} alone ${describeEnvironments(environments)}.`,
  'nodes-refused': ({ environments }) =>
    `No compute environment of the job queue runs multi-node parallel jobs. ${describeEnvironments(environments)}`,
  'pool-unavailable': ({ computeEnvironmentArn, reason }) =>
    `Nothing can start in compute environment ${nameOfArn(computeEnvironmentArn)} now: ${reason}`,
  'pool-capacity': ({ pool, missing, limits }) =>
    sentence(`Waiting for the ${poolName(pool)}: ${listMissing(missing)} short`, limits),
};

const machineNames: Readonly<Record<MachineKind, string>> = { windows: 'Windows', arm64: 'ARM64', x86_64: 'X86_64' };

const heldWords = {
  'compute-environment': ' and for which the vCPUs of the compute environment are kept',
  pool: ' and for which the capacity of its pool is kept',
  consumable: ' and for which units of consumable resources are kept',
  turn: '',
} as const;

/** Whom what is reserved lets pass. */
function passWords(reserved: Reserved | undefined): string {
  if (!reserved) return '';
  const { instances, empty, startsBy } = reserved;
  const kept = `: ${countOf(instances, 'instance')} reserved for its nodes, ${empty} free`;
  if (startsBy === undefined) return `${kept}, and when the others are is not known, as jobs without timeout run there`;
  return `${kept}, all by ${timeOf(startsBy)}; a job goes first whose timeout ends before`;
}

/** To the second. */
export function timeOf(at: EpochMilliseconds): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `, 4 instances reserved for its nodes, of which 1 is free and all are by ...`. */
function reservedWords(reserved: Reserved | undefined): string {
  if (!reserved) return '';
  const { instances, empty, startsBy } = reserved;
  const start =
    startsBy === undefined
      ? 'when the others are is not known, as jobs without timeout run there'
      : `all by ${timeOf(startsBy)}`;
  return `, ${empty} of ${instances} instances that are reserved for its nodes are free, ${start}`;
}

/** `share a has used 12.5 vCPU-seconds and holds 4 vCPUs`; its weight unless that is 1. */
function describeStanding({ share, usedVcpuSeconds, heldVcpus, weight }: Standing): string {
  const weighs = weight === 1 ? '' : `, times ${rounded(weight)}`;
  return `share ${share} has used ${rounded(usedVcpuSeconds)} vCPU-seconds and holds ${countOf(heldVcpus, 'vCPU')}${weighs}`;
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/** One line for `statusReason` and `batchyard explain`. */
export function describeReason(reason: WaitingReason): string {
  // The table's type ties each entry to its reason; indexing by a union loses the tie.
  const describe = describeByKind[reason.kind] as (reason: WaitingReason) => string;
  return describe(reason);
}

/**
 * What is to be done about a job that never starts: `which` names it to its user, `remedy` is `cancel it` or the like. `isType`: whether there is an
 * instance type of that name, which an environment could be given. @default whatever is named
 */
export function describeHopeless(
  reason: HopelessReason,
  which: string,
  remedy: string,
  isType: (name: string) => boolean = () => true,
): string {
  return `${which} never starts ${describeEnvironments(reason.environments)}: ${remedy}${otherRemedy(reason, isType)}.`;
}

function otherRemedy(reason: HopelessReason, isType: (name: string) => boolean): string {
  if (reason.kind === 'request-exceeds-every-environment') return ', or raise maxvCpus';
  if (reason.kind !== 'instance-type-not-launchable') return '';
  const { instanceType, environments } = reason;
  if (!isType(instanceType)) return `, or name another instanceType: none is called ${instanceType}`;
  const isLaunched = environments.some((verdict) => verdict.kind === 'type-not-launchable' && verdict.missing);
  return isLaunched
    ? ', or name a larger instanceType'
    : `, or add ${instanceType} to the instanceTypes of an environment`;
}

/** `asked 64 GiB of memory, limited to 15 GiB`; one for each dimension in which the host is smaller than the request. */
export function describeLimit({ resource, requested, given }: Limit): string {
  if (resource === 'vcpus') return `asked ${countOf(requested, 'vCPU')}, limited to ${given}`;
  return `asked ${formatMemory(requested)} of memory, limited to ${formatMemory(given)}`;
}

type DescribeVerdict<Kind extends VerdictKind> = (verdict: VerdictOf<Kind>) => string;

const describeVerdictByKind: { readonly [Kind in VerdictKind]: DescribeVerdict<Kind> } = {
  fits: () => 'has room',
  'at-max-vcpus': ({ usedVcpus, maxvCpus, requestedVcpus, next, reserved }) =>
    (next
      ? `instances have ${usedVcpus} of ${maxvCpus} vCPUs and no room for ${requestedVcpus}, ${next.name} of ${next.vcpus} would be next`
      : `${usedVcpus} of ${maxvCpus} vCPUs in use, ${requestedVcpus} needed`) + reservedWords(reserved),
  'full-for-minimum': ({ usedVcpus, maxvCpus, requestedVcpus, next, minvCpus }) =>
    `instances have ${usedVcpus} of ${maxvCpus} vCPUs and no room for ${requestedVcpus}, ${next.name} of ${next.vcpus} would be next, but minvCpus ${minvCpus} keeps others`,
  'awaits-instance': ({ starting, next }) =>
    starting > 0 || !next
      ? `${starting === 1 ? '1 instance starts' : `${starting} instances start`}`
      : `${next.name} of ${countOf(next.vcpus, 'vCPU')} is launched next`,
  'no-instance': ({ passedOver }) => describeUnavailable(passedOver),
  'exceeds-types': ({ nearest }) =>
    nearest
      ? `no instance type is large enough, ${nearest.type.name} lacks ${listMissing(nearest.missing)}`
      : 'has no instance types',
  'type-not-launchable': ({ instanceType, missing, offers }) =>
    missing
      ? `${instanceType} lacks ${listMissing(missing)}, launches ${someOf(offers)}`
      : `launches no ${instanceType}, but ${someOf(offers)}`,
  'too-few-instances': ({ nodes, maxvCpus, nearest: { type, most } }) =>
    `each of ${nodes} nodes needs an instance, and maxvCpus ${maxvCpus} has room for ${most} of ${type.name}`,
  'registered-full': ({ open, requested }) =>
    `${open === 1 ? 'its registered instance has no' : `none of its ${open} registered instances has`} room for ${listMissing(requested)}`,
  'awaits-registration': (verdict) => `${registeredWords(verdict)}: ${registerCommand(verdict)}`,
  held: ({ heldVcpus, holder }) => `${countOf(heldVcpus, 'vCPU')} kept for job ${holder.jobId}`,
  'engine-unavailable': ({ reason }) => `engine unavailable: ${reason}`,
  'no-such-machine': ({ machine }) => `has no ${machineNames[machine]} machines`,
  'pool-full': ({ pool, missing }) => `${poolName(pool)} ${listMissing(missing)} short`,
  'pool-held': ({ pool, holder }) => `${poolName(pool)} kept for job ${holder.jobId}`,
  'pool-unavailable': ({ reason }) => reason,
  'exceeds-pool': ({ pool, resource, requested, offered }) =>
    `${poolName(pool)} has ${amountWords(resource, offered)}, ${amountWords(resource, requested)} needed`,
  'refuses-nodes': ({ reason }) => reason,
  'not-ready': ({ status }) => status,
  'too-small': ({ maxvCpus, requestedVcpus }) => `maxvCpus ${maxvCpus}, ${requestedVcpus} needed`,
  disabled: () => 'DISABLED',
  'role-refused': ({ reason }) => reason,
  invalid: ({ status }) => status,
  unknown: () => 'does not exist',
};

/** What one compute environment can do for a job, in words. */
export function describeVerdict(verdict: EnvironmentVerdict): string {
  const describe = describeVerdictByKind[verdict.kind] as (verdict: EnvironmentVerdict) => string;
  return `${nameOfArn(verdict.computeEnvironmentArn)}: ${describe(verdict)}`;
}

function describeEnvironments(environments: readonly EnvironmentVerdict[]): string {
  return `(${environments.map(describeVerdict).join('; ')})`;
}

type ConsumableKind = ConsumableVerdict['kind'];

const describeConsumableByKind: {
  readonly [Kind in ConsumableKind]: (verdict: Extract<ConsumableVerdict, { readonly kind: Kind }>) => string;
} = {
  'in-use': ({ available, total, holders, holderCount }) =>
    `${available} of ${total} free (${describeHolders(holders, holderCount)})`,
  held: ({ available, holder }) => `${available} free, kept for job ${holder.jobId}`,
  'too-few': ({ obtainable }) => `there are ${obtainable}`,
  unknown: () => 'it does not exist',
};

/** `2 of licences needed, 1 of 5 free (job ... holds 4)`. */
function describeConsumables(verdicts: readonly ConsumableVerdict[]): string {
  const words = verdicts.map((verdict) => {
    const describe = describeConsumableByKind[verdict.kind] as (verdict: ConsumableVerdict) => string;
    return `${verdict.requested} of ${nameOfArn(verdict.resource)} needed, ${describe(verdict)}`;
  });
  return words.join('; ');
}

function describeHolders(holders: readonly ConsumableHolder[], count: number): string {
  const named = holders.map(({ jobId, quantity }) => `job ${jobId} holds ${quantity}`);
  return [...named, ...(count > named.length ? [`and ${count - named.length} more`] : [])].join(', ');
}

/** Names that are told of many. */
const namesShown = 5;

function someOf(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  const rest = names.length > namesShown ? [`${names.length - namesShown} more`] : [];
  return [...names.slice(0, namesShown), ...rest].join(', ');
}

function listMissing(missing: ResourceRequest): string {
  const resources = (['vcpus', 'memoryMiB', 'gpus'] as const).filter((resource) => missing[resource] > 0);
  return resources.map((resource) => amountWords(resource, missing[resource])).join(', ');
}

/** The pool of this machine is called what it is. */
function poolName(pool: string): string {
  return pool === 'host' ? 'host' : `pool ${pool}`;
}

/** `2 vCPUs`, `15 GiB of memory`, `1 GPU`. */
export function amountWords(resource: ResourceName, amount: number): string {
  if (resource === 'memoryMiB') return `${formatMemory(amount)} of memory`;
  return countOf(amount, resource === 'gpus' ? 'GPU' : 'vCPU');
}

function sentence(text: string, limits: readonly Limit[]): string {
  return limits.length === 0 ? `${text}.` : `${text} (${limits.map(describeLimit).join('; ')}).`;
}

function formatMemory(mebibytes: number): string {
  return mebibytes >= 1024 ? `${Math.round(mebibytes / 102.4) / 10} GiB` : `${mebibytes} MiB`;
}

/** `1 vCPU`, `2 vCPUs`. */
function countOf(count: number, unit: string): string {
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

/** Of few jobs those before it can only be many if they are arrays, each of whose children has its turn. */
function placeBeyond(waiting: number): string {
  return waiting > furthestPosition
    ? `beyond position ${furthestPosition} of`
    : `behind at least ${furthestPosition} children of arrays, one of`;
}
