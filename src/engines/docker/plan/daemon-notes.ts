import type { ContainerSpec, TaskSpec } from '../../contract.ts';
import type { DaemonFacts } from '../daemon/daemon-facts.ts';
import { memoryFileSystemNotes } from './memory-file-systems.ts';

/** What a task asks for and its daemon cannot give, in words; each once. */
export function daemonNotes(task: TaskSpec, facts: DaemonFacts): readonly string[] {
  const ofContainers = task.containers.flatMap((container) => [
    ...swapNotes(container, facts),
    ...container.temporaryFileSystems.flatMap((each) => memoryFileSystemNotes(each, facts.product === 'podman')),
    ...sharedMemoryNotes(container, task),
  ]);
  return [...new Set([...unenforced(facts), ...ofContainers])];
}

function unenforced({ limits }: DaemonFacts): string[] {
  const missing = (['memory', 'cpu', 'pids'] as const).filter((what) => !limits[what]);
  return missing.length === 0 ? [] : [`not limited by this daemon: ${missing.join(', ')}`];
}

function swapNotes({ swap }: ContainerSpec, { limits, swappiness }: DaemonFacts): string[] {
  const notes: string[] = [];
  if (swap && swap.maximumMiB > 0 && !limits.swap) notes.push('maxSwap has no effect: this daemon cannot limit swap');
  if (swap?.swappiness !== undefined && !swappiness)
    notes.push('swappiness has no effect: this host has none for a single container');
  return notes;
}

function sharedMemoryNotes({ sharedMemoryMiB }: ContainerSpec, { ipc }: TaskSpec): string[] {
  if (sharedMemoryMiB === undefined || ipc !== 'host') return [];
  return ['sharedMemorySize has no effect: /dev/shm is that of the host (ipcMode)'];
}
