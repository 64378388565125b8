import type { EpochMilliseconds, InstallationId, JobId, Milliseconds, TaskId } from '../core/ids.ts';
import type {
  ContainerOutcome,
  EndCause,
  GangPlacement,
  Placement,
  ResolvedImage,
  ResourceRequest,
} from '../core/job.ts';
import type { ContainerDependency } from '../core/job-specification.ts';
import type { Digest, ImageConfig, ImageStore } from '../images/index.ts';
import type { CommandRefused, CommandRequest, EnteredCommand } from './entered-command.ts';
import type { UsageAnswer } from './task-usage.ts';

export type { EndCause };

export const engineKinds = ['process', 'mock', 'docker', 'kubernetes', 'slurm'] as const;
export type EngineKind = (typeof engineKinds)[number];

/** Who calls: an engine refuses an older epoch than it has seen, and another installation's calls. */
export interface EngineSession {
  readonly installationId: InstallationId;
  readonly epoch: number;
}

/** A host path shown inside a container. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** The file system that `source` lies in, which the operator gives to jobs. Absent: the engine has paths that it may mount. */
  readonly within?: SharedFileSystem;
}

/** A directory that stands for a file system: no link leads out of it. */
export interface SharedFileSystem {
  readonly root: string;
  /** As what a missing source is made, with what is missing above it. Absent: it is not made, and the container cannot start. */
  readonly create?: {
    readonly mode: number;
    /** Absent: the user of the job. */
    readonly owner?: { readonly uid: number; readonly gid: number };
  };
}

/** A device of the host shown inside a container. */
export interface DeviceSpec {
  readonly source: string;
  readonly target: string;
  /** What may be done with it, as far as its own mode allows. Absent: all. Only for engines that have the capability. */
  readonly permissions?: readonly ('READ' | 'WRITE' | 'MKNOD')[];
}

