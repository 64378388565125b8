import { closeSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerSpec, LogSink } from '../../contract.ts';
import type { ContainerWithGpus } from '../../gpus.ts';
import { runsWithout } from '../../runs-without.ts';
import { type CgroupLimits, swapAbilities } from '../host/cgroups.ts';
import { type Identity, isolationWords, type SandboxKind } from '../host/host-abilities.ts';
import { dropForGood } from '../host/host-probe.ts';
import type { NodeNetwork } from '../network/node-network.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { nothingShared, type SharedView } from '../sharing/shared-view.ts';
import { planBubblewrap, planBubblewrapAsRoot } from './bubblewrap.ts';
import { checkCommand, commandOf } from './command.ts';
import { checkDevices, deviceNotes } from './devices.ts';
import { asBubblewrapArguments, asShellExports, environmentOf } from './environment.ts';
import { type HostFile, type HostFiles, hostFilePaths, hostFiles } from './host-files.ts';
import { planImage } from './image-sandbox.ts';
import { resolveImage } from './images.ts';
import { type CheckedMount, checkMount, checkScratchMount, refuseDuplicates } from './mounts.ts';
import { refusePrivileged } from './outlook.ts';
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
  /** To be written before it starts. */
  readonly files: readonly HostFile[];
  /** Descriptors of the sources of mounts. */
  readonly sources: readonly number[];
  /** Bytes that follow `go` in the launcher's pipe: the environment. */
  readonly payload: string;
  /** The environment itself, for what is run beside its command. */
  readonly variables: Readonly<Record<string, string>>;
  /** Prefix that sets the ulimits; may be empty. */
  readonly ulimits: readonly string[];
  readonly limits: CgroupLimits;
  readonly log: LogSink | undefined;
  /** What was asked for and is not given, in words for the reason of its end. */
  readonly ungranted: readonly string[];
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
 * volumes by name, `network` is that of a node of a gang, `shared` what it shares with the other containers. Throws `CannotStart` with words. The caller closes `sources`.
 */
export function planContainer(
  asked: ContainerWithGpus,
  scratchName: string,
  config: RunnerConfig,
  volumes: ReadonlyMap<string, string> = noVolumes,
  network?: NodeNetwork,
  shared: SharedView = network ? { ...nothingShared, ...entryOf(network) } : nothingShared,
): ContainerPlan {
  refusePrivileged(asked);
  refuseDuplicates(asked);
  const mounts: CheckedMount[] = [];
  const root = resolveImage(asked, config);
  const container = { ...asked, command: commandOf(asked.command, root) };
  const identity = identityOf(asked, config);
  try {
    for (const mount of container.mounts) mounts.push(checkMount(mount, identity, config));
    mounts.push(...sharedMemoryOf(shared));
    return planMounted({ container, identity, root, scratchName, config, mounts, volumes, network, shared });
  } catch (error) {
    closeSources(sourcesOf(mounts));
    throw error;
  }
}

/** Who a container runs as. Throws `CannotStart`. */
export function identityOf(container: ContainerSpec, config: RunnerConfig): Identity {
  const root = resolveImage(container, config);
  // Inside an image its user is another than outside.
  return root.kind === 'image' ? config.identity : resolveUser(container.user, root.directory, config);
}

function entryOf({ enter, asRootInName }: NodeNetwork): Pick<SharedView, 'enter' | 'asRootInName'> {
  return { enter, asRootInName };
}

/** Lets go of what a plan holds open. */
export function closeSources(sources: readonly number[]): void {
  for (const descriptor of sources) closeSync(descriptor);
}

interface MountedRequest
  extends Pick<SandboxRequest, 'container' | 'identity' | 'root' | 'config' | 'mounts' | 'network' | 'shared'> {
  readonly scratchName: string;
  readonly volumes: ReadonlyMap<string, string>;
}

