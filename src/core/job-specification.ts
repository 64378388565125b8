import type { ResourceRequest } from './job.ts';
import type { PodSpecification } from './pod-specification.ts';

/** JSON as somebody gave it: kept, and read back, by those who know what it means. */
export type JsonObject = { readonly [member: string]: unknown };

/**
 * What a job was submitted as: immutable, so that a transition never rewrites it. Children and nodes have none of their own.
 * It is written once for each job: whatever is as usual is absent, and each member says what that means.
 */
export interface JobSpecification {
  /** The request as given, less tags. */
  readonly request: JsonObject;
  /** One that has no range; of a multi-node job its ranges as they were given, inner ones with what they say otherwise alone. */
  readonly nodes: readonly NodeSpecification[];
  /** Absent: none. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Absent: none were given. */
  readonly platformCapabilities?: readonly string[];
  /** Absent: not. */
  readonly propagateTags?: true;
  /** How long its record says an attempt may run is Fargate's limit, not its own, which is this. Absent: it is its own. */
  readonly fargateLimit?: { readonly timeoutSeconds?: number };
  /** What runs again here, of a job that reruns another. */
  readonly rerun?: RerunRecord;
}

/** How much of a consumable resource a job needs. */
export interface ConsumableRecord {
  /** Name or ARN, as given. */
  readonly resource: string;
  /** At least 1. */
  readonly quantity: number;
}

export interface RerunRecord {
  /** The id of the job or child. */
  readonly of: string;
  /** Who the job, or its children, are: children of an array, as they were in it. Absent: themselves. */
  readonly children?: {
    /** Of that array. */
    readonly size: number;
    /** Rising; one for each child here, or the one of a job that is no array. */
    readonly indexes: readonly number[];
  };
}

/** What a node runs, after overrides and parameter substitution: a task, of containers that share volumes, roles and fate. */
export interface NodeSpecification {
  /** The nodes that it is for, both included. Absent: the job has only the one. */
  readonly range?: {
    readonly first: number;
    readonly last: number;
    /** How it was given, such as `4:`. Absent: `first:last`. */
    readonly text?: string;
  };
  readonly containers: readonly ContainerRecord[];
  /** Absent: none. */
  readonly volumes?: readonly VolumeRecord[];
  /** ARN of the role that the job itself acts as. */
  readonly jobRole?: string;
  /** ARN of the role that fetches what the task needs: secrets, images, log groups. */
  readonly executionRole?: string;
  /** The instance type that a multi-node job asks for. */
  readonly instanceType?: string;
  readonly network?: { readonly publicIp?: 'ENABLED' | 'DISABLED' };
  readonly fargate?: { readonly platformVersion?: string };
  readonly ephemeralStorageGiB?: number;
  readonly platform?: { readonly operatingSystem?: string; readonly architecture?: string };
  /** Absent: not, as when false. */
  readonly executeCommand?: boolean;
  /** It was given as a task of containers with names, and is shown as one. Absent: as one container. */
  readonly isTask?: true;
  /** What a node of a multi-node job needs beside what its job does: by ARN, once it is submitted. Absent: nothing. */
  readonly consumables?: readonly ConsumableRecord[];
  /** Whose System V IPC and POSIX queues its containers share. Absent: each has its own. */
  readonly ipcMode?: 'host' | 'task' | 'none';
  /** Whose processes its containers see. Absent: each its own. */
  readonly pidMode?: 'host' | 'task';
  readonly networkMode?: string;
  /** It runs on Kubernetes, as this pod, and has no containers of its own. Absent: it does not. */
  readonly pod?: PodSpecification;
}

