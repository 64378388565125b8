import type { Identity } from '../host/host-abilities.ts';
import type { ProcessIdentity } from '../host/proc.ts';

/** Its first process is still to come. */
export type Beginning = 'beginning';

/** All that a server must know to start a command in a container that its runner keeps. */
export interface Entrance {
  /** Name of the container. */
  readonly container: string;
  /** The job's first process, whose namespaces are entered. */
  readonly first: ProcessIdentity;
  /** Name of the container's groups. */
  readonly cgroup: string;
  readonly identity: Identity;
  /** Where the command begins, as the job sees it. */
  readonly directory: string;
  /** Prefix that sets the ulimits; may be empty. */
  readonly ulimits: readonly string[];
  /** The environment, secrets among it, as shell text: for a pipe, never for a file or a command line. */
  readonly exports: string;
}
