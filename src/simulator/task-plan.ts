import type { Milliseconds } from '../core/ids.ts';
import { draw } from './draw.ts';
import type { TaskPlan } from './simulated-engine.ts';
import type { RunTime, WorkloadJob } from './workload.ts';

/** Which attempt of what: `id` is the job's own, the child's or the node's, and `attempt` counts from 1. */
export interface AttemptId {
  readonly id: string;
  readonly index: number;
  readonly attempt: number;
  /** Of those before, which ended with their instances: what they were to do the next one does. @default 0 */
  readonly lost?: number;
}

/** What an attempt does: as it was recorded, else drawn from seed, id and attempt alone. */
export function planOf(job: WorkloadJob, { id, index, attempt, lost = 0 }: AttemptId, seed: number): TaskPlan {
  const recorded = job.runs?.get(index)?.[attempt - 1 - lost];
  if (recorded) return recorded;
  // The job lasts as long as its main node: the others are stopped with it.
  if (job.many?.kind === 'nodes' && index !== job.many.mainNode) return { starting: 0, exitCode: 0 };
  const hasFailed = job.failureRate > 0 && draw(seed, id, attempt, 'failure') < job.failureRate;
  return { starting: 0, milliseconds: timeOf(job.runTime, seed, id, attempt), exitCode: hasFailed ? 1 : 0 };
}

function timeOf(runTime: RunTime, seed: number, id: string, attempt: number): Milliseconds {
  if (runTime.kind === 'fixed') return runTime.milliseconds;
  const drawn = draw(seed, id, attempt, 'run');
  if (runTime.kind === 'uniform') return Math.round(runTime.least + drawn * (runTime.most - runTime.least));
  return Math.round(-Math.log1p(-drawn) * runTime.mean);
}
