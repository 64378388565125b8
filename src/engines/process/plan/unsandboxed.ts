import { cannotStartContainer } from '../errors.ts';
import { dropForGood } from '../host/host-probe.ts';
import type { SandboxPlan, SandboxRequest } from './sandbox.ts';
import { becomeJob, execWords } from './scripts.ts';

/** A plain process of the host, as the job's user: for hosts where nothing better works, and where nothing else is wanted. */
export function planUnsandboxed(request: SandboxRequest): SandboxPlan {
  refuseImpossible(request);
  const { setpriv } = request.config.host.tools;
  if (setpriv === undefined && request.identity.uid === 0)
    throw cannotStartContainer('setpriv (util-linux) is not installed');
  const { home } = request.scratch;
  return {
    // The launcher dies with the runner; what the job has started is ended by the next server, see README.md.
    launcher: [
      ...(setpriv === undefined ? [] : dropForGood(setpriv, request.identity, ['--pdeathsig', 'KILL'])),
      ...request.ulimits,
    ],
    script: `exec 4>&-\n${becomeJob(home, execWords)}`,
    words: request.container.command,
    launchAsUser: setpriv === undefined,
    environment: 'shell',
    status: 'none',
    processes: 'host',
    generation: 0,
    inherited: [],
    filtersCalls: false,
    home,
    directory: home,
    directories: [home, request.scratch.temporary],
    notes: [
      '/tmp and the files of this host are shared with all other jobs',
      ...writable(request),
      ...sharedMemory(request),
    ],
  };
}

function refuseImpossible({ container, root, mounts }: SandboxRequest): void {
  if (root.kind !== 'host')
    throw cannotStartContainer('an image of its own needs bubblewrap, which does not work here');
  if (container.readonlyRootFilesystem) throw cannotStartContainer('a read-only root file system needs a sandbox');
  if (container.temporaryFileSystems.length > 0) throw cannotStartContainer('tmpfs needs a sandbox');
  const [scratch] = container.scratchMounts ?? [];
  if (scratch) {
    throw cannotStartContainer(
      `without a sandbox a volume needs a host path, which is its mount point too: volume ${scratch.volume} has none`,
    );
  }
  const moved = mounts.find((mount) => mount.target !== mount.source);
  if (moved === undefined) return;
  throw cannotStartContainer(
    `without a sandbox a mount point must be its own source: ${moved.target} is not ${moved.source}`,
  );
}

function sharedMemory({ container }: SandboxRequest): string[] {
  if (container.sharedMemoryMiB === undefined) return [];
  return ['without a sandbox sharedMemorySize has no effect: /dev/shm is the host’s'];
}

function writable({ mounts }: SandboxRequest): string[] {
  return mounts.filter((mount) => mount.readOnly).map(({ target }) => `without a sandbox ${target} is not read-only`);
}
