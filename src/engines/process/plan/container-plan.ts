import { closeSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerSpec, LogSink } from '../../contract.ts';
import { type CgroupLimits, swapAbilities } from '../cgroups.ts';
import { cannotStartContainer } from '../errors.ts';
import { type Identity, isolationWords, type SandboxKind } from '../host-abilities.ts';
import type { RunnerConfig } from '../runner-config.ts';
import { planBubblewrap, planBubblewrapAsRoot } from './bubblewrap.ts';
import { checkCommand } from './command.ts';
import { checkDevices, deviceNotes } from './devices.ts';
import { asBubblewrapArguments, asShellExports, environmentOf } from './environment.ts';
import { resolveImage } from './images.ts';
import { type CheckedMount, checkMount, checkScratchMount } from './mounts.ts';
import type { SandboxPlan, SandboxRequest, ScratchDirectories } from './sandbox.ts';
import { checkTemporaries, temporaryNotes } from './temporaries.ts';
import { ulimitPrefix } from './ulimits.ts';
import { planUnsandboxed } from './unsandboxed.ts';
import { planUnshare } from './unshare.ts';
import { resolveUser } from './users.ts';

/** All that is needed to start a container. */
export interface ContainerPlan extends SandboxPlan {
  readonly name: string;
  readonly identity: Identity;
  readonly scratch: ScratchDirectories;
  /** Directories of the task's volumes that it mounts; they must be made. */
  readonly volumes: readonly string[];
  /** Descriptors of the sources of mounts. */
  readonly sources: readonly number[];
  /** Bytes that follow `go` in the launcher's pipe: the environment. */
  readonly payload: string;
  readonly limits: CgroupLimits;
  readonly log: LogSink | undefined;
}

const sandboxes: Record<SandboxKind, (request: SandboxRequest) => SandboxPlan> = {
  bubblewrap: planBubblewrap,
  'bubblewrap-root': planBubblewrapAsRoot,
  unshare: planUnshare,
  none: planUnsandboxed,
};

const environmentForms = { bubblewrap: asBubblewrapArguments, shell: asShellExports } as const;

/**
 * Turns a container of a task into all that is needed to start it. `volumes` are the directories of the task's own
 * volumes by name. Throws `CannotStart` with words. The caller closes `sources`.
 */
export function planContainer(
  container: ContainerSpec,
  scratchName: string,
  config: RunnerConfig,
  volumes: ReadonlyMap<string, string> = noVolumes,
): ContainerPlan {
  refuseImpossible(container);
  const mounts: CheckedMount[] = [];
  const root = resolveImage(container.image, config);
  const identity = resolveUser(container.user, root.directory, config);
  try {
    for (const mount of container.mounts) mounts.push(checkMount(mount, identity, config));
    return planMounted({ container, identity, root, scratchName, config, mounts, volumes });
  } catch (error) {
    closeSources(sourcesOf(mounts));
    throw error;
  }
}

/** Lets go of what a plan holds open. */
export function closeSources(sources: readonly number[]): void {
  for (const descriptor of sources) closeSync(descriptor);
}

interface MountedRequest extends Pick<SandboxRequest, 'container' | 'identity' | 'root' | 'config' | 'mounts'> {
  readonly scratchName: string;
  readonly volumes: ReadonlyMap<string, string>;
}

function planMounted({ scratchName, volumes, mounts: opened, ...given }: MountedRequest): ContainerPlan {
  const { container, identity, root, config } = given;
  const scratch = scratchDirectories(join(config.host.scratch, scratchName));
  const scratchMounts = checkScratchMounts(container, volumes);
  const mounts = [...opened, ...scratchMounts];
  const temporaries = checkTemporaries(container);
  const devices = checkDevices(container, config);
  const ulimits = ulimitPrefix(container.ulimits, config.host.tools);
  const sandbox = sandboxes[config.host.sandbox]({ ...given, mounts, temporaries, devices, scratch, ulimits });
  const environment = environmentOf(container, sandbox.home);
  checkCommand(container.command, environment, root.directory, mounts);
  return {
    ...sandbox,
    name: container.name,
    identity,
    scratch,
    volumes: scratchMounts.map(({ source }) => source),
    sources: sourcesOf(opened),
    payload: environmentForms[sandbox.environment](environment),
    limits: limitsOf(container, config),
    log: container.log,
    notes: [
      isolationWords(config.host.sandbox, identity),
      ...[...root.notes, ...sandbox.notes, ...temporaryNotes(temporaries)],
      ...[...unenforced(config), ...swapNotes(container, config)],
      ...deviceNotes(container, devices, identity, config),
    ],
  };
}

function sourcesOf(mounts: readonly CheckedMount[]): number[] {
  return mounts.flatMap(({ opened }) => opened?.descriptor ?? []);
}

function refuseImpossible(container: ContainerSpec): void {
  if (container.privileged) throw cannotStartContainer('the process engine has no privileged containers');
  if (container.command.length === 0) {
    throw cannotStartContainer(
      'no command: the definition leaves it to the image, whose own the process engine does not know',
    );
  }
}

const noVolumes: ReadonlyMap<string, string> = new Map();

function checkScratchMounts(container: ContainerSpec, volumes: ReadonlyMap<string, string>): CheckedMount[] {
  return (container.scratchMounts ?? []).map((mount) => {
    const source = volumes.get(mount.volume);
    if (source === undefined) throw new RangeError(`volume ${mount.volume} has no directory`);
    return checkScratchMount(mount, source);
  });
}

function scratchDirectories(root: string): ScratchDirectories {
  return {
    root,
    home: join(root, 'home'),
    temporary: join(root, 'tmp'),
    stage: join(root, 'stage'),
    table: join(root, 'fstab'),
  };
}

function limitsOf(container: ContainerSpec, config: RunnerConfig): CgroupLimits {
  return {
    memoryBytes: container.memoryMiB * 1024 ** 2,
    swapBytes: (container.swap?.maximumMiB ?? 0) * 1024 ** 2,
    ...(container.swap?.swappiness === undefined ? {} : { swappiness: container.swap.swappiness }),
    vcpus: container.vcpus,
    pids: config.pidsLimit,
    cpuQuota: config.cpuQuota,
  };
}

function unenforced(config: RunnerConfig): string[] {
  const missing = (['memory', 'cpu', 'pids'] as const).filter((use) => config.host.cgroups[use] === undefined);
  return missing.length === 0 ? [] : [`not limited on this host: ${missing.join(', ')}`];
}

function swapNotes({ swap }: ContainerSpec, config: RunnerConfig): string[] {
  if (!swap) return [];
  const abilities = swapAbilities(config.host.cgroups);
  const notes = [];
  if (swap.maximumMiB > 0 && !abilities.limit) notes.push('maxSwap has no effect: swap cannot be limited on this host');
  if (swap.swappiness !== undefined && !abilities.swappiness)
    notes.push('swappiness has no effect: this host has none for a single container');
  return notes;
}
