import { invariant } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import type { Dependency, Leaf, TerminalStatus } from '../core/job.ts';
import { type JobRecord, unfinishedOf } from '../core/job-record.ts';
import type { JobSpecification } from '../core/job-specification.ts';
import { advanceLeaf, pendingLeaf, runnableLeaf, statusReasons } from '../lifecycle/index.ts';
import { putBits } from './array-bits.ts';
import { endArray } from './array-end.ts';
import { failChildren, releaseChildren } from './array-moves.ts';
import { decodeChildren } from './child-codec.ts';
import { type ChildStates, childCode, isEndedCode, statusOfCode } from './child-states.ts';
import type { JobsContext } from './context.ts';
import { type ArrayEntry, type GangEntry, type JobEntry, noNames, type SingleEntry } from './entry.ts';
import { entryOf } from './entry-of.ts';
import { livedSoFar } from './fact.ts';
import { enqueueGang } from './gang.ts';
import type { EndedJob } from './ports.ts';
import { RunBuilder } from './runs.ts';
import { enqueueSingle } from './single.ts';
import type { JobTransaction } from './transaction.ts';

type Columns<Kind extends JobRecord['kind']> = Omit<
  Extract<JobRecord, { readonly kind: Kind }>,
  'number' | 'order' | 'state'
>;

/** A job about to enter its queue. */
export type NewJob = (Columns<'single'> | Columns<'array'> | Columns<'multiNode'>) & {
  readonly specification: JobSpecification;
  /** What the store says of dependencies that have left memory; all others are in memory, or about to leave it. */
  readonly ended: ReadonlyMap<JobId, EndedJob>;
  /** Present: the job is taken in and ends FAILED at once, with this status reason. */
  readonly failsAtOnce?: string;
};

/** Takes a job in: it is SUBMITTED, and evaluated with what is true now. */
export function submitJob(context: JobsContext, transaction: JobTransaction, job: NewJob): JobEntry {
  const { specification, ended, failsAtOnce, ...columns } = job;
  const number = context.count(transaction, 'number', 1);
  const order = context.count(transaction, 'highestOrder', 1);
  const entry = newEntry(context, columns, number, order);
  context.registry.add(transaction, entry);
  context.countShare(transaction, entry, 1);
  const failed = depend(context, transaction, entry, columns.dependsOn, ended);
  const failure = failsAtOnce ?? (failed ? statusReasons.dependencyFailed : undefined);
  if (entry.kind !== 'array' && entry.open === 0 && failure === undefined) entry.state = runnableLeaf;
  const waits = failure === undefined && (entry.kind === 'array' || entry.open > 0);
  if (!waits) entry.names = noNames;
  context.graph.name(transaction, entry.names, 1);
  insert(context, transaction, entry, columns, specification, failure);
  return entry;
}

function newEntry(
  context: JobsContext,
  columns: Columns<'single'> | Columns<'array'> | Columns<'multiNode'>,
  number: number,
  order: number,
): JobEntry {
  const state = columns.kind === 'array' ? { status: 'PENDING' } : pendingLeaf;
  return entryOf(context.interned, unfinishedOf({ ...columns, number, order, state } as JobRecord));
}

/** Finds out what is open of a job's dependencies. Answers whether one of them, if not only of a child, has failed. */
function depend(
  context: JobsContext,
  transaction: JobTransaction,
  entry: JobEntry,
  dependsOn: readonly Dependency[],
  ended: ReadonlyMap<JobId, EndedJob>,
): boolean {
  let hasFailed = false;
  entry.names = namesOf(dependsOn);
  for (const dependency of distinct(dependsOn)) {
    const { on, index } = dependency;
    if (isPair(entry, dependency)) {
      pairWith(context, transaction, entry, on, ended);
      continue;
    }
    const status = statusNow(context, on, index, ended);
    if (status === 'FAILED') hasFailed = true;
    if (status !== undefined) continue;
    entry.open += 1;
    context.graph.add(transaction, on, index, entry.jobId);
  }
  return hasFailed;
}

