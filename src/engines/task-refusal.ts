import type { EngineCapabilities, Shareable, StartFailed, TaskSpec } from './contract.ts';
import { isStreamKey } from './log-root.ts';

/** Why an engine of these capabilities cannot start a task, whoever asks; undefined if it may try. */
export function refusalOf(task: TaskSpec, capabilities: EngineCapabilities): StartFailed | undefined {
  const words = problemOf(task, capabilities);
  return words === undefined ? undefined : { kind: 'failed', reason: `CannotStartContainerError: ${words}` };
}

function problemOf(task: TaskSpec, capabilities: EngineCapabilities): string | undefined {
  const { taskId, containers, gang } = task;
  // It names files and directories.
  if (!/^[0-9A-Za-z][0-9A-Za-z-]{0,63}$/.test(taskId)) return 'the task id is not one';
  if (containers.length === 0 || containers.length > capabilities.containers)
    return `a task has 1 to ${capabilities.containers} containers, not ${containers.length}`;
  if (new Set(containers.map(({ name }) => name)).size < containers.length) return 'two containers have the same name';
  const lost = containers.find(({ log }) => log && !isStreamKey(log.stream));
  if (lost) return `container ${lost.name}: its log stream is not below the log root`;
  if (!capabilities.gpus && containers.some(({ gpus }) => gpus > 0)) return 'this engine gives no GPUs';
  if (!capabilities.secrets && containers.some(({ secrets }) => Object.keys(secrets).length > 0))
    return 'this engine keeps no secrets';
  if (!capabilities.registryCredentials && containers.some(({ registryCredentials }) => registryCredentials))
    return 'this engine fetches no images';
  if (!containers.some(({ essential }) => essential)) return 'none of the containers is essential';
  if (!capabilities.containerOrder && containers.some(({ dependsOn }) => dependsOn.length > 0))
    return 'this engine starts all containers of a task at once';
  if (!capabilities.nodes && gang) return 'this engine runs no nodes of multi-node jobs';
  return unsharedBy(task, capabilities, 'ipc') ?? unsharedBy(task, capabilities, 'pid');
}

function unsharedBy(task: TaskSpec, { unshared }: EngineCapabilities, what: Shareable): string | undefined {
  const other = task[what];
  const why = other && unshared[what][other];
  return why === undefined ? undefined : `its containers cannot share ${what} with the ${other} here: ${why}`;
}
