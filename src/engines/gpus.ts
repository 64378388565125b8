import type { TaskId } from '../core/ids.ts';
import type { ContainerSpec, TaskSpec } from './contract.ts';

/** A GPU of this host. */
export interface Gpu {
  /** As `nvidia-smi` or the operator names it: what its jobs find in `NVIDIA_VISIBLE_DEVICES`. */
  readonly id: string;
  /** Device files by which it is used; none for one that only exists for the sake of scheduling. */
  readonly devices: readonly string[];
}

/** A container, and the device files of the GPUs that are its own: those that its definition names are no such. */
export type ContainerWithGpus = ContainerSpec & { readonly gpuDevices?: readonly string[] };

/** A task, and the ids of the GPUs that are its own until it has ended. */
export type TaskWithGpus = Omit<TaskSpec, 'containers'> & {
  readonly containers: readonly ContainerWithGpus[];
  readonly gpus?: readonly string[];
};

/** Which GPUs are whose: whole ones, each one task's at a time. Kept by the server, told to the runner, which tells the next server. */
export class GpuAssignments {
  readonly #gpus: readonly Gpu[];
  readonly #held = new Map<TaskId, readonly string[]>();

  constructor(gpus: readonly Gpu[]) {
    this.#gpus = gpus;
  }

  get isEmpty(): boolean {
    return this.#gpus.length === 0;
  }

  /**
   * The task with GPUs for each container that asks for some, the same ones when it is asked again; undefined when not so
   * many are free. On a host with GPUs a container that asks for none is told that it has none.
   */
  assign(task: TaskSpec): TaskWithGpus | undefined {
    if (this.isEmpty) return task;
    const wanted = task.containers.reduce((sum, { gpus }) => sum + gpus, 0);
    const ids = this.#held.get(task.taskId) ?? this.#free().slice(0, wanted);
    if (ids.length < wanted) return undefined;
    if (wanted > 0) this.#held.set(task.taskId, ids);
    let next = 0;
    const containers = task.containers.map((container) => {
      const own = ids.slice(next, next + container.gpus);
      next += container.gpus;
      return this.#equip(container, own);
    });
    return { ...task, containers, ...(wanted > 0 ? { gpus: ids } : {}) };
  }

  /** A task of before this server holds these. */
  restore(taskId: TaskId, ids: readonly string[]): void {
    this.#held.set(taskId, ids);
  }

  release(taskId: TaskId): void {
    this.#held.delete(taskId);
  }

  #free(): string[] {
    const taken = new Set([...this.#held.values()].flat());
    return this.#gpus.map(({ id }) => id).filter((id) => !taken.has(id));
  }

  /** The variables win over the definition's: a GPU is one job's alone. */
  #equip(container: ContainerSpec, own: readonly string[]): ContainerWithGpus {
    const visible = { CUDA_VISIBLE_DEVICES: own.join(','), NVIDIA_VISIBLE_DEVICES: own.join(',') || 'void' };
    const files = this.#gpus.filter(({ id }) => own.includes(id)).flatMap(({ devices }) => devices);
    return {
      ...container,
      environment: { ...container.environment, ...visible },
      ...(files.length > 0 ? { gpuDevices: [...new Set(files)] } : {}),
    };
  }
}