/** A directory of the task's own: empty at its start, gone after its end, shared by containers that name the same volume. */
export interface ScratchMount {
  readonly volume: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A file system in memory. */
export interface TemporaryFileSystem {
  readonly target: string;
  readonly sizeMiB: number;
  /** As `mount` takes them: `noexec`, `mode=755`. What an engine cannot give, it notes. */
  readonly options?: readonly string[];
}

/** Swap beyond the container's memory. */
export interface SwapSpec {
  readonly maximumMiB: number;
  /** 0 to 100. */
  readonly swappiness?: number;
}

/** Where a container's output goes: framed segments that the engine writes itself, server up or not. */
export interface LogSink {
  /**
   * Names the stream: the same key for the engine that writes it and the server that reads it, on whatever machine. One
   * that writes segments (see `src/segments`) to files has them under this name below its log root.
   */
  readonly stream: string;
  /**
   * What may wait, in bytes, where it cannot be written at once: what is more is lost, and the stream says so. The job never waits.
   * Absent: it waits, and nothing is lost.
   */
  readonly bufferBytes?: number;
  /** Bytes a second; beyond it the job's pipe is paused. */
  readonly rateBytesPerSecond: number;
  /** Total bytes; beyond it one line says so and the rest is read and dropped. */
  readonly maximumBytes: number;
  /**
   * A regular expression (RE2): lines in which it is not found belong to the event of the line before. It has passed
   * `compileEventStart`. Absent: each line is an event.
   */
  readonly eventStart?: string;
}

/** A login of a registry of images. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** The files of an image of this machine, as a container sees them: its root. */
export interface ImageRoot {
  /** One tree, owned by the user that jobs run as; never written. Absolute. It stays there until the task is released. */
  readonly root: string;
  readonly config: ImageConfig;
  /** What its name stood for, for `image@digest`. */
  readonly digest: Digest;
  /** Names the files: images of the same configuration share them. */
  readonly configDigest: Digest;
  /** What of the image is not there, in words. */
  readonly notes: readonly string[];
}

/** One container of a task. */
export interface ContainerSpec {
  readonly name: string;
  /**
   * False for a side-car. The end of any other, whatever its exit code, ends the task: what is left of it is stopped as by
   * `stop`, with the task's `stopGrace`. Of the containers of a task at least one is essential.
   */
  readonly essential: boolean;
  /** What it waits for in other containers of the task before it starts. An engine that cannot do so refuses the task. */
  readonly dependsOn: readonly ContainerDependency[];
  /** How long others wait for what they need of it, from its start; then they never start. Absent: as long as it takes. */
  readonly startTimeout?: Milliseconds;
  /** From its SIGTERM to its SIGKILL where the task's own grace would apply. Absent: that. */
  readonly stopGrace?: Milliseconds;
  readonly image: string;
  /** The files of `image`, for an engine that cannot have them by itself. Absent: they are not here. */
  readonly imageRoot?: ImageRoot;
  /** Empty: the image's own, else in the place of that, after the image's entry point. None of them: it fails at start, with words. */
  readonly command: readonly string[];
  /** The whole environment from the definition and the service; the engine adds PATH and HOME if they are not given. */
  readonly environment: Readonly<Record<string, string>>;
  /** Environment whose values the engine never writes to a file or a command line. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What its image is fetched with from a private registry; kept as `secrets` are. Only for engines that have the capability. */
  readonly registryCredentials?: RegistryCredentials;
  /** What was asked for and the service left out, in words: for the reason of the container's end. */
  readonly ungranted?: readonly string[];
  readonly user?: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly gpus: number;
  readonly mounts: readonly Mount[];
  readonly scratchMounts?: readonly ScratchMount[];
  readonly temporaryFileSystems: readonly TemporaryFileSystem[];
  /** Size of /dev/shm. */
  readonly sharedMemoryMiB?: number;
  /** Absent: none. */
  readonly swap?: SwapSpec;
  /** Absent: those that every container has. */
  readonly devices?: readonly DeviceSpec[];
  readonly readonlyRootFilesystem: boolean;
  readonly privileged: boolean;
  /** Its first process reaps orphans, and hands signals on. Absent: as the engine has it. */
  readonly init?: boolean;
  readonly ulimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  readonly log?: LogSink;
  /** A driver of the engine's own that its output goes to instead, as one of `logDrivers`. Absent: it goes to `log`. */
  readonly logDriver?: LogDriver;
}

/** Where output goes that does not go to a `LogSink`, in the driver's own words. */
export interface LogDriver {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
}

/** For whom a task is. The engine keeps it and gives it back as it was. */
export interface TaskOrigin {
  /** The job as it was submitted, never a child or a node of it. */
  readonly jobId: JobId;
  /** Of the child or the node; absent for a single job. */
  readonly index?: number;
  /** Of the job, from 1; of an array of that child. */
  readonly attempt: number;
  readonly placement: Placement;
  /** With the main node of a multi-node job: the places of all its nodes, since no other task says them. */
  readonly gang?: GangPlacement;
}

/** With whom the containers of a task share what each has of its own else: with each other, or with this host. */
export type SharedWith = 'task' | 'host';

/** What they may share, by the member of `TaskSpec`. */
export type Shareable = 'ipc' | 'pid';

/** Which node of a multi-node job a task is. */
export interface GangMember {
  /** Names the gang, one attempt of one job: the task of its main node. */
  readonly gang: TaskId;
  /** How many nodes there are. */
  readonly size: number;
  /** From 0. */
  readonly index: number;
}

/** One attempt of one node: 1 to 10 containers. `formatVersion` because runners outlive servers. */
export interface TaskSpec {
  readonly formatVersion: 1;
  readonly taskId: TaskId;
  /** For people who look at files and process lists. */
  readonly label: string;
  readonly containers: readonly ContainerSpec[];
  /** From SIGTERM to SIGKILL, for what is left of the task when an essential container has ended. */
  readonly stopGrace: Milliseconds;
  readonly origin?: TaskOrigin;
  /** Whose System V IPC, POSIX message queues and /dev/shm its containers have. Absent: each its own. */
  readonly ipc?: SharedWith;
  /** Whose processes its containers see, and may signal as their user may. Absent: each its own. */
  readonly pid?: SharedWith;
  /** Absent: it is no node of a multi-node job. */
  readonly gang?: GangMember;
  /**
   * Where variables of its containers lead: a port of 127.0.0.1 of this host, at which the server listens for jobs. The engine
   * sees to it that the same address leads there from whatever network the containers are in. Absent: nowhere.
   */
  readonly jobListener?: { readonly port: number };
  /** What the service found of the task, in words; the engine adds it to the notes of its reports. */
  readonly notes?: readonly string[];
}

/**
 * What an engine reports of a task: that it runs, then its end, or one of the last two alone. `sequence` counts 1, 2, ... within the task; reports repeat until released. Before
 * `ended` is reported, all output of the task is in its log streams, or was given up and a note says so: whoever hears of
 * the end reads it at once.
 */
export type EngineEvent =
  | {
      readonly kind: 'running';
      readonly taskId: TaskId;
      readonly sequence: number;
      readonly at: EpochMilliseconds;
      /** IPv4 address that the task's gang reaches it by; absent for tasks that have none of their own. */
      readonly address?: string;
      /** What the engine could give of what was asked, in words for `explain` and `container.reason`. */
      readonly notes: readonly string[];
      /** By container, of those that run in an image. */
      readonly images?: Readonly<Record<string, ResolvedImage>>;
    }
  | {
      readonly kind: 'ended';
      readonly taskId: TaskId;
      readonly sequence: number;
      readonly at: EpochMilliseconds;
      readonly cause: EndCause;
      /** AWS's words for the attempt's `statusReason`. */
      readonly statusReason: string;
      readonly containers: readonly ContainerOutcome[];
      readonly notes: readonly string[];
    }
  | {
      /**
       * It was accepted, and the engine cannot run tasks any more before any of it has run: its job can wait RUNNABLE. Nothing of it
       * ever will run: its state is `tombstone`. Of a node beside a main one never: it has no place to go back to.
       */
      readonly kind: 'given-back';
      readonly taskId: TaskId;
      readonly sequence: number;
      readonly at: EpochMilliseconds;
      /** Why no task can run now, in words. */
      readonly reason: string;
    };

/** One thing that an engine knows of at `recover`. */
export interface RecoveredTask {
  readonly taskId: TaskId;
  readonly state: 'claimed' | 'running' | 'ended' | 'tombstone';
}

/**
 * What `start` did. `already`: the task id was known, and nothing was started again. `tombstone`: it was stopped before, or given
 * back.
 * A task that cannot be started for a reason of its own is `StartFailed`.
 */
export type StartResult = 'accepted' | 'already' | 'tombstone' | StartFailed;

/** Nothing of the task has run, the engine keeps no record of it, and no report will come. */
export interface StartFailed {
  readonly kind: 'failed';
  /** For `container.reason`, with AWS's name of the error: `CannotStartContainerError: ...`. */
  readonly reason: string;
}

/** What a container asks of its machine and of registries, as far as an engine can judge it before the start. */
export type ContainerOutline = Pick<ContainerSpec, 'image' | 'mounts' | 'devices' | 'privileged' | 'logDriver'>;

/** What would become of a container that is only thought of. */
export interface ContainerOutlook {
  /** Why it would not start, with AWS's name of the error. Absent: nothing that is known now keeps it. */
  readonly refusal?: string;
  /** What it would run without, in words. */
  readonly without: readonly string[];
}

/** What tasks may ask of an engine; what it cannot give is refused before it is asked. */
export interface EngineCapabilities {
  /** Most containers of one task. */
  readonly containers: number;
  /** Containers may wait for others of their task. */
  readonly containerOrder: boolean;
  readonly gpus: boolean;
  /** Devices of the host may be shown in a container. */
  readonly devices: boolean;
  /** They may be shown for less than all that their own mode allows. */
  readonly devicePermissions: boolean;
  /** Variables whose values are in no file and on no command line. */
  readonly secrets: boolean;
  /** It fetches images, from private registries too. */
  readonly registryCredentials: boolean;
  readonly volumes: readonly VolumeKind[];
  readonly logDrivers: readonly string[];
  /** Tasks of a multi-node job reach each other. */
  readonly nodes: boolean;
  /** What a container is run without, where most do not need it. Absent: what cannot be given fails the task. */
  readonly leavesOut?: LeftOut;
  /** What the containers of a task cannot share with whom, and why not, in words. Absent: they can. */
  readonly unshared: Readonly<Record<Shareable, Readonly<Partial<Record<SharedWith, string>>>>>;
}

/** Rights of root and foreign log drivers, and of what containers ask for of the host these. */
export interface LeftOut {
  /** All devices but these. */
  readonly devicesBut: readonly string[];
  /** What is at these paths, and below them. */
  readonly paths: readonly string[];
}

export type VolumeKind = 'host' | 'scratch' | 'efs' | 's3files';

const notBuilt = 'the engine has no such way to start containers';

/** What an engine of plain containers gives on one machine. */
export const plainCapabilities: EngineCapabilities = {
  containers: 10,
  containerOrder: true,
  gpus: false,
  devices: false,
  devicePermissions: false,
  secrets: true,
  registryCredentials: false,
  volumes: ['host', 'scratch', 'efs'],
  logDrivers: ['awslogs'],
  nodes: false,
  unshared: { ipc: { task: notBuilt, host: notBuilt }, pid: { task: notBuilt, host: notBuilt } },
};

/** Machines that an engine runs tasks on, as one: a host, a cluster, a partition. Engines that report the same id share it. */
export interface EnginePool {
  /** `host` for this machine. Stored with each placement. */
  readonly id: string;
  /** What it gives to tasks. vCPUs may be more than it has, memory never. */
  readonly capacity: ResourceRequest;
  /** It is one machine, and tasks that ask for more than it has are held to that. Otherwise they are refused. */
  readonly shrinks: boolean;
  /** The instance that tasks run on, `i-` and 17 hexadecimal digits as EC2's: named when it is lost. */
  readonly instance: string;
  /** Why nothing can start in it now, if that is so. */
  readonly unavailable?: string;
  /** Most tasks at once, and why there are no more, in words for `explain`. Absent: as many as it has capacity for. */
  readonly places?: { readonly most: number; readonly reason: string };
}

/** What an engine is and can do here and now. */
export interface EngineDescription {
  readonly kind: EngineKind;
  readonly version: string;
  /** Reached isolation, in words for `explain`: `bubblewrap: own pid, mount and ipc namespaces, uid 65534`. */
  readonly isolation: string;
  /** Which limits are really enforced. */
  readonly enforced: { readonly memory: boolean; readonly cpu: boolean; readonly pids: boolean };
  /** Where it runs tasks, each id once. The first is that of environments which name none. */
  readonly pools: readonly EnginePool[];
  readonly capabilities: EngineCapabilities;
  /** Why the engine cannot run tasks now, if it cannot. */
  readonly unavailable?: string;
}

/** An engine as far as it is known: one that has never answered has not said what it can do. */
export type EngineStatus = EngineDescription | { readonly kind: EngineKind; readonly unavailable: string };

/**
 * Dumb and replaceable: it runs tasks and reports. One conformance suite (`src/engines/conformance.ts`) holds for all.
 * Every method rejects with `EngineUnavailable` when the engine does not answer: jobs then wait RUNNABLE with that
 * reason, and nothing falls back to another engine. Whatever else a method rejects with is taken for the same: what is
 * wrong with one task is its `StartFailed`, or its end. Nobody waits for an answer longer than a deadline of that
 * method; a call that answers later has still done what it does, and is asked again. So opening an engine and
 * `describe` never wait long for what does not answer: they say so in `unavailable`.
 */
export interface Engine {
  readonly kind: EngineKind;
  /** What the engine can do now. Cheap; called by `explain`. */
  describe(): Promise<EngineDescription>;
  /**
   * Starts a task once per task id for ever: a repeat, even after a crash of either side, starts nothing. Rejects with
   * `StartDeclined` where it cannot run tasks now and knows that it has nothing of this one.
   */
  start(task: TaskSpec): Promise<StartResult>;
  /**
   * SIGTERM to each container's first process, SIGKILL to all of it `grace` ms later. For a task not yet started it leaves a
   * tombstone.
   */
  stop(taskId: TaskId, grace: Milliseconds): Promise<void>;
  /** Every unreleased report, oldest first, then new ones as they come, until `signal` aborts. At least once. */
  events(signal: AbortSignal): AsyncIterable<EngineEvent>;
  /** Forgets a task whose last report is committed, its end or that it was given back; a repeat or an unknown id does nothing. */
  release(taskId: TaskId): Promise<void>;
  /** What the engine knows of, after a restart of either side. A task it does not list has not run. */
  recover(): Promise<readonly RecoveredTask[]>;
  /**
   * For whom a task is that `recover` lists, as its `start` said: for a service whose own record of it was lost. Undefined
   * where the engine does not know any more, and of a tombstone.
   */
  originOf(taskId: TaskId): Promise<TaskOrigin | undefined>;
  /** What tasks use now; those that do not run, or that it does not know, are left out. For people: nothing hangs on it. */
  usage(taskIds: readonly TaskId[]): Promise<UsageAnswer>;
  /**
   * Starts a command in a container of a running task, as the user of its first process and with the rights, namespaces, limits
   * and environment of that. It ends with the container, and with this server. Absent: the engine cannot.
   */
  enter?(taskId: TaskId, request: CommandRequest): Promise<EnteredCommand | CommandRefused>;
  /**
   * How far a task has come that was accepted and does not run yet, in words for people: `pulling alpine:3: 12 of 30 MiB`.
   * Undefined where there is nothing to tell. Cheap; called by `explain`. Absent: the engine never tells.
   */
  preparation?(taskId: TaskId): string | undefined;
  /**
   * What it would say to a container at its start, of that which needs no try: nothing is pulled or made, and nobody is asked. Cheap.
   * Absent: nothing.
   */
  outlook?(container: ContainerOutline): ContainerOutlook;
  /** The images that it keeps on this machine; undefined or absent: it keeps none. */
  images?(): EngineImages | undefined;
  /** Lets go of the engine; running tasks go on. */
  close(): Promise<void>;
}

/**
 * What operators ask of an engine's images. Rejects as `ImageStore` does, and with `EngineUnavailable` where the engine cannot say
 * yet which of them its tasks use.
 */
export type EngineImages = Pick<ImageStore, 'list' | 'pull' | 'prune' | 'importArchive'>;

export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
}

/** Nothing of the task has run, nor is it on its way: until it is asked to start again, nothing will. Its job can wait RUNNABLE. */
export class StartDeclined extends EngineUnavailable {}
