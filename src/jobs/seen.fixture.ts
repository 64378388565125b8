import type { JobId, TaskId } from '../core/ids.ts';
import { childId, nodeId, parseJobId, type StoredStatus } from '../core/job.ts';
import { isPlacedNode, multiNodePhase } from '../lifecycle/index.ts';
import { statusOfCode } from './child-states.ts';
import type { JobEntry } from './entry.ts';
import type { StatusChange } from './fact.ts';
import type { Jobs } from './jobs.ts';

export function byId(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

export function describe(job: JobEntry): unknown[] {
  const { state, order } = job;
  if (job.kind === 'single') return [state, order];
  if (job.kind === 'multiNode') return [state, order, [...job.nodes].sort(byNumber)];
  const { children, live, changedAt, fellAt } = job;
  return [state, order, changedAt, fellAt, [...children.codes()], [...live].sort(byNumber)];
}

function byNumber(a: readonly [number, unknown], b: readonly [number, unknown]): number {
  return a[0] - b[0];
}

export function* statusesOf(job: JobEntry): Generator<readonly [JobId, StoredStatus]> {
  yield [job.jobId, job.kind === 'multiNode' && multiNodePhase(job.state) === 'ENDING' ? 'RUNNING' : job.state.status];
  if (job.kind === 'array') {
    for (let index = 0; index < job.children.size; index += 1) {
      yield [childId(job.jobId, index), statusOfCode(job.children.at(index))];
    }
  }
  if (job.kind === 'multiNode') {
    for (const [index, node] of job.nodes) if (isPlacedNode(node)) yield [nodeId(job.jobId, index), node.status];
  }
}

/** Of what waits in the scheduler all but the retried children of stopped arrays: each leaves with a decision, or with its end. */
export function elementsThatStay<Element>(
  waiting: ReadonlyMap<JobId, Element>,
  jobs: Jobs,
): (readonly [JobId, Element])[] {
  return [...waiting].filter(([element]) => {
    const { jobId, childIndex } = parseJobId(element);
    return childIndex === undefined || !jobs.get(jobId)?.state.stop;
  });
}

/** Of the timers all but those of terminated arrays: each ends with the slice that stops its task. */
export function timersThatStay(timers: ReadonlyMap<JobId, TaskId>, jobs: Jobs): (readonly [JobId, TaskId])[] {
  return [...timers].filter(([, taskId]) => {
    const job = jobs.byTask(taskId)?.job;
    return job && !(job.kind === 'array' && job.state.stop?.kind === 'terminate');
  });
}

type Told = { readonly from?: string; readonly to: string; readonly reason?: string };

/** One fact for each child. */
export function* expanded(facts: readonly StatusChange[]): Generator<readonly [JobId, Told]> {
  for (const fact of facts) {
    const { jobId, part } = fact;
    if (!part) yield [jobId, fact];
    else if (part.kind === 'node') yield [nodeId(jobId, part.index), fact];
    else if (part.kind === 'child') yield [childId(jobId, part.index), fact];
    else {
      for (const [first, last] of part.runs) {
        for (let index = first; index <= last; index += 1) yield [childId(jobId, index), fact];
      }
    }
  }
}

export function lastOf(facts: readonly StatusChange[]): ReadonlyMap<JobId, Told> {
  return new Map(expanded(facts));
}
