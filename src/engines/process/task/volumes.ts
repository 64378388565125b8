import type { TaskSpec } from '../../contract.ts';
import type { ContainerPlan } from '../plan/container-plan.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { makeVolume } from './scratch.ts';

/** All directories of a task under the directory of scratch directories. */
export function scratchOf(spec: TaskSpec, config: RunnerConfig): string[] {
  const containers = spec.containers.map((_container, index) => `${config.host.scratch}/${spec.taskId}-${index}`);
  return volumesOf(spec, config).size === 0 ? containers : [...containers, volumesRoot(spec, config)];
}

/** Directories for the volumes that are a task's own, by name. */
export function volumesOf(spec: TaskSpec, config: RunnerConfig): ReadonlyMap<string, string> {
  const names = new Set(spec.containers.flatMap(({ scratchMounts = [] }) => scratchMounts.map(({ volume }) => volume)));
  return new Map([...names].map((name, index) => [name, `${volumesRoot(spec, config)}/${index}`]));
}

/** Makes the directories of volumes that the containers of a task mount. */
export function makeVolumes(plans: readonly ContainerPlan[]): void {
  for (const directory of new Set(plans.flatMap(({ volumes }) => volumes))) {
    const users = plans.filter(({ volumes }) => volumes.includes(directory)).map(({ identity }) => identity);
    makeVolume(directory, users);
  }
}

function volumesRoot({ taskId }: TaskSpec, config: RunnerConfig): string {
  return `${config.host.scratch}/${taskId}-volumes`;
}
