import type { JobId } from '../core/ids.ts';
import type { MachineKind, ResourceRequest } from '../core/job.ts';
import type { BudgetVerdict } from './budget.ts';
import type { ConsumableVerdict } from './consumable-verdict.ts';
import type { EnvironmentVerdict, Holder } from './environment-verdict.ts';
import type { Limit } from './pool.ts';

/** Why a job was placed where it was. */
export interface PlacementReason {
  readonly kind: 'first-environment-that-fits';
  /** Environments earlier in the queue's order, and why they did not take the job. */
  readonly passedOver: readonly EnvironmentVerdict[];
  readonly limits: readonly Limit[];
}

interface OfEnvironments {
  /** One verdict for each environment of the queue, in its order. */
  readonly environments: readonly EnvironmentVerdict[];
}

interface OfConsumables {
  /** One verdict for each consumable resource that is in the way. */
  readonly consumables: readonly ConsumableVerdict[];
}

/** Why the job at the head of its queue has not started. */
export type HeadReason =
  /** Nothing is in its way: the next plan starts it. */
  | { readonly kind: 'about-to-start'; readonly computeEnvironmentArn: string; readonly limits: readonly Limit[] }
  | { readonly kind: 'queue-not-accepting'; readonly queueArn: string }
  /** Somebody holds the queue. Batchyard's own reason. */
  | { readonly kind: 'queue-held'; readonly queueArn: string }
  /** Every environment that could take it has allocated its maxvCpus. */
  | ({ readonly kind: 'compute-environments-at-max-vcpus' } & OfEnvironments)
  /** What `minvCpus` keeps leaves no room for the instances that it needs: somebody must change that. */
  | ({ readonly kind: 'minimum-leaves-no-room' } & OfEnvironments)
  /** There is room, but it is kept for a job of a queue that is served first. */
  | ({
      readonly kind: 'outranked-by-queue';
      readonly over: 'compute-environment' | 'pool' | 'consumable' | 'turn';
    } & Holder)
  /** There is room, but it is kept for a job of another share of its queue, which is first. */
  | ({
      readonly kind: 'outranked-by-share';
      readonly over: 'compute-environment' | 'pool' | 'consumable' | 'turn';
      readonly share: string;
    } & Omit<Holder, 'share'>)
  /** Active shares hold all that they may together: the rest is reserved for others. */
  | ({ readonly kind: 'over-budget' } & BudgetVerdict)
  /** Other jobs hold the consumable resources that it needs. */
  | ({ readonly kind: 'consumables-in-use' } & OfConsumables)
  /** A consumable resource that it needs is not there, or has too few units whatever ends: somebody must change that. */
  | ({ readonly kind: 'consumables-unobtainable' } & OfConsumables)
  | ({
      readonly kind: 'engine-unavailable';
      readonly computeEnvironmentArn: string;
      readonly reason: string;
    } & OfEnvironments)
  /** Nothing can start in the pool of the environment, or nobody knows yet what it has. */
  | ({
      readonly kind: 'pool-unavailable';
      readonly computeEnvironmentArn: string;
      readonly reason: string;
    } & OfEnvironments)
  /** No environment has machines of the kind that the job needs. */
  | ({ readonly kind: 'no-such-machine'; readonly machine: MachineKind } & OfEnvironments)
  | ({ readonly kind: 'environments-not-ready' } & OfEnvironments)
  | ({ readonly kind: 'environments-disabled' } & OfEnvironments)
  /** The maxvCpus of every usable environment is smaller than the request, or than the instances for its nodes: it can never start. */
  | ({ readonly kind: 'request-exceeds-every-environment' } & OfEnvironments)
  | ({ readonly kind: 'no-valid-environment' } & OfEnvironments)
  /** The service may act in none of its environments: their service roles have lost what it needs. */
  | ({ readonly kind: 'service-role-refused' } & OfEnvironments)
  /** An instance that will hold it starts, or is about to be launched. */
  | ({ readonly kind: 'instance-starting' } & OfEnvironments)
  /** No instance that would hold it can be had now: Spot is above the bid, or its type was not to be had a moment ago. */
  | ({ readonly kind: 'instances-unavailable' } & OfEnvironments)
  /** Instances are registered that would hold it, and other jobs are on them. */
  | ({ readonly kind: 'registered-instances-full' } & OfEnvironments)
  /** No instance is registered that would hold it: somebody must register one. */
  | ({ readonly kind: 'instances-unregistered' } & OfEnvironments)
  /** The pool has less than the job asks for, and does not shrink it, or no type of instance is large enough: it can never start. */
  | ({ readonly kind: 'request-exceeds-pool' } & OfEnvironments)
  /** The nodes are for instances of one type, which no usable environment launches, or which is too small for them: it can never start. */
  | ({ readonly kind: 'instance-type-not-launchable'; readonly instanceType: string } & OfEnvironments)
  /** It is a multi-node job, and no usable environment runs those: it can never start. */
  | ({ readonly kind: 'nodes-refused' } & OfEnvironments)
  /** An environment has room, its pool has not. Batchyard's own reason: AWS would launch an instance. */
  | {
      readonly kind: 'pool-capacity';
      readonly pool: string;
      readonly missing: ResourceRequest;
      readonly limits: readonly Limit[];
    };

