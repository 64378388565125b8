import { invariant } from '../core/errors.ts';
import { type Leaf, type NodeRange, sumOfNodes } from '../core/job.ts';
import type { JobTraits, UnfinishedJob } from '../core/job-record.ts';
import { pendingLeaf, runnableLeaf } from '../lifecycle/index.ts';
import type { StoredChildren } from './child-codec.ts';
import { type ChildCode, ChildStates, statusOfCode } from './child-states.ts';
import {
  type ArrayEntry,
  type EntryCommon,
  type GangEntry,
  type JobEntry,
  noNames,
  type SingleEntry,
} from './entry.ts';
import type { Interned } from './interned.ts';

export type Unfinished<Kind extends UnfinishedJob['kind']> = Extract<UnfinishedJob, { readonly kind: Kind }>;

/** What memory holds of a job that is new or loaded. An array is new: all its children are PENDING. */
export function entryOf(interned: Interned, job: UnfinishedJob): JobEntry {
  switch (job.kind) {
    case 'single':
      return singleEntry(job, interned.traits(job.traits));
    case 'array':
      return arrayEntryOf(interned, job, { codes: new Uint8Array(job.size), changedAt: job.createdAt });
    case 'multiNode':
      return gangEntry(job, interned.traits(job.traits));
  }
}

/** One literal and no spread: this is done a million times in a load, and a spread costs more than all the rest. */
function singleEntry({ jobId, number, createdAt, order, state }: Unfinished<'single'>, traits: JobTraits): SingleEntry {
  return {
    kind: 'single',
    scope: traits.scope,
    jobId,
    number,
    jobQueueArn: traits.jobQueueArn,
    jobDefinitionArn: traits.jobDefinitionArn,
    user: traits.user,
    createdAt,
    order,
    resources: traits.resources,
    retryStrategy: traits.retryStrategy,
    timeoutSeconds: traits.timeoutSeconds,
    shareIdentifier: traits.shareIdentifier,
    schedulingPriority: traits.schedulingPriority,
    names: noNames,
    open: 0,
    touchedIn: undefined,
    state: sharedLeaf(state),
    decided: 0,
  };
}

/** A waiting job that has nothing of its own shares its state with all others. */
function sharedLeaf(leaf: Leaf): Leaf {
  if (leaf.attempts.length > 0 || leaf.stop || leaf.statusReason !== undefined) return leaf;
  if (leaf.status === 'PENDING') return pendingLeaf;
  return leaf.status === 'RUNNABLE' ? runnableLeaf : leaf;
}

/** What memory holds of an array, whose children are these: it takes their codes over. */
export function arrayEntryOf(interned: Interned, job: Unfinished<'array'>, stored: StoredChildren): ArrayEntry {
  const traits = interned.traits(job.traits);
  const isSequential = traits.dependsOn.some((dependency) => !('on' in dependency));
  const { changedAt, fellAt } = stored;
  const children = new ChildStates(stored.codes);
  return {
    kind: 'array',
    ...entryCommon(job, traits),
    state: job.state,
    children,
    live: new Map(),
    ownWaiting: 0,
    decided: 0,
    decidedChildren: new Set(),
    bitsIn: undefined,
    rejection: undefined,
    firstRunnable: 0,
    changedAt,
    fellAt,
    isSequential,
    sequenceAt: 0,
    firstFailed: firstFailedOf(children),
    openPairs: undefined,
  };
}

function firstFailedOf(children: ChildStates): number {
  if (children.countOf('FAILED') === 0) return children.size;
  return children.codes().findIndex((code) => statusOfCode(code as ChildCode) === 'FAILED');
}

function gangEntry(job: Unfinished<'multiNode'>, traits: JobTraits): GangEntry {
  const { size, mainNode, ranges, state, jobId } = job;
  const sum = sumOfNodes(ranges);
  const { vcpus, memoryMiB, gpus } = traits.resources;
  const isSum = sum.vcpus === vcpus && sum.memoryMiB === memoryMiB && sum.gpus === gpus;
  invariant(isSum && isWhole(ranges, size), `the ranges of job ${jobId} are not its nodes`);
  const nodes = { size, mainNode, ranges, nodes: new Map() };
  return { kind: 'multiNode', ...entryCommon(job, traits), state, ...nodes, decided: 0 };
}

/** Whether every node is in one range, in order. */
function isWhole(ranges: readonly NodeRange[], size: number): boolean {
  const ends = [-1, ...ranges.map(({ last }) => last)];
  const follows = ranges.every(({ first, last }, index) => first === (ends[index] ?? 0) + 1 && last >= first);
  return follows && ends.at(-1) === size - 1;
}

/** What an array and a multi-node job take from their job, whose parts are shared already. */
function entryCommon({ jobId, number, createdAt, order }: UnfinishedJob, traits: JobTraits): EntryCommon {
  return {
    scope: traits.scope,
    jobId,
    number,
    jobQueueArn: traits.jobQueueArn,
    jobDefinitionArn: traits.jobDefinitionArn,
    user: traits.user,
    createdAt,
    order,
    resources: traits.resources,
    retryStrategy: traits.retryStrategy,
    timeoutSeconds: traits.timeoutSeconds,
    shareIdentifier: traits.shareIdentifier,
    schedulingPriority: traits.schedulingPriority,
    names: noNames,
    open: 0,
    touchedIn: undefined,
  };
}
