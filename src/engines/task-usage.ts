import type { EpochMilliseconds, TaskId } from '../core/ids.ts';

/** What a container that runs has used so far, and holds. What the host does not tell is absent. */
export interface ContainerUsage {
  readonly name: string;
  /** When that was so, by the engine's clock: two of them tell how busy it is. */
  readonly at: EpochMilliseconds;
  /** User and system time of all its processes. */
  readonly cpuSeconds?: number;
  /** Held now, less what the kernel would take away first (caches of files that are not in use). */
  readonly memoryBytes?: number;
  readonly peakMemoryBytes?: number;
  /** What it has read of block devices, and written to them. */
  readonly storage?: { readonly readBytes: number; readonly writtenBytes: number };
  /** What its network has received and sent, if that is not the host's own. Containers with the same `id` have one together. */
  readonly network?: { readonly id: string; readonly receivedBytes: number; readonly sentBytes: number };
}

/** What a task that runs uses. */
export interface TaskUsage {
  readonly taskId: TaskId;
  /** Containers that run and were measured. */
  readonly containers: readonly ContainerUsage[];
}

/** By an engine that measures nothing of what runs: `unmeasured`. */
export type UsageAnswer = readonly TaskUsage[] | 'unmeasured';
