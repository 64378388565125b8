import { nameOfArn, type Scope } from '../../core/arn.ts';
import type { AttemptRecord } from '../../core/job.ts';
import { defaultContainer, requestOf } from '../../core/job-specification.ts';
import type { ClusterView, ContainerView, InstanceView, TaskView, TaskViews } from '../../core/task-view.ts';
import type { EngineKind, EnginePool } from '../../engines/index.ts';
import type { Ledger, StoreReads } from '../../store/index.ts';
import { type ComputeEnvironmentRecord, computeEnvironmentRecords, type InstanceRecord } from './records.ts';
import { hasInstances } from './resources/fleet.ts';
import { readJobs, type ShownJob } from './shown-jobs.ts';
import { attemptsOf } from './views/attempts.ts';
import { nodeShown } from './views/node.ts';
import { containerInstanceArn, launchTypeOf, type ShownTask, type ShownTasks, type Yard } from './yard/index.ts';

export interface TaskViewsOptions {
  readonly ledger: Ledger;
  readonly reads: StoreReads;
  readonly yard: ViewedYard;
}

/** What of the yard is shown. */
export interface ViewedYard extends Pick<Yard, 'instances'> {
  readonly tasks: ShownTasks;
  poolsOf(engine: EngineKind): readonly EnginePool[];
}

/** What ECS shows of jobs: compute environments are its clusters, attempts its tasks. */
export function createTaskViews({ ledger, reads, yard }: TaskViewsOptions): TaskViews {
  const environments = (scope: Scope) =>
    ledger.list(computeEnvironmentRecords, scope).filter(({ kubernetes }) => !kubernetes);
  return {
    clusters: (scope) => environments(scope).map(clusterOf).sort(byName),
    instances: (cluster) => {
      const environment = environments(cluster).find(({ ecsClusterArn }) => ecsClusterArn === cluster.arn);
      return environment ? instancesShown(environment, yard) : [];
    },
    tasks: (scope, which) => yard.tasks.all(scope, which),
    describe: async (scope, taskIds) => {
      const tasks = taskIds.flatMap((id) => yard.tasks.get(scope, id) ?? []);
      const jobs = await readJobs(reads, scope, [...new Set(tasks.map(({ id }) => id))]);
      const byId = new Map(jobs.map((job) => [job.id, job]));
      return tasks.flatMap((task) => {
        const job = byId.get(task.id);
        const environment = environments(scope).find(({ arn }) => arn === task.computeEnvironmentArn);
        return (job && taskView(task, job, environment)) ?? [];
      });
    },
  };
}

/** The container instances of an environment that are registered with its cluster. */
export function instancesShown(environment: ComputeEnvironmentRecord, yard: ViewedYard): readonly InstanceView[] {
  if (!hasInstances(environment)) return machineOf(environment, yard);
  return ownInstances(environment, yard).filter(({ machine }) => machine?.state !== 'pending');
}

function clusterOf(environment: ComputeEnvironmentRecord): ClusterView {
  const { account, region, ecsClusterArn: arn, tags } = environment;
  const insights = insightModes.get(environment.ecsSettings?.containerInsights ?? '');
  const shown = { account, region, arn, name: nameOfArn(arn), launchType: launchTypeOf(environment), tags };
  return { ...shown, ...(insights && { insights }) };
}

const insightModes: ReadonlyMap<string, 'enabled' | 'enhanced'> = new Map([
  ['ENABLED', 'enabled'],
  ['ENHANCED', 'enhanced'],
]);

function byName(one: ClusterView, other: ClusterView): number {
  return one.name < other.name ? -1 : 1;
}

/** The oldest first. */
function ownInstances(environment: ComputeEnvironmentRecord, yard: Pick<Yard, 'instances'>): readonly InstanceView[] {
  return Array.from(yard.instances.of(environment), ({ record }) => instanceView(environment, record));
}

/** A container instance of an environment as ECS shows it. */
export function instanceView(environment: ComputeEnvironmentRecord, record: InstanceRecord): InstanceView {
  const { id, type, zone, purchase, launchedAt, readyAt, state, capacity, tags } = record;
  return {
    arn: containerInstanceArn(environment, id),
    instance: id,
    registeredAt: readyAt ?? launchedAt,
    capacity: { vcpus: capacity.vcpuMillis / 1000, memoryMiB: capacity.memoryMiB, gpus: capacity.gpus },
    ...(tags && { tags }),
    ...(state === 'closed' && { isDraining: true }),
    ...(purchase !== 'registered' && {
      machine: { type, zone, purchase, launchedAt, state: state === 'starting' ? 'pending' : 'running' },
    }),
  };
}

/** The pool that an environment's jobs run in; undefined while its engine has not said that it is there. */
export function poolFor(
  { engine, pool: named }: ComputeEnvironmentRecord,
  yard: Pick<ViewedYard, 'poolsOf'>,
): EnginePool | undefined {
  const pools = yard.poolsOf(engine);
  return named === undefined ? pools[0] : pools.find(({ id }) => id === named);
}

/** The machine of the pool that the environment's jobs run in. */
function machineOf(environment: ComputeEnvironmentRecord, yard: ViewedYard): readonly InstanceView[] {
  const pool = poolFor(environment, yard);
  if (!pool) return [];
  const { createdAt: registeredAt } = environment;
  const { instance, capacity, unavailable } = pool;
  const arn = containerInstanceArn(environment, instance);
  return [{ arn, instance, registeredAt, capacity, ...(unavailable === undefined ? {} : { unavailable }) }];
}

/** Undefined for one whose attempt is no longer kept. */
function taskView(
  { startedAt: runsSince, imageDigests, ...task }: ShownTask,
  job: ShownJob,
  environment: ComputeEnvironmentRecord | undefined,
): TaskView | undefined {
  const { record, specification, state } = job;
  const attempt = attemptsOf(state).find(({ taskId }) => taskId === task.taskId);
  if (task.status === 'STOPPED' && !attempt) return undefined;
  const startedAt = runsSince ?? attempt?.startedAt;
  return {
    ...task,
    launchType: launchTypeOf(environment),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(attempt && { stoppedAt: attempt.stoppedAt, stoppedReason: attempt.statusReason }),
    wasStopped: attempt !== undefined && attempt === attemptsOf(state).at(-1) && wasStopped(job, attempt),
    containers: containersOf(job, attempt, imageDigests),
    tags: specification.propagateTags ? record.tags : {},
  };
}

/** By a stop of it, or of what it is part of, which came before its end. */
function wasStopped({ record, state }: ShownJob, { stoppedAt }: AttemptRecord): boolean {
  const stop = state.stop ?? record.state.stop;
  return stop !== undefined && stop.at <= stoppedAt;
}

function containersOf(
  job: ShownJob,
  attempt: AttemptRecord | undefined,
  imageDigests: ShownTask['imageDigests'],
): readonly ContainerView[] {
  const outcomes = new Map(attempt?.containers.map((each) => [each.name, each]));
  return (nodeShown(job)?.containers ?? []).map(({ name = defaultContainer, image, resources }) => {
    const { exitCode, reason } = outcomes.get(name) ?? {};
    const imageDigest = imageDigests.get(name);
    return {
      ...{ name, image, asked: requestOf(resources) },
      ...(imageDigest === undefined ? {} : { imageDigest }),
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(reason === undefined ? {} : { reason }),
    };
  });
}
