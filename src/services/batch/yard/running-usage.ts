import type { Scope } from '../../../core/arn.ts';
import type { TaskId } from '../../../core/ids.ts';
import type { ContainerUsage, EngineKind, TaskUsage as EngineTaskUsage } from '../../../engines/index.ts';
import { type HeldTask, heldTask, type Jobs } from '../../../jobs/index.ts';
import type { CountedTask, MeasuredTask, TaskUsage, UsagePage } from './contract.ts';
import type { TaskEngines } from './task-engines.ts';

interface UsageSources {
  readonly jobs: Jobs;
  readonly engines: TaskEngines;
}

/** What is asked for. */
interface UsageQuery {
  readonly scope: Scope;
  readonly limit: number;
  readonly after: TaskId | undefined;
}

/** What uses capacity now, as jobs and engines know it. */
export function taskUsage(sources: UsageSources): TaskUsage {
  return {
    page: (scope, limit, after) => runningUsage(sources, { scope, limit, after }),
    of: (taskId) => usageOf(taskId, sources.engines),
    counted: (scope) => countedTasks(sources.jobs, scope),
    running: (environments) => runningTasks(sources, environments),
  };
}

/** Asks the engines of tasks that run what those use. Ids of tasks are random: their order means nothing, and stays. */
async function runningUsage({ jobs, engines }: UsageSources, query: UsageQuery): Promise<UsagePage> {
  const { page, more } = pageOf(jobs, query);
  const byEngine = Map.groupBy(page, ({ placement }) => engines.holderOf(placement.taskId));
  const silent: UsagePage['silent'][number][] = [];
  const found = new Map<TaskId, readonly ContainerUsage[]>();
  await Promise.all(
    [...byEngine].map(async ([engine, held]) => {
      if (engine === undefined) return;
      const ids = held.map(({ placement }) => placement.taskId);
      const answer = await engines.usage(engine, ids);
      if (answer === 'unmeasured' || 'problem' in answer) silent.push({ engine, reason: reasonOf(engine, answer) });
      else for (const { taskId, containers } of answer) found.set(taskId, containers);
    }),
  );
  const last = page.at(-1);
  return {
    tasks: page.map(({ id, attempt, request, placement: { taskId } }) => {
      return { id, taskId, attempt, asked: request, containers: found.get(taskId) ?? [] };
    }),
    ...(more && last && { next: last.placement.taskId }),
    silent,
  };
}

/** Every task that jobs of a scope hold. */
function* countedTasks(jobs: Jobs, scope: Scope): Generator<CountedTask> {
  for (const holder of jobs.tasks().values()) {
    const { job } = holder;
    const held = isIn(job.scope, scope) ? heldTask(holder) : undefined;
    if (!held) continue;
    const { request, startedAt } = held;
    yield { job, request, ...(startedAt === undefined ? {} : { startedAt }) };
  }
}

/** Tasks of which an engine is asked at once. */
const tasksPerCall = 100;

async function runningTasks(
  { jobs, engines }: UsageSources,
  environments: ReadonlySet<string>,
): Promise<readonly MeasuredTask[]> {
  const running = Array.from(jobs.tasks().values(), (holder) => {
    const held = heldTask(holder);
    if (held?.status !== 'RUNNING' || !environments.has(held.placement.computeEnvironmentArn)) return [];
    const { request, startedAt, placement } = held;
    const { taskId, computeEnvironmentArn } = placement;
    const { jobDefinitionArn } = holder.job;
    const started = startedAt === undefined ? {} : { startedAt };
    return [{ taskId, computeEnvironmentArn, jobDefinitionArn, request, ...started }];
  }).flat();
  const ids = running.map(({ taskId }) => taskId);
  const byEngine = [...Map.groupBy(ids, (id) => engines.holderOf(id))];
  const found = (await Promise.all(byEngine.map(([engine, own]) => askInSlices(engines, engine, own)))).flat();
  const used = new Map(found.map(({ taskId, containers }) => [taskId, containers]));
  return running.map((task) => ({ ...task, containers: used.get(task.taskId) ?? [] }));
}

async function askInSlices(engines: TaskEngines, engine: EngineKind | undefined, ids: readonly TaskId[]) {
  const found: EngineTaskUsage[] = [];
  for (let at = 0; engine !== undefined && at < ids.length; at += tasksPerCall) {
    const answer = await engines.usage(engine, ids.slice(at, at + tasksPerCall));
    // One that does not answer in time would be waited for with each slice.
    if (answer === 'unmeasured' || 'problem' in answer) return found;
    found.push(...answer);
  }
  return found;
}

/** What the containers of one task use; nothing where its engine does not say. */
async function usageOf(taskId: TaskId, engines: TaskEngines): Promise<readonly ContainerUsage[]> {
  const engine = engines.holderOf(taskId);
  const answer = engine === undefined ? 'unmeasured' : await engines.usage(engine, [taskId]);
  if (answer === 'unmeasured' || 'problem' in answer) return [];
  return answer.find((each) => each.taskId === taskId)?.containers ?? [];
}

function isIn({ account, region }: Scope, scope: Scope): boolean {
  return account === scope.account && region === scope.region;
}

function firstOf(running: HeldTask[], count: number): HeldTask[] {
  return running.sort((a, b) => (a.placement.taskId < b.placement.taskId ? -1 : 1)).slice(0, count);
}

function pageOf(jobs: Jobs, { scope, limit, after = '' as TaskId }: UsageQuery) {
  let running: HeldTask[] = [];
  for (const [taskId, holder] of jobs.tasks()) {
    if (taskId <= after || !isIn(holder.job.scope, scope)) continue;
    const held = heldTask(holder);
    if (held?.status !== 'RUNNING') continue;
    running.push(held);
    // Never all that run are put in order: only what may still be of the page is kept.
    if (running.length > 2 * (limit + 1)) running = firstOf(running, limit + 1);
  }
  running = firstOf(running, limit + 1);
  return { page: running.slice(0, limit), more: running.length > limit };
}

function reasonOf(engine: EngineKind, answer: 'unmeasured' | { readonly problem: string }): string {
  return answer === 'unmeasured' ? `engine ${engine} measures nothing of what runs` : answer.problem;
}