type JobDependency = Extract<Dependency, { readonly on: JobId }>;

export function namesOf(dependsOn: readonly Dependency[]): readonly JobId[] {
  if (dependsOn.length === 0) return noNames;
  return [...new Set(dependsOn.flatMap((dependency) => ('on' in dependency ? [dependency.on] : [])))];
}

/** Each job, and each child, once. */
export function distinct(dependsOn: readonly Dependency[]): readonly JobDependency[] {
  const found = new Map<string, JobDependency>();
  for (const dependency of dependsOn) {
    if ('on' in dependency) found.set(`${dependency.on}:${dependency.index}:${dependency.type}`, dependency);
  }
  return [...found.values()];
}

/** N_TO_N of a job that is no array waits for the whole, as a plain dependency does. */
export function isPair(entry: JobEntry, dependency: JobDependency): entry is ArrayEntry {
  return entry.kind === 'array' && dependency.type === 'N_TO_N' && dependency.index === undefined;
}

/** What has become of a job, or of a child: undefined while that is open. */
export function statusNow(
  context: JobsContext,
  on: JobId,
  index: number | undefined,
  ended: ReadonlyMap<JobId, EndedJob>,
): TerminalStatus | undefined {
  const entry = context.registry.get(on);
  const leaving = context.registry.leaving(on);
  if (entry) return index === undefined || entry.kind !== 'array' ? undefined : childStatus(entry.children, index);
  if (leaving) {
    const isChild = index !== undefined && leaving.entry.kind === 'array';
    return isChild ? childStatus((leaving.entry as ArrayEntry).children, index) : leaving.status;
  }
  const stored = ended.get(on);
  invariant(stored, `nobody knows job ${on}, which another depends on`);
  return index === undefined ? stored.status : storedChild(stored, index);
}

function childStatus(children: ChildStates, index: number): TerminalStatus | undefined {
  const code = children.at(index);
  return isEndedCode(code) ? (statusOfCode(code) as TerminalStatus) : undefined;
}

/** What has become of a child of an ended array. */
export function storedChild(ended: EndedJob, index: number): TerminalStatus {
  const codes = codesOf(ended);
  if (!codes) return ended.status;
  return endOfCode(codes[index]);
}

/** Of a child of an array that has ended: one that is not there has failed. */
function endOfCode(code: number | undefined): TerminalStatus {
  return code === childCode.succeeded ? 'SUCCEEDED' : 'FAILED';
}

/** An array that waits for an ended one, child by child, asks for each of 10,000: the bits are decoded once. */
const decoded = new WeakMap<EndedJob, Uint8Array>();

function codesOf(ended: EndedJob): Uint8Array | undefined {
  const known = decoded.get(ended);
  if (known) return known;
  const { bits, size } = ended;
  if (!bits || size === undefined) return undefined;
  const { codes } = decodeChildren(bits, size);
  decoded.set(ended, codes);
  return codes;
}

/** Counts, for each child, whether the other side's is open; those whose other side has failed fall later this turn. */
function pairWith(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  on: JobId,
  ended: ReadonlyMap<JobId, EndedJob>,
): void {
  const other = context.registry.get(on);
  if (other) context.graph.addPair(transaction, on, array.jobId);
  const open = countPairs(array);
  const statusOf = pairStatuses(context, on, ended);
  for (let index = 0; index < array.children.size; index += 1) {
    const status = statusOf(index);
    if (status !== 'SUCCEEDED') open[index] = (open[index] ?? 0) + 1;
    if (status === 'FAILED') array.children.set(index, childCode.fallen);
  }
}

export function countPairs(array: ArrayEntry): Uint8Array {
  array.openPairs ??= new Uint8Array(array.children.size);
  return array.openPairs;
}

/**
 * What has become of each child of a job, or of the whole job where it is no array: undefined while that is open. Looked up once: an
 * array of 10,000 may wait for 20 others.
 */
