import { CommitFailed } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import { type AttemptRecord, type ConsumableRequest, isTerminal } from '../core/job.ts';
import { type ArrayChildRecord, type JobRecord, type NodeRecord, unfinishedOf } from '../core/job-record.ts';
import type { UsageRecord } from '../core/usage.ts';
import { decodeChildren } from './child-codec.ts';
import { liveRowsOf } from './child-states.ts';
import { unitsOf } from './consumables.fixture.ts';
import type { StatusChange } from './fact.ts';
import type { Jobs } from './jobs.ts';
import { vcpusOfFirstNode } from './nodes.fixture.ts';
import type { EndedJob, Journal } from './ports.ts';
import type { JobChange, JobTransaction } from './transaction.ts';

interface Accepted {
  readonly changes: JobChange[];
  readonly consumed: ConsumableRequest[];
  readonly facts: StatusChange[];
  readonly committed: (() => void)[];
}

interface Batch extends Accepted {
  /** The bits as they were when the batch closed. */
  readonly bits: Map<number, Uint8Array>;
}

/** Tables as a store has them, behind a journal whose commits lag: batches are closed and made durable when a test says so. */
export class TestStore implements Journal {
  readonly jobs = new Map<JobId, JobRecord>();
  readonly bits = new Map<number, Uint8Array>();
  readonly children = new Map<string, ArrayChildRecord>();
  readonly nodes = new Map<string, NodeRecord>();
  /** What ended attempts took, one by one. */
  readonly usage: UsageRecord[] = [];
  /** Units that ended attempts have consumed. */
  units = 0;
  /** How many units an attempt of a job consumes, by its number; also of jobs that were forgotten. */
  readonly #unitsOf = new Map<number, number>();
  #forgottenUnits = 0;
  /** All facts that are durable, in order. */
  readonly facts: StatusChange[] = [];
  /** Writes for each kind of change. */
  readonly written = new Map<JobChange['kind'], number>();
  lastNumber = 0;
  #open: Accepted[] = [];
  #closed: Batch[] = [];
  #refuses = false;
  #inTransaction: Accepted | undefined;
  readonly #forgotten: AttemptRecord[] = [];

  /** What is durable now, for a store that loses all that comes later. */
  copy(): TestStore {
    const copy = new TestStore();
    for (const [id, record] of this.jobs) copy.jobs.set(id, record);
    for (const [number, bits] of this.bits) copy.bits.set(number, bits);
    for (const [key, record] of this.children) copy.children.set(key, record);
    for (const [key, record] of this.nodes) copy.nodes.set(key, record);
    copy.lastNumber = this.lastNumber;
    return copy;
  }

  /** The next transaction throws once its work is done, as one that is refused at its end. */
  refuseNext(refuses: boolean): void {
    this.#refuses = refuses;
  }

  transact(work: (transaction: JobTransaction) => void): void {
    const accepted: Accepted = { changes: [], consumed: [], facts: [], committed: [] };
    const undo: (() => void)[] = [];
    const apply: (() => void)[] = [];
    this.#inTransaction = accepted;
    try {
      work({
        add: (change) => accepted.changes.push(change),
        onRollback: (step) => undo.push(step),
        onAccepted: (step) => apply.push(step),
        onCommitted: (effect) => accepted.committed.push(effect),
      });
      if (this.#refuses) {
        this.#refuses = false;
        throw new CommitFailed('failed', 'the test refuses it');
      }
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    }
    for (const step of apply) step();
    this.#open.push(accepted);
  }

  fact(_transaction: JobTransaction, fact: StatusChange): void {
    this.#inTransaction?.facts.push(fact);
  }

  consumed(_transaction: JobTransaction, consumables: readonly ConsumableRequest[]): void {
    this.#inTransaction?.consumed.push(...consumables);
  }

