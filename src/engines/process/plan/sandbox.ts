import { join } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import type { ContainerSpec, DeviceSpec } from '../../contract.ts';
import type { Identity } from '../host/host-abilities.ts';
import type { NodeNetwork } from '../network/node-network.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import type { Processes, SharedView } from '../sharing/shared-view.ts';
import type { RootFiles } from './images.ts';
import type { CheckedMount } from './mounts.ts';
import type { CheckedTemporary } from './temporaries.ts';

/** Where jobs live in a sandbox. */
const sandboxHome = '/home/job';
/** Where they live if something else is mounted at `/home`: nothing of theirs is made in a volume. */
const homeBeside = '/job';

/** The home of a job that mounts something at `targets`, paths inside its root. */
export function homeFor(targets: readonly string[]): string {
  const isCovered = targets.some((target) => target !== sandboxHome && isWithin(sandboxHome, target));
  return isCovered ? homeBeside : sandboxHome;
}

/** Whether what was asked for at `targets` lies over all of `place`, so that nothing of ours is seen or made there. */
export function isCovered(place: string, targets: readonly string[]): boolean {
  return targets.some((target) => isWithin(place, target));
}

/** Directories of one container, made fresh when it starts and removed at release. */
export interface ScratchDirectories {
  /** Belongs to the server's user; jobs can pass through. */
  readonly root: string;
  readonly home: string;
  readonly temporary: string;
  /** Where `unshare` builds the new root; layers of an overlay. */
  readonly stage: string;
  /** File that tells `unshare` what to mount. */
  readonly table: string;
  /** Files that tell a node of a gang of the others. */
  readonly hosts: string;
  readonly resolvConf: string;
}

/** The directories of an overlay, in the stage. */
export interface OverlayLayers {
  readonly stage: string;
  /** What the job writes. */
  readonly upper: string;
  readonly work: string;
}

export function layersOf({ stage }: ScratchDirectories): OverlayLayers {
  return { stage, upper: join(stage, 'upper'), work: join(stage, 'work') };
}

/** What a sandbox needs to know of a container. */
export interface SandboxRequest {
  readonly container: ContainerSpec;
  readonly identity: Identity;
  readonly root: RootFiles;
  readonly mounts: readonly CheckedMount[];
  readonly temporaries: readonly CheckedTemporary[];
  /** Devices of the host that it sees beside the usual ones. */
  readonly devices: readonly DeviceSpec[];
  readonly scratch: ScratchDirectories;
  /** Prefix that sets the ulimits; may be empty. */
  readonly ulimits: readonly string[];
  /** Of a node of a gang. */
  readonly network: NodeNetwork | undefined;
  /** What it has in common with the other containers of its task. */
  readonly shared: SharedView;
  readonly config: RunnerConfig;
}

/** What a sandbox makes of it. */
export interface SandboxPlan {
  /** What runs the launcher: programs, each with the next as its last words; may be empty. */
  readonly launcher: readonly string[];
  /** Script of the launcher, after its wait for `go`; `"$@"` is `words`. */
  readonly script: string;
  readonly words: readonly string[];
  /** Whether the launcher itself begins as the job's user; else the sandbox drops to it. */
  readonly launchAsUser: boolean;
  /** In which form the environment follows `go`. */
  readonly environment: 'bubblewrap' | 'shell';
  /** How descriptor 4 tells that the command began: bubblewrap's own reports, one line, or not at all. */
  readonly status: 'bubblewrap' | 'marker' | 'none';
  /** Where its processes are. Those of a pid namespace of its own end with its first process; others are to be ended. */
  readonly processes: Processes;
  /** How many generations below the launcher the job's first process is. */
  readonly generation: 0 | 1 | 2;
  /** Descriptors that the launcher inherits, after those of its groups; they stay this process's own. */
  readonly inherited: readonly number[];
  /** Whether it inherits, behind those, a filter of system calls: see `callFilterWords`. */
  readonly filtersCalls: boolean;
  /** What the launcher mounts, as an fstab(5) at `ScratchDirectories.table`. */
  readonly mountTable?: string;
  /** Of the scratch directories those that it needs, outer ones first. */
  readonly directories: readonly string[];
  /** The job's home as it sees it. */
  readonly home: string;
  /** Where its command begins, as it sees it. */
  readonly directory: string;
  /** Reached isolation, where it is not what this sandbox always gives. */
  readonly isolation?: string;
  readonly notes: readonly string[];
}
