import type { TaskRecord } from '../task/task-record.ts';

/** A task, as much of it as what its containers share needs. */
export type SharingTask = Pick<TaskRecord, 'taskId' | 'ipc' | 'pid' | 'sharedMemoryMiB'>;

/** Whether a container that only waits holds something for the containers of a task, its network aside. */
export function isHeld({ ipc, pid }: SharingTask): boolean {
  return ipc === 'task' || pid === 'task';
}
