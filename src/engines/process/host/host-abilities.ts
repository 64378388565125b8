import type { GangNetworkAbility } from '../network/node-network.ts';
import type { CgroupPlaces } from './cgroups.ts';

/**
 * The ways to isolate a job, best first. `bubblewrap` enters a user namespace as the job's user; `bubblewrap-root` sets
 * the sandbox up as root and drops to the job's user inside, for hosts that keep user namespaces from ordinary users;
 * `unshare` does with util-linux alone.
 */
export const sandboxKinds = ['bubblewrap', 'bubblewrap-root', 'unshare'] as const;
export type SandboxKind = (typeof sandboxKinds)[number] | 'none';

/** A user and its group, by number. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** Programs by name, with full paths; absent where the host has none. */
export interface HostTools {
  readonly sh: string;
  readonly mkfifo: string;
  readonly bwrap?: string;
  readonly unshare?: string;
  readonly setpriv?: string;
  readonly prlimit?: string;
  readonly nsenter?: string;
  readonly ip?: string;
  readonly script?: string;
  readonly stty?: string;
  readonly setsid?: string;
  readonly perl?: string;
}

/** What this host lets us do, found out once by trying. Sent to runners. */
export interface HostAbilities {
  readonly tools: HostTools;
  readonly sandbox: SandboxKind;
  /** Why better sandboxes than `sandbox` do not work here, in words; each reason once. */
  readonly refusals: readonly string[];
  /** Whether bubblewrap can lay a writable layer over an image. */
  readonly overlay: boolean;
  /** Whether a launcher can do so before bubblewrap begins. */
  readonly overlayMount: boolean;
  /** Whether bubblewrap can mount what a descriptor holds, so that a path that changes meanwhile does no harm. */
  readonly bindByDescriptor: boolean;
  /** Whether bubblewrap can keep jobs from the kernel's keyrings, by a filter of their system calls. */
  readonly filtersCalls: boolean;
  /** Whether bubblewrap can enter namespaces that are there already. */
  readonly pidsByDescriptor: boolean;
  /** Where home and temporary directories of tasks go. */
  readonly scratch: string;
  readonly cgroups: CgroupPlaces;
  readonly gangNetwork: GangNetworkAbility;
  /** The file that `/etc/resolv.conf` leads to, when that is under a directory that jobs do not see. */
  readonly resolvConf?: string;
}

/** Why images cannot run here, in words; undefined if they can. */
export function whyNoImages({
  sandbox,
  tools,
  refusals,
}: Pick<HostAbilities, 'sandbox' | 'tools' | 'refusals'>): string | undefined {
  if (sandbox === 'bubblewrap') return undefined;
  if (tools.bwrap === undefined) return 'images need bubblewrap (apt install bubblewrap)';
  const why = refusals.find((refusal) => refusal.startsWith('bubblewrap'));
  return `images need bubblewrap with user namespaces, which ${why === undefined ? 'are not used here' : `do not work here (${why})`}`;
}

/** Why one sandbox does not work here. */
export interface Refusal {
  readonly sandbox: SandboxKind;
  readonly reason: string;
}

/** Each reason once, behind all that it keeps from working. One sandbox may have been tried several times. */
export function refusalWords(refused: readonly Refusal[]): readonly string[] {
  const sandboxes = new Map<string, Set<SandboxKind>>();
  for (const { sandbox, reason } of refused) sandboxes.set(reason, (sandboxes.get(reason) ?? new Set()).add(sandbox));
  return [...sandboxes].map(([reason, kinds]) => `${[...kinds].join(', ')}: ${reason}`);
}

/** Reached isolation, in words for `explain`. */
export function isolationWords(sandbox: SandboxKind, identity: Identity): string {
  const user = `uid ${identity.uid}`;
  // Nothing but what is hidden keeps a job from the files of a user who it is.
  const files =
    identity.uid === process.getuid?.()
      ? ", the server's own: files of that user outside /home, /root and /run can be read"
      : '';
  const words: Record<SandboxKind, string> = {
    bubblewrap: `bubblewrap: own user, pid, mount, ipc and uts namespaces, read-only host files, ${user}${files}`,
    'bubblewrap-root': `bubblewrap: own pid, mount, ipc and uts namespaces, read-only host files, ${user}${files}`,
    unshare: `unshare: own pid, mount, ipc and uts namespaces, ${user}${files}`,
    none: `none: jobs see the files and processes of this host, ${user}`,
  };
  return words[sandbox];
}

/** What an operator must hear at the start: of jobs that can read what belongs to the server alone. */
export function isolationWarning(sandbox: SandboxKind, identity: Identity): string | undefined {
  if (sandbox !== 'none' || identity.uid !== process.getuid?.()) return undefined;
  return (
    `jobs run without a sandbox as uid ${identity.uid}, the user of this server: they can read its files, ` +
    'the root key among them'
  );
}

/** Whether a sandbox has its own pid namespace: when its first process ends, the kernel ends all others. */
export function hasPidNamespace(sandbox: SandboxKind): boolean {
  return sandbox !== 'none';
}