/** Why a job never starts, whatever ends before it. */
export type HopelessReason = Extract<
  HeadReason,
  {
    readonly kind:
      | 'request-exceeds-every-environment'
      | 'request-exceeds-pool'
      | 'instance-type-not-launchable'
      | 'nodes-refused';
  }
>;

const hopelessKinds: readonly HeadReason['kind'][] = [
  'request-exceeds-every-environment',
  'request-exceeds-pool',
  'instance-type-not-launchable',
  'nodes-refused',
] satisfies readonly HopelessReason['kind'][];

/** The reason, if with it a job never starts. */
export function hopelessOf(reason: HeadReason): HopelessReason | undefined {
  return hopelessKinds.includes(reason.kind) ? (reason as HopelessReason) : undefined;
}

/** A queue's head that waits, or one that no longer does: told when it changes, for events and time limits. */
export type BlockedChange =
  | { readonly kind: 'blocked'; readonly queueArn: string; readonly jobId: JobId; readonly reason: HeadReason }
  | { readonly kind: 'unblocked'; readonly queueArn: string; readonly jobId: JobId };

/** Positions where shares take turns are told up to here: each has to be counted. */
export const furthestPosition = 1_000;

/** How a share stands: the one that goes next has used least, times its weight. */
export interface Standing {
  readonly share: string;
  /** Decayed. */
  readonly usedVcpuSeconds: number;
  readonly heldVcpus: number;
  readonly weight: number;
}

/** Why a waiting job has not started. */
export type WaitingReason =
  | HeadReason
  | {
      /** Shares take turns: others are before its own, or others of its own share are before it. */
      readonly kind: 'waiting-for-share';
      readonly queueArn: string;
      readonly standing: Standing;
      /** The share that is first, if it is another one. */
      readonly first?: Standing;
      /** The job of its own share that goes first, if it is another one. */
      readonly headJobId?: JobId;
      /** 1 starts next, were there room for all. Absent: beyond what is looked at. */
      readonly position?: number;
      /** Jobs that wait in the queue, this one included. */
      readonly waiting: number;
      /** Why the first of its own share has not started. */
      readonly head: HeadReason;
    }
  | {
      /** First in, first out: the job at the head of the queue goes first, whatever it waits for. */
      readonly kind: 'waiting-for-head';
      readonly queueArn: string;
      readonly headJobId: JobId;
      /** 1 is the head. */
      readonly position: number;
      /** Jobs that wait in the queue, this one included. */
      readonly waiting: number;
      readonly head: HeadReason;
    };

/** The job that has to go first, and why it has not, if there is one: of its queue, or of its share. */
export function jobBefore(reason: WaitingReason): { readonly headJobId: JobId; readonly head: HeadReason } | undefined {
  if (reason.kind !== 'waiting-for-head' && reason.kind !== 'waiting-for-share') return undefined;
  const { headJobId, head } = reason;
  return headJobId && { headJobId, head };
}

export type WaitingReasonKind = WaitingReason['kind'];
