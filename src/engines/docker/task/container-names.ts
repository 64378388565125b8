import { createHash } from 'node:crypto';
import type { InstallationId, TaskId } from '../../../core/ids.ts';

/** Labels of what is ours at the daemon. */
export const labels = {
  installation: 'batchyard.installation',
  task: 'batchyard.task',
  container: 'batchyard.container',
  /** Its place in its task, from 0. */
  index: 'batchyard.index',
  /** Of the first container of a task: the task's `TaskRecord`. */
  record: 'batchyard.record',
  /** Of a network and of what holds a node's place in it: the gang. */
  gang: 'batchyard.gang',
} as const;

/** The name of a task's container: the same whoever makes it, so that no task is ever made twice. */
export function containerName(installation: InstallationId, taskId: TaskId, index: number): string {
  return `${prefixOf(installation)}-${taskId}-${index}`;
}

/** The name of the container that holds what those of a task share. */
export function holderName(installation: InstallationId, taskId: TaskId): string {
  return `${prefixOf(installation)}-${taskId}-hold`;
}

/** The name of a gang's network. */
export function networkName(installation: InstallationId, gang: TaskId): string {
  return `${prefixOf(installation)}-${gang}`;
}

/** The name of a volume of a task's own. */
export function volumeName(installation: InstallationId, taskId: TaskId, number: number): string {
  return `${prefixOf(installation)}-${taskId}-v${number}`;
}

/** Installations may share a daemon. */
function prefixOf(installation: InstallationId): string {
  return `batchyard-${createHash('sha256').update(installation).digest('hex').slice(0, 12)}`;
}