function planMounted({ scratchName, volumes, mounts: opened, ...given }: MountedRequest): ContainerPlan {
  const { container, identity, root, config, network, shared } = given;
  const scratch = scratchDirectories(join(config.host.scratch, scratchName));
  const scratchMounts = checkScratchMounts(container, volumes);
  const temporaries = checkTemporaries(container, shared.ipc === 'own');
  const asked = [...opened, ...scratchMounts];
  const names = namesOf(network, config, scratch, [...asked, ...temporaries]);
  const mounts = [...asked, ...names.mounts];
  const devices = checkDevices(container, config);
  const ulimits = ulimitPrefix(container.ulimits, config.host.tools);
  const plan = root.kind === 'image' ? planImage : sandboxes[config.host.sandbox];
  const sandbox = plan({ ...given, mounts, temporaries, devices, scratch, ulimits });
  const environment = environmentOf(container, sandbox.home, root.config.environment);
  checkCommand(container.command, environment, root, mounts);
  return {
    ...sandbox,
    ...launchIn(shared, sandbox, identity, config),
    name: container.name,
    identity,
    scratch,
    volumes: scratchMounts.map(({ source }) => source),
    files: names.files,
    sources: sourcesOf(opened),
    payload: environmentForms[sandbox.environment](environment),
    variables: environment,
    ulimits,
    limits: limitsOf(container, config),
    log: container.log,
    ungranted: container.ungranted ?? [],
    notes: [
      sandbox.isolation ?? isolationWords(config.host.sandbox, identity),
      ...[...root.notes, ...sandbox.notes, ...temporaryNotes(temporaries), ...sharedMemoryNotes(container, shared)],
      ...[...(network?.notes ?? []), ...names.notes],
      ...[...unenforced(config), ...swapNotes(container, config)],
      ...deviceNotes(container, devices, identity, config),
      ...(container.ungranted ?? []).map(runsWithout),
    ],
  };
}

/** A sandbox shows a node the names of all; without one it sees the host's files as they are. */
function namesOf(
  network: NodeNetwork | undefined,
  config: RunnerConfig,
  scratch: ScratchDirectories,
  asked: readonly { readonly target: string }[],
): HostFiles {
  if (config.host.sandbox !== 'none')
    return hostFiles(
      network,
      scratch,
      asked.map(({ target }) => target),
    );
  const notes = network ? ['without a sandbox the names of nodes are not in /etc/hosts'] : [];
  return { files: [], mounts: [], notes };
}

/** That of the host; that of a task is a volume of it. */
function sharedMemoryOf({ ipc }: SharedView): CheckedMount[] {
  if (ipc !== 'host') return [];
  return [{ source: '/dev/shm', target: '/dev/shm', readOnly: false, isDirectory: true, hidden: [] }];
}

function sharedMemoryNotes({ sharedMemoryMiB }: ContainerSpec, { ipc }: SharedView): string[] {
  if (sharedMemoryMiB === undefined || ipc === 'own') return [];
  return [`sharedMemorySize has no effect: /dev/shm is that of the ${ipc} (ipcMode)`];
}

/**
 * The launcher enters the node's network, and the IPC of its task, with the rights of this process, by a program of the host alone, and only then
 * becomes the job's user where the sandbox wants to begin as that.
 */
function launchIn(
  { enter }: SharedView,
  { launcher, launchAsUser }: SandboxPlan,
  identity: Identity,
  config: RunnerConfig,
): Pick<SandboxPlan, 'launcher' | 'launchAsUser'> {
  if (enter.length === 0) return { launcher, launchAsUser };
  const isRoot = process.getuid?.() === 0;
  const drop = launchAsUser && isRoot ? dropForGood(config.host.tools.setpriv ?? 'setpriv', identity) : [];
  return { launcher: [...enter, ...drop, ...launcher], launchAsUser: false };
}

function sourcesOf(mounts: readonly CheckedMount[]): number[] {
  return mounts.flatMap(({ opened }) => opened?.descriptor ?? []);
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
    ...hostFilePaths(root),
  };
}

function limitsOf(container: ContainerSpec, config: RunnerConfig): CgroupLimits {
  return {
    memoryBytes: container.memoryMiB * 1024 ** 2,
    // Without `maxSwap` as much as memory, as Docker has it and with it AWS. Spec 02, C6.
    swapBytes: (container.swap?.maximumMiB ?? container.memoryMiB) * 1024 ** 2,
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
