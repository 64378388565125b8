import { nameOfArn, type Scope, scopeOf } from '../../../core/arn.ts';
import type { InstanceView } from '../../../core/task-view.ts';
import type { Ledger } from '../../../store/index.ts';
import { type ComputeEnvironmentRecord, computeEnvironmentRecords } from '../records.ts';
import type { MeasuredTask, TaskUsage } from '../yard/index.ts';
import { ContainerRates, type TaskRates } from './container-rates.ts';

/** A metric of a cluster or, with a family, of its tasks of one definition. */
export interface InsightValue extends Scope {
  readonly cluster: string;
  /** Name of the job definition. */
  readonly family?: string;
  readonly metric: InsightMetric;
  readonly value: number;
}

/** The ten of AWS Batch, with their units. */
export const insightMetrics = {
  JobCount: 'Count',
  ContainerInstanceCount: 'Count',
  MemoryReserved: 'Megabytes',
  MemoryUtilized: 'Megabytes',
  CpuReserved: 'None',
  CpuUtilized: 'None',
  NetworkRxBytes: 'Bytes/Second',
  NetworkTxBytes: 'Bytes/Second',
  StorageReadBytes: 'Bytes',
  StorageWriteBytes: 'Bytes',
} as const;
export type InsightMetric = keyof typeof insightMetrics;

export interface ContainerInsightsOptions {
  readonly ledger: Ledger;
  readonly usage: Pick<TaskUsage, 'running'>;
  /** Those of an environment; absent where it has none to count, as on Fargate. */
  readonly instances: (environment: ComputeEnvironmentRecord) => readonly InstanceView[] | undefined;
}

/** What Container Insights says of the compute environments that have it on: what their jobs use that run. */
export class ContainerInsights {
  readonly #options: ContainerInsightsOptions;
  readonly #rates = new ContainerRates();

  constructor(options: ContainerInsightsOptions) {
    this.#options = options;
  }

  /** What is so now; what is used is told as it was since the look before. */
  async look(): Promise<readonly InsightValue[]> {
    const { ledger, usage } = this.#options;
    const environments = Array.from(ledger.each(computeEnvironmentRecords)).filter(isWatched);
    this.#rates.turn();
    if (environments.length === 0) return [];
    const tasks = await usage.running(new Set(environments.map(({ arn }) => arn)));
    const measured = tasks.map((task) => ({ ...task, rates: this.#rates.of(task) }));
    const byEnvironment = Map.groupBy(measured, ({ computeEnvironmentArn }) => computeEnvironmentArn);
    return environments.flatMap((each) => this.#valuesOf(each, byEnvironment.get(each.arn) ?? []));
  }

  #valuesOf(environment: ComputeEnvironmentRecord, tasks: readonly RatedTask[]): readonly InsightValue[] {
    const common = { ...scopeOf(environment), cluster: nameOfArn(environment.ecsClusterArn) };
    const families = Map.groupBy(tasks, ({ jobDefinitionArn }) => familyOf(jobDefinitionArn));
    const instances = this.#options.instances(environment)?.length;
    return [
      { ...common, metric: 'JobCount', value: tasks.length },
      ...(instances === undefined ? [] : [{ ...common, metric: 'ContainerInstanceCount' as const, value: instances }]),
      ...usedBy(tasks).map((used) => ({ ...common, ...used })),
      ...[...families].flatMap(([family, own]) =>
        [{ metric: 'JobCount' as const, value: own.length }, ...usedBy(own)].map((used) => ({
          ...common,
          family,
          ...used,
        })),
      ),
    ];
  }
}

type RatedTask = MeasuredTask & { readonly rates: TaskRates };

function isWatched({ ecsSettings, kubernetes, status }: ComputeEnvironmentRecord): boolean {
  const mode = ecsSettings?.containerInsights ?? 'DISABLED';
  return mode !== 'DISABLED' && !kubernetes && status !== 'DELETING';
}

/** The family of a task's definition is the name of its job's. */
function familyOf(jobDefinitionArn: string): string {
  return nameOfArn(jobDefinitionArn).split(':')[0] ?? '';
}

const sums: readonly (readonly [metric: InsightMetric, of: (task: RatedTask) => number | undefined])[] = [
  ['MemoryReserved', ({ request }) => request.memoryMiB],
  ['MemoryUtilized', ({ rates }) => rates.memoryMiB],
  ['CpuReserved', ({ request }) => request.vcpus * 1_024],
  ['CpuUtilized', ({ rates }) => rates.cpuUnits],
  ['NetworkRxBytes', ({ rates }) => rates.receivedBytes],
  ['NetworkTxBytes', ({ rates }) => rates.sentBytes],
  ['StorageReadBytes', ({ rates }) => rates.readBytes],
  ['StorageWriteBytes', ({ rates }) => rates.writtenBytes],
];

/** Of what is known of no task there is nothing: that is not the same as 0. */
function usedBy(tasks: readonly RatedTask[]): readonly Pick<InsightValue, 'metric' | 'value'>[] {
  return sums.flatMap(([metric, of]) => {
    const known = tasks.flatMap((task) => of(task) ?? []);
    return known.length === 0 ? [] : [{ metric, value: known.reduce((sum, each) => sum + each, 0) }];
  });
}