  /** Facts that are accepted, durable or not. */
  allFacts(): readonly StatusChange[] {
    return [...this.facts, ...[...this.#closed, ...this.#open].flatMap(({ facts }) => facts)];
  }

  get isSettled(): boolean {
    return this.#open.length + this.#closed.length === 0;
  }

  /** The writer is free: what is open, if anything, becomes a batch, and its bits are encoded. */
  close(): boolean {
    if (this.#open.length === 0) return false;
    const batch: Batch = { changes: [], consumed: [], facts: [], committed: [], bits: new Map() };
    for (const { changes, consumed, facts, committed } of this.#open.splice(0)) {
      batch.changes.push(...changes);
      batch.consumed.push(...consumed);
      batch.facts.push(...facts);
      batch.committed.push(...committed);
    }
    for (const change of batch.changes) {
      if (change.kind === 'arrayBits.put') batch.bits.set(change.number, change.encode());
    }
    this.#closed.push(structuredCloneOf(batch));
    return true;
  }

  /** The oldest batch becomes durable; its effects follow. Answers whether there was one. */
  commit(): boolean {
    const batch = this.#closed.shift();
    if (!batch) return false;
    for (const change of batch.changes) this.#apply(change);
    for (const [number, bits] of batch.bits) this.bits.set(number, bits);
    this.facts.push(...batch.facts);
    for (const { quantity } of batch.consumed) this.units += quantity;
    for (const effect of batch.committed) effect();
    return true;
  }

  settle(): void {
    this.close();
    while (this.commit());
  }

  /** What is not durable is lost: a crash, or a commit that failed. */
  lose(): void {
    this.#open = [];
    this.#closed = [];
  }

  forget(jobId: JobId): void {
    const record = this.jobs.get(jobId);
    if (!record) return;
    this.jobs.delete(jobId);
    if (record.kind === 'single') this.#forgotten.push(...record.state.attempts);
    this.#forgottenUnits += this.#unitsOfAttempts(record);
    this.bits.delete(record.number);
  }

  /** Every attempt that has ended, durably: of single jobs, children and nodes; and the vCPUs that it asked for. */
  endedAttempts(): readonly { readonly attempt: AttemptRecord; readonly vcpus: number }[] {
    const singles = [...this.jobs.values()].flatMap((record) => (record.kind === 'single' ? [record.state] : []));
    const parts = [...this.children.values(), ...[...this.nodes.values()].filter(({ index }) => index > 0)];
    const first = [...this.nodes.values()].filter(({ index }) => index === 0).flatMap(({ state }) => state.attempts);
    const others = [...singles, ...parts.map(({ state }) => state)].flatMap(({ attempts }) => attempts);
    return [
      ...[...this.#forgotten, ...others].map((attempt) => ({ attempt, vcpus: 1 })),
      ...first.map((attempt) => ({ attempt, vcpus: vcpusOfFirstNode })),
    ];
  }

  /** Units that all attempts needed that have ended, durably, and hold nothing any more. */
  unitsOfEndedAttempts(): number {
    const rows = [...this.children.values()].map(
      ({ number, state }) => state.attempts.length * (this.#unitsOf.get(number) ?? 0),
    );
    const jobs = [...this.jobs.values()].map((record) => this.#unitsOfAttempts(record));
    return [...rows, ...jobs].reduce((sum, units) => sum + units, this.#forgottenUnits);
  }

  /** Of a job's own attempts. That of a multi-node job whose main node has ended holds its units until the last has. */
  #unitsOfAttempts({ kind, number, state }: JobRecord): number {
    if (kind === 'array' || !('attempts' in state)) return 0;
    const held = 'ending' in state && state.ending ? 1 : 0;
    return (state.attempts.length - held) * (this.#unitsOf.get(number) ?? 0);
  }

  /** What has ended, durably. */
  ended(jobId: JobId): EndedJob | undefined {
    const record = this.jobs.get(jobId);
    if (!record || !isTerminal(record.state.status)) return undefined;
    const { kind } = record;
    const bits = this.bits.get(record.number);
    return {
      jobId,
      kind,
      status: record.state.status,
      ...(kind === 'array' && bits ? { size: record.size, bits } : {}),
    };
  }

  /** Gives `jobs` all that have not ended. */
  fill(jobs: Jobs): void {
    for (const record of this.jobs.values()) {
      if (isTerminal(record.state.status)) continue;
      const job = unfinishedOf(record);
      if (job.kind === 'single') jobs.load({ job });
      else if (job.kind === 'multiNode') jobs.load({ job, nodes: this.#nodesOf(job.number) });
      else this.#fillArray(jobs, job);
    }
  }

  #nodesOf(job: number): readonly NodeRecord[] {
    return [...this.nodes.values()].filter(({ number }) => number === job);
  }

  #fillArray(jobs: Jobs, job: Parameters<Jobs['loadArray']>[0]['job']): void {
    const { number, size } = job;
    const stored = decodeChildren(this.bits.get(number) ?? new Uint8Array(), size);
    const children = liveRowsOf(stored.codes).flatMap((index) => this.children.get(`${number}:${index}`) ?? []);
    for (const _piece of jobs.loadArray({ job, stored, children }));
  }

  #apply(change: JobChange): void {
    this.written.set(change.kind, (this.written.get(change.kind) ?? 0) + 1);
    switch (change.kind) {
      case 'job.insert':
        this.jobs.set(change.record.jobId, change.record);
        this.#unitsOf.set(change.record.number, unitsOf(change.record.resources));
        this.lastNumber = Math.max(this.lastNumber, change.record.number);
        break;
      case 'job.update': {
        const record = this.jobs.get(change.jobId);
        if (!record) throw new CommitFailed('failed', `there is no job ${change.jobId}`);
        const { state, order = record.order } = change;
        this.jobs.set(change.jobId, { ...record, state, order } as JobRecord);
        break;
      }
      case 'arrayChild.put':
        this.children.set(`${change.record.number}:${change.record.index}`, change.record);
        break;
      case 'node.put':
        this.nodes.set(`${change.record.number}:${change.record.index}`, change.record);
        break;
      case 'usage.add':
        this.usage.push(change.record);
        break;
      case 'arrayBits.put':
        break;
      default:
        change satisfies never;
    }
  }
}

/** Values as they are now; functions as they are. */
function structuredCloneOf(batch: Batch): Batch {
  const changes = batch.changes.map((change) =>
    change.kind === 'arrayBits.put' ? change : (JSON.parse(JSON.stringify(change)) as JobChange),
  );
  return { ...batch, changes };
}
