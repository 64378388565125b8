import type { EpochMilliseconds, JobId } from '../core/ids.ts';
import { childId, nodeId, type Placement, type ResourceRequest } from '../core/job.ts';
import { isPlacedNode, multiNodePhase } from '../lifecycle/index.ts';
import { type JobEntry, nodeRequest, placedLeaf } from './entry.ts';
import type { TaskHolder } from './ports.ts';

/** A task that is held. */
export interface HeldTask {
  /** Of what holds it: the job's own, the child's or the node's. */
  readonly id: JobId;
  /** By which the scheduler knows the place that it has. */
  readonly element: JobId;
  /** Of the job, from 1; of an array of that child. */
  readonly attempt: number;
  /** What was asked for it. */
  readonly request: ResourceRequest;
  readonly placement: Placement;
  readonly status: 'STARTING' | 'RUNNING';
  /** Since when it runs; absent while it is STARTING. */
  readonly startedAt?: EpochMilliseconds;
  /** It, or what it is part of, is to be stopped. */
  readonly isToStop: boolean;
}

/** The task that a holder holds now. */
export function heldTask({ job, index = 0 }: TaskHolder): HeldTask | undefined {
  switch (job.kind) {
    case 'single': {
      const leaf = placedLeaf(job.state);
      const { jobId, resources: request } = job;
      return leaf && { ...heldBy(leaf, job), id: jobId, element: jobId, attempt: leaf.attempts.length + 1, request };
    }
    case 'array': {
      const child = job.live.get(index);
      const leaf = placedLeaf(child?.leaf);
      const id = childId(job.jobId, index);
      const element = child?.order === undefined ? job.jobId : id;
      return leaf && { ...heldBy(leaf, job), id, element, attempt: leaf.attempts.length + 1, request: job.resources };
    }
    case 'multiNode': {
      const node = job.nodes.get(index);
      if (!isPlacedNode(node)) return undefined;
      const id = nodeId(job.jobId, index);
      return {
        ...heldBy(node, job),
        id,
        element: job.jobId,
        attempt: node.jobAttempt,
        request: nodeRequest(job, index),
      };
    }
  }
}

/** Where the tasks are that run on an instance. Looks at all that are held. */
export function placementsOn(instance: string, holders: Iterable<TaskHolder>): readonly Placement[] {
  return Array.from(holders).flatMap((holder) => {
    const placement = heldTask(holder)?.placement;
    return placement?.instance === instance ? [placement] : [];
  });
}

interface Holding extends Pick<HeldTask, 'placement' | 'status' | 'startedAt'> {
  readonly stop?: object;
}

function heldBy({ placement, status, startedAt, stop }: Holding, job: JobEntry) {
  const started = startedAt === undefined ? {} : { startedAt };
  return { placement, status, ...started, isToStop: stop !== undefined || isOwnerStopped(job) };
}

function isOwnerStopped(job: JobEntry): boolean {
  if (job.kind === 'array') return job.state.stop?.kind === 'terminate';
  return job.kind === 'multiNode' && (job.state.stop !== undefined || multiNodePhase(job.state) === 'ENDING');
}
