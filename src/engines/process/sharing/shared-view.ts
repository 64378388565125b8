import type { SharedWith } from '../../contract.ts';
import type { Identity } from '../host/host-abilities.ts';

/** What the containers of one task share, as the plan of each sees it. */
export interface SharedView {
  readonly ipc: 'own' | SharedWith;
  readonly pid: 'own' | 'host' | TaskProcesses;
  /**
   * The words before those of a program that is to run where the task has its IPC, and its network; none if that is the host.
   * They need the rights of this process, and leave them to the program.
   */
  readonly enter: readonly string[];
  /** Whether `enter` leads into a user namespace, in which this process's user is called 0. */
  readonly asRootInName: boolean;
}

/** A pid namespace that a task's containers have in common, by descriptors of this process. */
export interface TaskProcesses {
  readonly pid: number;
  /** The user namespace that owns it, in which the job's user is called 0. Absent: the host's, so that root alone enters it. */
  readonly user?: number;
  /** User namespaces below that, by `idsOf` whom the job's user is in them: itself, or who an image says. */
  readonly usersOfJobs?: ReadonlyMap<string, number>;
}

export function idsOf({ uid, gid }: Identity): string {
  return `${uid}:${gid}`;
}

/** Where the processes of a container are, as its plan has it. */
export type Processes = 'own' | SharedWith;

export function processesOf({ pid }: SharedView): Processes {
  return typeof pid === 'string' ? pid : 'task';
}

/** Of a task whose containers share nothing. */
export const nothingShared: SharedView = { ipc: 'own', pid: 'own', enter: [], asRootInName: false };

/** The way by which a program finds a descriptor of this process, while it still has this process's rights. */
export function descriptorPath(descriptor: number): string {
  return `/proc/${process.pid}/fd/${descriptor}`;
}
