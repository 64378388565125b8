import type { Scope } from './arn.ts';
import type { JobId, TaskId } from './ids.ts';

/** A container that is about to start, as far as it decides what the server gives it. */
export interface VariablesRequest {
  /** The job's. */
  readonly scope: Scope;
  readonly taskId: TaskId;
  readonly job: { readonly id: JobId; readonly name: string };
  /** Which container of its task, from 0. */
  readonly container: number;
  /** What its definition gives: no variable of these is given, and some have a say in others. A value that is not known yet is empty. */
  readonly own: ReadonlyMap<string, string>;
  readonly launchType: LaunchType;
  /** As the definition names it. */
  readonly jobRole?: string;
  /** As the compute environment names it: a name, or the ARN of an instance profile. */
  readonly instanceRole?: string;
}

/** What runs it, as ECS calls it. */
export type LaunchType = 'EC2' | 'FARGATE';

/** What the server gives a container, below what its definition and the service give. */
export interface TaskVariables {
  readonly environment: Readonly<Record<string, string>>;
  /** As `environment`; their values are in no file and on no command line. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The port of 127.0.0.1 that they name: where the server listens for jobs. Absent: they name none. */
  readonly listenerPort?: number;
  /** What the container does not get that it might expect, in words for `explain`. */
  readonly notes: readonly string[];
}

export type GiveVariables = (request: VariablesRequest) => TaskVariables;
