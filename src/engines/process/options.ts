import { userInfo } from 'node:os';
import type { Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import type { ResourceRequest } from '../../core/job.ts';
import type { EngineSession } from '../contract.ts';
import { daemonPlaces } from '../daemon-places.ts';
import { type Identity, type SandboxKind, sandboxKinds } from './host/host-abilities.ts';
import { processLimits } from './limits.ts';
import type { GangNetworkChoice } from './network/node-network.ts';
import type { ImagePolicy } from './pulling/image-policy.ts';
import type { MappedRoot } from './runner/runner-config.ts';

/** Where the engine writes what operators should see. A pino logger fits. */
export interface EngineLogger {
  info(words: string): void;
  warn(words: string): void;
}

/** What `openProcessEngine` may be told. */
export interface ProcessEngineOptions {
  /** The server's data directory; the engine keeps its files in `process/` under it, and no job sees any of it. */
  readonly dataDirectory: string;
  readonly session: EngineSession;
  readonly clock: Clock;
  /** Version of Batchyard: each version has its own runner, and a new one drains the old. Letters, digits, `.`, `-`, `+`. */
  readonly version: string;
  /** This host's id for the words of a lost attempt, such as `i-0123456789abcdef0`. */
  readonly instanceId: string;
  /** Where the streams of jobs' output are. */
  readonly logRoot: string;
  /** What this host gives to jobs. */
  readonly capacity: ResourceRequest;
  /**
   * `required`: without a sandbox the engine is unavailable; `preferred`: the best that works; `none`: none.
   * @default 'preferred'
   */
  readonly isolation?: 'required' | 'preferred' | 'none';
  /**
   * Who jobs run as on a server that is root, if their definition names nobody: numbers, or `caller`, the server's own
   * user without any capability. A server that is not root runs jobs as itself.
   * @default { uid: 65534, gid: 65534 }
   */
  readonly jobUser?: Identity | 'caller';
  /** Prefixes of host paths that volumes may mount. @default [] */
  readonly hostPaths?: readonly string[];
  /** Device files that containers may ask for. @default [] */
  readonly devices?: readonly string[];
  /**
   * Ids of GPUs to give to jobs, or `found`: those that the host has. `capacity` need not count them.
   * @default none
   */
  readonly gpus?: readonly string[] | 'found';
  /** Root file system by image name, with or without tag. @default {} */
  readonly rootFilesystems?: Readonly<Record<string, MappedRoot>>;
  /**
   * Whether a job of an image without a root file system runs on the host's files: on a loopback, single-user server only.
   * @default false
   */
  readonly allowUnmappedImages?: boolean;
  /** Where images come from. Closed with the engine. @default none: an image is only a name */
  readonly images?: ImagePolicy;
  /** Processes and threads that a container may have. @default 4096 */
  readonly pidsLimit?: number;
  /** Whether vCPUs are a ceiling too, not only the share under contention. @default false */
  readonly cpuQuota?: boolean;
  /** No job starts and output pauses below this. @default 1 GiB */
  readonly minimumFreeBytes?: number;
  /** Sockets and directories that are never mounted. @default those of Docker, Podman and containerd */
  readonly neverMounted?: readonly string[];
  /**
   * What becomes of a container that asks for rights of root, other devices than `devices`, other log drivers than awslogs or what is
   * `neverMounted`: it runs without, or it fails.
   * @default 'refuse'
   */
  readonly ungranted?: 'run' | 'refuse';
  /** Sandboxes to try, best first. @default all: bubblewrap, bubblewrap-root, unshare */
  readonly sandboxes?: readonly Exclude<SandboxKind, 'none'>[];
  /**
   * Which network the nodes of a gang get: `own`, else they are refused; `host`, with an address of 127.77.0.0/16 each; `auto`,
   * one of their own if the host lets us.
   * @default 'auto'
   */
  readonly gangNetwork?: GangNetworkChoice;
  /** Whether tasks may share IPC and processes with this host, as their definitions may ask. @default false */
  readonly hostNamespaces?: boolean;
  /** Whether to use control groups where permitted. @default true */
  readonly cgroups?: boolean;
  /** After this long without server and running jobs a runner leaves. @default 60000 */
  readonly runnerIdleMs?: Milliseconds;
  /** How long a new runner may take to answer. @default 15000 */
  readonly runnerStartMs?: Milliseconds;
  /** Arms a failpoint (`core/failpoint.ts`) in the first runner that this engine starts, for crash tests. */
  readonly failpoint?: string;
  /** @default writes nothing */
  readonly logger?: EngineLogger;
}

/** The options with their defaults. */
export interface CompiledOptions extends Omit<Required<ProcessEngineOptions>, 'failpoint' | 'jobUser' | 'images'> {
  readonly failpoint?: string;
  readonly images?: ImagePolicy;
  readonly identity: Identity;
  readonly allowRoot: boolean;
}

/** Fills in defaults and checks. Throws `RangeError` on what cannot be. */
export function compileOptions(options: ProcessEngineOptions): CompiledOptions {
  if (!/^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/.test(options.version)) throw new RangeError(`version ${options.version}`);
  const { jobUser, ...rest } = options;
  const { identity, allowRoot } = identityOf(jobUser ?? nobody);
  return {
    isolation: 'preferred',
    hostPaths: [],
    devices: [],
    gpus: [],
    rootFilesystems: {},
    allowUnmappedImages: false,
    pidsLimit: processLimits.pids,
    cpuQuota: false,
    minimumFreeBytes: processLimits.minimumFreeBytes,
    neverMounted: daemonPlaces,
    cgroups: true,
    ungranted: 'refuse',
    gangNetwork: 'auto',
    hostNamespaces: false,
    runnerIdleMs: processLimits.runnerIdleMs,
    runnerStartMs: processLimits.runnerStartMs,
    logger: { info: () => {}, warn: () => {} },
    ...rest,
    sandboxes: options.isolation === 'none' ? [] : (options.sandboxes ?? sandboxKinds),
    identity,
    allowRoot,
  };
}

/** Home directories beside /home and /root that no job should see. */
export function hiddenDirectories(): readonly string[] {
  const home = ownHome();
  return home === undefined || home === '/' || home === '/nonexistent' ? [] : [home];
}

/** As the user database has it; a container's user often is in none. */
function ownHome(): string | undefined {
  try {
    return userInfo().homedir || undefined;
  } catch {
    return undefined;
  }
}

const nobody: Identity = { uid: 65534, gid: 65534 };

function identityOf(jobUser: Identity | 'caller'): { readonly identity: Identity; readonly allowRoot: boolean } {
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  if (jobUser === 'caller') return { identity: own, allowRoot: own.uid === 0 };
  if (own.uid !== 0) return { identity: own, allowRoot: false };
  if (jobUser.uid === 0 || jobUser.gid === 0) throw new RangeError('jobs of a server that is root never run as root');
  return { identity: jobUser, allowRoot: false };
}
