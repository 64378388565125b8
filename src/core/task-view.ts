import type { Scope } from './arn.ts';
import type { EpochMilliseconds, TaskId } from './ids.ts';
import type { ResourceRequest } from './job.ts';
import type { LaunchType } from './task-variables.ts';

/** Where the tasks of a compute environment run, as ECS shows it. */
export interface ClusterView extends Scope {
  readonly name: string;
  readonly arn: string;
  readonly launchType: LaunchType;
  /** Absent: what is used is not told to CloudWatch. */
  readonly insights?: 'enabled' | 'enhanced';
  readonly tags: Readonly<Record<string, string>>;
}

/** A machine of a cluster. */
export interface InstanceView {
  readonly arn: string;
  /** `i-...`. */
  readonly instance: string;
  readonly registeredAt: EpochMilliseconds;
  readonly capacity: ResourceRequest;
  /** Those that it was registered with. */
  readonly tags?: Readonly<Record<string, string>>;
  /** It takes no more tasks. */
  readonly isDraining?: true;
  /** Of EC2; absent for the machine that the server runs on, and slices of it. */
  readonly machine?: MachineView;
  /** Why nothing can start on it now. */
  readonly unavailable?: string;
}

/** What EC2 tells of an instance. */
export interface MachineView {
  readonly type: string;
  readonly zone: string;
  readonly purchase: 'on-demand' | 'spot';
  readonly launchedAt: EpochMilliseconds;
  readonly state: 'pending' | 'running';
}

/** A task that a job holds, or held until a moment ago. */
export interface ListedTask {
  readonly taskId: TaskId;
  readonly taskArn: string;
  readonly containerInstanceArn: string;
  readonly status: 'STARTING' | 'RUNNING' | 'STOPPED';
  /** It is to be stopped, or has been. */
  readonly isToStop: boolean;
  /** With its revision. */
  readonly jobDefinitionArn: string;
  /** The machine that it has, `i-...`. */
  readonly instance: string;
  /** What it holds of that; absent once it has stopped. */
  readonly asked?: ResourceRequest;
}

/** The same with what was asked for, and what became of it. */
export interface TaskView extends ListedTask {
  readonly launchType: LaunchType;
  readonly placedAt: EpochMilliseconds;
  readonly startedAt?: EpochMilliseconds;
  readonly stoppedAt?: EpochMilliseconds;
  /** Why it stopped. */
  readonly stoppedReason?: string;
  /** A user, or a limit of time, ended it. */
  readonly wasStopped: boolean;
  /** In the order of its definition. */
  readonly containers: readonly ContainerView[];
  /** Those that its job hands on. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface ContainerView {
  readonly name: string;
  readonly image: string;
  /** What its registry calls what that stood for; absent where it runs in no image, or does not run yet. */
  readonly imageDigest?: string;
  readonly asked: ResourceRequest;
  readonly exitCode?: number;
  readonly reason?: string;
}

/** What ECS shows of jobs. All of it is of memory, but for descriptions. */
export interface TaskViews {
  /** By name. */
  clusters(scope: Scope): readonly ClusterView[];
  /** Those that are registered. */
  instances(cluster: ClusterView): readonly InstanceView[];
  /** In no order; those that jobs hold, or those that have ended. */
  tasks(scope: Scope, which: 'held' | 'ended'): Iterable<ListedTask>;
  /** In the order asked; unknown ids are left out. */
  describe(scope: Scope, taskIds: readonly string[]): Promise<readonly TaskView[]>;
}
