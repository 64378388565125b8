import { z } from 'zod';
import type { ResolvedImage } from '../../../core/job.ts';
import { jsonOf } from '../../../core/json-of.ts';
import type { ContainerSpec, EngineEvent, TaskSpec } from '../../contract.ts';

export type EndedEvent = Extract<EngineEvent, { kind: 'ended' }>;
export type RunningEvent = Extract<EngineEvent, { kind: 'running' }>;

/** What is kept of a container: nothing of its environment, whose values may be secrets. */
export type RecordedContainer = Pick<
  ContainerSpec,
  'name' | 'essential' | 'dependsOn' | 'startTimeout' | 'stopGrace' | 'log'
>;

/** What is kept of a task: what the server after this one needs to see it to its end. */
export interface TaskRecord extends Omit<TaskSpec, 'containers'> {
  readonly containers: readonly RecordedContainer[];
  /** What its containers call the volumes of its own. */
  readonly volumes?: readonly string[];
  /** Of a node: by which the others of its gang reach it. Absent until it has one. */
  readonly address?: string;
  /** What the names of images stood for, by container. Absent until they are there. */
  readonly images?: Readonly<Record<string, ResolvedImage>>;
  /** Size of the /dev/shm that its containers share. Absent: the daemon's default, or they share none. */
  readonly sharedMemoryMiB?: number;
  /** Ids of the GPUs that are its own. */
  readonly gpuIds?: readonly string[];
  readonly notes: readonly string[];
}

/** Under what containers were to be started. */
interface Beginning {
  /** As `lifetimeOf` names it, or as much of it as is known. */
  readonly lifetime: string;
  /** The daemon that was to start them, as `daemonStart` names it. */
  readonly daemonStart?: string;
}

/** The file of a task. Without `record` it is a tombstone: it was stopped before it was started. */
export interface TaskFile {
  readonly formatVersion: 1;
  readonly record?: TaskRecord;
  /** Its containers are being made. Outlives the machine's power, which may take `began` along: see `beginningOf`. */
  readonly foreseen?: Beginning;
  /** Its containers are there, and may have been started. */
  readonly began?: Beginning;
  readonly stopAsked?: true;
  readonly running?: RunningEvent;
  readonly ended?: EndedEvent;
}

const named = z.looseObject({ taskId: z.string() });

const recordFormat = z.looseObject({
  formatVersion: z.literal(1),
  taskId: z.string(),
  stopGrace: z.number(),
  notes: z.array(z.string()),
  containers: z.array(
    z.looseObject({
      name: z.string(),
      essential: z.boolean(),
      dependsOn: z.array(z.object({ container: z.string(), condition: z.enum(['START', 'COMPLETE', 'SUCCESS']) })),
    }),
  ),
});

const beginning = z.object({ lifetime: z.string(), daemonStart: z.string().optional() });

const fileFormat = z.looseObject({
  formatVersion: z.literal(1),
  record: recordFormat.optional(),
  foreseen: beginning.optional(),
  began: beginning.optional(),
  stopAsked: z.literal(true).optional(),
  running: named.optional(),
  ended: named.optional(),
});

/** Undefined for what is none, or was damaged. */
export function parseTaskFile(text: string): TaskFile | undefined {
  const value = jsonOf(text);
  // What is not checked is given back as it was said, and taken for no more than that.
  return fileFormat.safeParse(value).success ? (value as TaskFile) : undefined;
}

/** The same of a label of a container. */
export function parseTaskRecord(text: string): TaskRecord | undefined {
  const value = jsonOf(text);
  return recordFormat.safeParse(value).success ? (value as TaskRecord) : undefined;
}

export function recordOf(task: TaskSpec, gpuIds: readonly string[]): TaskRecord {
  const containers = task.containers.map(({ name, essential, dependsOn, startTimeout, stopGrace, log }) => ({
    ...{ name, essential, dependsOn },
    ...(startTimeout === undefined ? {} : { startTimeout }),
    ...(stopGrace === undefined ? {} : { stopGrace }),
    ...(log ? { log } : {}),
  }));
  const volumes = new Set(
    task.containers.flatMap(({ scratchMounts = [] }) => scratchMounts.map(({ volume }) => volume)),
  );
  const { notes = [], gang, jobListener, origin, ipc, pid } = task;
  const sharedMemory = task.containers.flatMap(({ sharedMemoryMiB }) => sharedMemoryMiB ?? []);
  return {
    formatVersion: 1,
    taskId: task.taskId,
    label: task.label,
    stopGrace: task.stopGrace,
    ...(origin ? { origin } : {}),
    ...(gang ? { gang } : {}),
    ...(jobListener ? { jobListener } : {}),
    ...(ipc ? { ipc } : {}),
    ...(pid ? { pid } : {}),
    ...(ipc === 'task' && sharedMemory.length > 0 ? { sharedMemoryMiB: Math.max(...sharedMemory) } : {}),
    containers,
    ...(volumes.size > 0 ? { volumes: [...volumes] } : {}),
    notes: [...new Set(notes)],
    ...(gpuIds.length > 0 ? { gpuIds } : {}),
  };
}