export function pairStatuses(
  context: JobsContext,
  on: JobId,
  ended: ReadonlyMap<JobId, EndedJob>,
): (index: number) => TerminalStatus | undefined {
  const { registry } = context;
  const known = registry.get(on) ?? registry.leaving(on)?.entry;
  if (known?.kind === 'array') return (index) => childStatus(known.children, index);
  const stored = ended.get(on);
  const codes = known || !stored ? undefined : codesOf(stored);
  if (codes) return (index) => endOfCode(codes[index]);
  const status = statusNow(context, on, undefined, ended);
  return () => status;
}

function insert(
  context: JobsContext,
  transaction: JobTransaction,
  entry: JobEntry,
  columns: Columns<'single'> | Columns<'array'> | Columns<'multiNode'>,
  specification: JobSpecification,
  failure: string | undefined,
): void {
  const { number, order, state } = entry;
  const record = { ...columns, number, order, state } as JobRecord;
  if (entry.kind === 'array') insertArray(context, transaction, entry, record, specification, failure);
  else insertOther(context, transaction, entry, record, specification, failure);
}

function insertOther(
  context: JobsContext,
  transaction: JobTransaction,
  entry: SingleEntry | GangEntry,
  record: JobRecord,
  specification: JobSpecification,
  failure: string | undefined,
): void {
  context.fact(transaction, entry, { to: 'SUBMITTED' });
  if (failure !== undefined) {
    const rejected = { kind: 'rejected', at: record.createdAt, reason: failure } as const;
    entry.state = advanceLeaf(pendingLeaf, rejected, entry).state as Leaf & { status: 'FAILED' };
  }
  const state = entry.state;
  transaction.add({ kind: 'job.insert', record: { ...record, state } as JobRecord, specification });
  const reason = state.statusReason === undefined ? {} : { reason: state.statusReason };
  context.fact(transaction, entry, { from: 'SUBMITTED', to: state.status, ...reason, ...livedSoFar(state) });
  if (state.status === 'FAILED') {
    context.registry.waitingChanged(transaction, entry, true);
    context.end(transaction, entry, 'FAILED');
  } else if (state.status === 'RUNNABLE') {
    if (entry.kind === 'single') enqueueSingle(context, transaction, entry);
    else enqueueGang(context, transaction, entry);
  }
}

/** Those whose other side has failed: they are PENDING before they fall. */
function takeFallen(children: ChildStates): RunBuilder {
  const fallen = new RunBuilder();
  for (let index = 0; index < children.size; index += 1) {
    if (children.at(index) !== childCode.fallen) continue;
    children.set(index, childCode.pending);
    fallen.add(index);
  }
  return fallen;
}

/** An array is PENDING at once; its children are PENDING, or RUNNABLE where nothing is open. */
function insertArray(
  context: JobsContext,
  transaction: JobTransaction,
  array: ArrayEntry,
  record: JobRecord,
  specification: JobSpecification,
  failure: string | undefined,
): void {
  const { children } = array;
  context.fact(transaction, array, { to: 'SUBMITTED' });
  transaction.add({ kind: 'job.insert', record, specification });
  context.touch(transaction, array);
  putBits(transaction, array);
  context.fact(transaction, array, { from: 'SUBMITTED', to: 'PENDING' });
  const everyone = { kind: 'children', runs: [[0, children.size - 1]] } as const;
  const { runs: fallen } = takeFallen(children);
  context.fact(transaction, array, { part: everyone, from: 'SUBMITTED', to: 'PENDING' });
  if (failure !== undefined) {
    if (failure !== statusReasons.dependencyFailed) array.rejection = failure;
    failChildren(context, transaction, array, failure);
  } else {
    if (fallen.length > 0) failChildren(context, transaction, array, statusReasons.dependencyFailed, fallen);
    releaseChildren(context, transaction, array);
    if (array.isSequential && fallen.length > 0) context.addWork(transaction, { kind: 'sequence', array: array.jobId });
  }
  if (children.ended === children.size) endArray(context, transaction, array);
}
