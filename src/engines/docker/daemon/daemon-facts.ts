import { statSync } from 'node:fs';
import { z } from 'zod';
import { bootId } from '../../../core/boot-id.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { Daemon } from './daemon.ts';
import { isRefusal } from './daemon-errors.ts';

/** What a daemon is, and what it can do. */
export interface DaemonFacts {
  readonly product: 'docker' | 'podman';
  readonly version: string;
  /** Containers live on while it is started anew. */
  readonly keepsContainers: boolean;
  readonly rootless: boolean;
  /** Why 127.0.0.1 of a container in the host's network is not this machine's, in words; absent where it is. */
  readonly elsewhere?: string;
  readonly limits: { readonly memory: boolean; readonly cpu: boolean; readonly pids: boolean; readonly swap: boolean };
  /** How willingly a container is swapped out can be said: by control groups of version 1 alone. */
  readonly swappiness: boolean;
}

const versionAnswer = z.object({
  Version: z.string().nullish(),
  Components: z.array(z.object({ Name: z.string(), Version: z.string().nullish() })).nullish(),
});

const infoAnswer = z.object({
  LiveRestoreEnabled: z.boolean().nullish(),
  CgroupVersion: z.string().nullish(),
  OperatingSystem: z.string().nullish(),
  SecurityOptions: z.array(z.string()).nullish(),
  MemoryLimit: z.boolean().nullish(),
  CPUShares: z.boolean().nullish(),
  PidsLimit: z.boolean().nullish(),
  SwapLimit: z.boolean().nullish(),
});

/** Asks a daemon what it is. */
export async function askFacts(daemon: Daemon): Promise<DaemonFacts> {
  const [version, info] = await Promise.all([
    daemon.json({ method: 'GET', path: '/version' }).then((answer) => versionAnswer.parse(answer)),
    daemon.json({ method: 'GET', path: '/info' }).then((answer) => infoAnswer.parse(answer)),
  ]);
  const podman = version.Components?.find(({ Name }) => /podman/i.test(Name));
  const rootless = (info.SecurityOptions ?? []).some((option) => /rootless/.test(option));
  const elsewhere = elsewhereOf(info.OperatingSystem ?? '', rootless && podman === undefined);
  return {
    product: podman ? 'podman' : 'docker',
    version: podman?.Version ?? version.Version ?? 'unknown',
    keepsContainers: podman !== undefined || (info.LiveRestoreEnabled ?? false),
    rootless,
    ...(elsewhere === undefined ? {} : { elsewhere }),
    limits: {
      memory: info.MemoryLimit ?? false,
      cpu: info.CPUShares ?? false,
      pids: info.PidsLimit ?? false,
      swap: info.SwapLimit ?? false,
    },
    swappiness: info.CgroupVersion === '1',
  };
}

/** A rootless Docker is itself in a network of its own; a rootless Podman is not. */
function elsewhereOf(system: string, hasOwnNetwork: boolean): string | undefined {
  if (process.platform !== 'linux' || /Docker Desktop/.test(system))
    return 'containers are in a virtual machine, whose 127.0.0.1 is another';
  return hasOwnNetwork ? 'a rootless Docker has a network of its own, whose 127.0.0.1 is another' : undefined;
}

/**
 * Names the time for which containers of a daemon live at most: until the machine starts anew, and, of a daemon that takes its
 * containers along, until that does. Docker makes its default bridge anew with each of its starts; where it has none, it makes
 * its socket anew.
 */
export async function lifetimeOf(daemon: Daemon, { keepsContainers }: DaemonFacts): Promise<string> {
  const boot = bootId();
  if (keepsContainers) return boot;
  return `${boot} ${(await bridgeTime(daemon)) ?? socketTime(daemon.socket)}`;
}

/** On a connection of its own: a Docker that goes answers on those that it has while it takes its containers along, and takes no more. */
async function bridgeTime(daemon: Daemon): Promise<string | undefined> {
  try {
    const answer = await daemon.json({ method: 'GET', path: '/networks/bridge', alone: true });
    return z.object({ Created: z.string() }).parse(answer).Created;
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}

/** Names the daemon that listens now: another start of it, or of the machine, is another. As long as its socket is its own. */
export function daemonStart(socket: string): string {
  return `${bootId()} ${socketTime(socket)}`;
}

function socketTime(socket: string): string {
  return String(daemonStartedAt(socket) ?? '');
}

/** When the daemon that listens began to, as long as its socket is its own. */
export function daemonStartedAt(socket: string): EpochMilliseconds | undefined {
  return statSync(socket, { throwIfNoEntry: false })?.birthtimeMs;
}