/** One container of a node. */
export interface ContainerRecord {
  /** Absent: `default`, as the only one of a definition is called. */
  readonly name?: string;
  /** When it ends the task does, and its exit code counts. Absent: so it is. */
  readonly essential?: boolean;
  /** Absent: it starts with the task. */
  readonly dependsOn?: readonly ContainerDependency[];
  /** Empty in an inner range of nodes that leaves it to the outer one. */
  readonly image: string;
  /** Absent: the image's own. */
  readonly command?: readonly string[];
  /** Absent: none. */
  readonly environment?: readonly VariableRecord[];
  /** Absent: none. */
  readonly secrets?: readonly SecretRecord[];
  readonly resources: ContainerResources;
  /** Absent: the image's own. */
  readonly user?: string;
  /** Absent: none. */
  readonly mounts?: readonly MountRecord[];
  /** Absent: none. */
  readonly ulimits?: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  /** Absent: not, as when false. */
  readonly readonlyRootFilesystem?: boolean;
  /** Absent: not, as when false. */
  readonly privileged?: boolean;
  readonly linux?: LinuxRecord;
  /** Absent: `awslogs` with its defaults. */
  readonly log?: LogRecord;
  /** It routes the logs of the others. */
  readonly firelens?: { readonly type: 'fluentd' | 'fluentbit'; readonly options?: Readonly<Record<string, string>> };
  /** How long others wait for what they need of it, in seconds. Absent: as long as it takes. */
  readonly startTimeoutSeconds?: number;
  /** From SIGTERM to SIGKILL, in seconds. Absent: as long as the task has. */
  readonly stopTimeoutSeconds?: number;
  /** ARN of the secret with which the image is fetched from a private registry. */
  readonly registryCredentials?: string;
}

/** What a container waits for in another of its task: that it has started, ended, or ended with exit code 0. */
export interface ContainerDependency {
  readonly container: string;
  readonly condition: 'START' | 'COMPLETE' | 'SUCCESS';
}

export interface VariableRecord {
  readonly name: string;
  /** Absent: empty. */
  readonly value?: string;
}

/** A value that is fetched when the task starts. */
export interface SecretRecord {
  /** Of the variable, or of the log driver's option. */
  readonly name: string;
  /** ARN of a secret, or name or ARN of a parameter. */
  readonly from: string;
}

/** What a container asks for, in the form in which it was given: numbers, or a list of texts. Never both for one thing. */
export interface ContainerResources {
  readonly vcpus?: number;
  readonly memoryMiB?: number;
  readonly list?: readonly { readonly type: 'VCPU' | 'MEMORY' | 'GPU'; readonly value: string }[];
}

/** A volume of the task. One of no kind, or of a host without path, is scratch space. */
export interface VolumeRecord {
  readonly name?: string;
  readonly host?: { readonly path?: string };
  readonly efs?: {
    readonly fileSystemId: string;
    readonly rootDirectory?: string;
    readonly transitEncryption?: 'ENABLED' | 'DISABLED';
    readonly transitEncryptionPort?: number;
    readonly authorization?: { readonly accessPointId?: string; readonly iam?: 'ENABLED' | 'DISABLED' };
  };
  readonly s3files?: {
    readonly fileSystemArn: string;
    readonly rootDirectory?: string;
    readonly transitEncryptionPort?: number;
    readonly accessPointArn?: string;
  };
}

/** Where a container sees a volume. */
export interface MountRecord {
  readonly volume: string;
  readonly target: string;
  /** Absent: not, as when false. */
  readonly readOnly?: boolean;
}

export interface LinuxRecord {
  readonly devices?: readonly {
    readonly source: string;
    /** Absent: as on the host. */
    readonly target?: string;
    /** Absent: all. */
    readonly permissions?: readonly ('READ' | 'WRITE' | 'MKNOD')[];
  }[];
  /** An init process that reaps orphans. */
  readonly init?: boolean;
  /** Size of /dev/shm. */
  readonly sharedMemoryMiB?: number;
  readonly temporaryFileSystems?: readonly {
    readonly target: string;
    readonly sizeMiB: number;
    readonly options?: readonly string[];
  }[];
  /** Swap beyond the container's memory. */
  readonly swapMiB?: number;
  /** 0 to 100. */
  readonly swappiness?: number;
}

export interface LogRecord {
  readonly driver: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly secretOptions?: readonly SecretRecord[];
}

/** What the only container of a definition is called. */
export const defaultContainer = 'default';

/** What a container asks for, in numbers. */
export function requestOf({ vcpus = 0, memoryMiB = 0, list = [] }: ContainerResources): ResourceRequest {
  const listed = (type: 'VCPU' | 'MEMORY' | 'GPU') => Number(list.find((one) => one.type === type)?.value ?? 0);
  return { vcpus: vcpus || listed('VCPU'), memoryMiB: memoryMiB || listed('MEMORY'), gpus: listed('GPU') };
}
