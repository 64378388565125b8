import { normalize } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import type { ContainerSpec } from '../../contract.ts';
import type { TaskWithGpus } from '../../gpus.ts';
import type { SandboxKind } from '../host/host-abilities.ts';

/** No volume of a definition can be called so. */
const volume = '/dev/shm';

/**
 * The task with /dev/shm as a volume of its own, where its containers share their IPC: POSIX shared memory is a file there. One
 * that mounts something else there has that.
 */
export function withSharedMemory<Task extends TaskWithGpus>(task: Task, sandbox: SandboxKind): Task {
  if (task.ipc !== 'task' || sandbox === 'none') return task;
  return { ...task, containers: task.containers.map(mountShared) };
}

function mountShared<Container extends ContainerSpec>(container: Container): Container {
  const { mounts, scratchMounts = [], temporaryFileSystems } = container;
  const targets = [...mounts, ...scratchMounts, ...temporaryFileSystems].map(({ target }) => normalize(target));
  if (targets.some((target) => isWithin('/dev/shm', target))) return container;
  return { ...container, scratchMounts: [...scratchMounts, { volume, target: '/dev/shm', readOnly: false }] };
}
