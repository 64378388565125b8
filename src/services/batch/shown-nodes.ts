import { type Scope, scopeOf } from '../../core/arn.ts';
import type { JobId } from '../../core/ids.ts';
import { type JobReference, type JobStatus, type NodeState, nodeId } from '../../core/job.ts';
import type { JobRecord, NodeRecord } from '../../core/job-record.ts';
import type { StoredJob, StoreReads } from '../../store/index.ts';

/** A multi-node job as it is stored. */
export type MultiNodeRecord = Extract<JobRecord, { readonly kind: 'multiNode' }>;

/** Which node of its job is shown. */
export interface NodePart {
  readonly kind: 'node';
  readonly index: number;
  readonly isMain: boolean;
}

/** A node with what the store has of it. Before it is started for the first time there is none. */
export interface ShownNode {
  readonly id: JobId;
  /** Of its job. */
  readonly record: MultiNodeRecord;
  readonly state: NodeState;
  readonly part: NodePart;
}

/** Those of the references that are nodes, by their ids. */
export async function readNodes(
  reads: StoreReads,
  jobs: ReadonlyMap<JobId, StoredJob>,
  asked: readonly JobReference[],
): Promise<ReadonlyMap<JobId, ShownNode>> {
  const found = await Promise.all(
    asked.map(async ({ jobId, nodeIndex }) => {
      const record = jobs.get(jobId)?.record;
      if (record?.kind !== 'multiNode' || nodeIndex === undefined) return [];
      const rows = await reads.nodes({ number: record.number, after: nodeIndex - 1, limit: 1 });
      return rows.filter(({ index }) => index === nodeIndex).map((row) => shownNode(record, row));
    }),
  );
  return new Map(found.flat().map((node) => [node.id, node]));
}

/** Nodes of one status, by index, after that of the page before. */
export interface NodeQuery {
  readonly multiNodeJobId: JobId;
  readonly status: JobStatus;
  readonly after?: number;
  readonly limit: number;
}

/** A page of a job's nodes. `next` is where the following begins, absent when there is nothing beyond. */
export interface NodePage {
  readonly nodes: readonly ShownNode[];
  readonly next?: number;
}

/** Of what is no multi-node job, a page without nodes. */
export async function listNodes(reads: StoreReads, scope: Scope, query: NodeQuery): Promise<NodePage> {
  const { multiNodeJobId, status, limit } = query;
  const [stored] = await reads.jobs(scopeOf(scope), [multiNodeJobId]);
  const record = stored?.record;
  if (record?.kind !== 'multiNode') return { nodes: [] };
  const nodes: ShownNode[] = [];
  for (let after = query.after ?? -1; ; ) {
    const rows = await reads.nodes({ number: record.number, after, limit });
    for (const row of rows) {
      after = row.index;
      if (row.state.status === status) nodes.push(shownNode(record, row));
      if (nodes.length === limit && after < record.size - 1) return { nodes, next: after };
    }
    if (rows.length < limit) return { nodes };
  }
}

function shownNode(record: MultiNodeRecord, { index, state }: NodeRecord): ShownNode {
  const part = { kind: 'node', index, isMain: index === record.mainNode } as const;
  return { id: nodeId(record.jobId, index), record, state, part };
}
