import type { InstallationId, TaskId } from '../../../core/ids.ts';
import type { ContainerApi, ListedContainer } from '../daemon/container-api.ts';
import { containerName, holderName, labels } from './container-names.ts';
import { DockerTask } from './docker-task.ts';
import { parseTaskRecord, type TaskFile } from './task-record.ts';
import type { TaskSurroundings } from './task-surroundings.ts';
import { beginningOf, isUnstarted } from './torn-start.ts';

export interface TakeOverOptions {
  readonly installation: InstallationId;
  readonly api: ContainerApi;
  readonly around: TaskSurroundings;
  /** Its end is on record, or it is a tombstone. */
  readonly isOver: (taskId: TaskId) => boolean;
}

/** A task of a server before this one, and what it does first, once it is known that all could be looked at. */
export interface TakenOver {
  readonly task: DockerTask;
  begin(): void;
}

/**
 * Looks at what a server before this one has left: tasks whose containers may have been started go on; of those of which
 * none has been, everything goes, and they have not run. Containers of tasks that are on no record any more (a data directory
 * from a backup) are adopted by the record that they carry. May be done again: no task of what it answers does anything yet.
 */
export async function takeOver(
  unended: ReadonlyMap<TaskId, TaskFile>,
  options: TakeOverOptions,
): Promise<readonly TakenOver[]> {
  const { api, installation } = options;
  const listed = await api.list(`${labels.installation}=${installation}`);
  const all = listed.filter((each) => isNamedByUs(each, installation));
  // Podman keeps what holds a network as long as there is a container in it.
  const [jobs, holders] = [all.filter(isOfJob), all.filter((each) => !isOfJob(each))];
  const byTask = Map.groupBy([...jobs, ...holders], ({ labels: own }) => own[labels.task] as TaskId);
  const tasks: TakenOver[] = [];
  for (const [taskId, file] of unended) {
    const task = file.record && (await takeOverTask(taskId, file, byTask.get(taskId) ?? [], options));
    if (task) tasks.push(task);
  }
  for (const [taskId, containers] of byTask) {
    if (unended.has(taskId) || options.isOver(taskId)) continue;
    const task = await adoptUnknown(taskId, containers, options);
    if (task) tasks.push(task);
  }
  return tasks;
}

/** Whoever runs an image that has our labels has a container with them, and gives it another name. */
function isNamedByUs({ names, labels: own }: ListedContainer, installation: InstallationId): boolean {
  const taskId = own[labels.task] as TaskId;
  const index = own[labels.index];
  const name =
    index === undefined ? holderName(installation, taskId) : containerName(installation, taskId, Number(index));
  return names.length === 0 || names.includes(name);
}

/** A container that was asked for; the other kind holds the network of a node. */
function isOfJob({ labels: own }: ListedContainer): boolean {
  return own[labels.index] !== undefined;
}

async function takeOverTask(
  taskId: TaskId,
  written: TaskFile,
  containers: readonly ListedContainer[],
  { api, around }: TakeOverOptions,
): Promise<TakenOver | undefined> {
  const { record } = written;
  if (!record) return undefined;
  const began = beginningOf(written);
  const file: TaskFile = { ...written, ...(began ? { began } : {}) };
  const task = new DockerTask(record, file, around);
  if (began) {
    const found = await Promise.all(record.containers.map((_, index) => api.inspect(around.nameOf(taskId, index))));
    // What is made of those depends on what daemon it is.
    if (found.some(isUnstarted)) await around.reach.facts();
    return { task, begin: () => task.resume(found) };
  }
  if (file.stopAsked) {
    return { task, begin: () => task.endUnbegun() };
  }
  for (const { id } of containers) await api.remove(id);
  await around.removeRest(record);
  await around.files.remove(taskId);
  return undefined;
}

async function adoptUnknown(
  taskId: TaskId,
  containers: readonly ListedContainer[],
  { api, around }: TakeOverOptions,
): Promise<TakenOver | undefined> {
  const found = await Promise.all(containers.filter(isOfJob).map(({ id }) => api.inspect(id)));
  // An image may have any labels, and the first container's record alone is ours.
  const carried = containers.find(({ labels: own }) => own[labels.index] === '0')?.labels[labels.record];
  const record = carried === undefined ? undefined : parseTaskRecord(carried);
  if (record && found.some((each) => each && each.status !== 'created')) {
    around.logger.warn(`task ${taskId} runs at the container daemon and was not on record; it is adopted`);
    const file: TaskFile = { formatVersion: 1, record, began: { lifetime: await around.reach.lifetime() } };
    await around.files.write(taskId, file);
    const task = new DockerTask(record, file, around);
    const all = await Promise.all(record.containers.map((_, index) => api.inspect(around.nameOf(taskId, index))));
    return { task, begin: () => task.resume(all) };
  }
  for (const { id } of containers) await api.remove(id);
  return undefined;
}
