import type { ContainerUsage } from '../../engines/index.ts';

/** A task that runs, as the server's ListTaskUsage tells of it. */
export interface UsedTask {
  readonly jobId: string;
  readonly jobName: string;
  /** ARN. */
  readonly jobQueue: string;
  readonly taskId: string;
  readonly attempt: number;
  /** Epoch milliseconds. */
  readonly startedAt?: number;
  readonly asked: { readonly vcpus: number; readonly memoryMiB: number; readonly gpus: number };
  readonly containers: readonly ContainerUsage[];
}

/** How busy a task is, and what it holds. What is not known is absent. */
export interface Busyness {
  /** Processors in use, on the average between the last two measurements. */
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly peakMemoryBytes?: number;
}

/** A measurement of a container's CPU time, and the rate since the one before. */
interface Measured {
  readonly at: number;
  readonly cpuSeconds: number;
  readonly cpus?: number;
}

/** Works out of measurements that follow each other how busy tasks are. */
export class BusynessMeter {
  #before = new Map<string, Measured>();

  /** Takes all tasks that run now. Those that are not among them are forgotten. */
  measure<Task extends UsedTask>(tasks: readonly Task[]): readonly (Task & { readonly busyness: Busyness })[] {
    const now = new Map<string, Measured>();
    const measured = tasks.map((task) => ({ ...task, busyness: this.#busynessOf(task, now) }));
    this.#before = now;
    return measured;
  }

  #busynessOf({ taskId, containers }: UsedTask, now: Map<string, Measured>): Busyness {
    const rates = containers.map((container) => this.#rateOf(`${taskId} ${container.name}`, container, now));
    return {
      ...sumOf('cpus', rates),
      ...sumOf(
        'memoryBytes',
        containers.map(({ memoryBytes }) => memoryBytes),
      ),
      ...sumOf(
        'peakMemoryBytes',
        containers.map(({ peakMemoryBytes }) => peakMemoryBytes),
      ),
    };
  }

  /** An engine may answer twice with one measurement: then the rate is as it was. */
  #rateOf(key: string, { at, cpuSeconds }: ContainerUsage, now: Map<string, Measured>): number | undefined {
    if (cpuSeconds === undefined) return undefined;
    const before = this.#before.get(key);
    const isNew = before === undefined || at > before.at;
    const cpus =
      before && isNew ? (1_000 * Math.max(0, cpuSeconds - before.cpuSeconds)) / (at - before.at) : before?.cpus;
    now.set(key, isNew ? { at, cpuSeconds, ...(cpus === undefined ? {} : { cpus }) } : before);
    return cpus;
  }
}

/** What is known of some of the containers is at least that. */
function sumOf<Name extends keyof Busyness>(
  name: Name,
  values: readonly (number | undefined)[],
): { readonly [Key in Name]?: number } {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return {};
  return { [name]: known.reduce((sum, value) => sum + value, 0) } as { readonly [Key in Name]: number };
}
