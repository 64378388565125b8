import { join } from 'node:path';
import type { ContainerSpec, LogSink } from '../../contract.ts';
import type { CgroupLimits } from '../cgroups.ts';
import { cannotStartContainer } from '../errors.ts';
import { type Identity, isolationWords, type SandboxKind } from '../host-abilities.ts';
import type { RunnerConfig } from '../runner-config.ts';
import { planBubblewrap } from './bubblewrap.ts';
import { checkCommand } from './command.ts';
import { asBubblewrapArguments, asShellExports, environmentOf } from './environment.ts';
import { resolveImage } from './images.ts';
import { checkMount } from './mounts.ts';
import type { SandboxPlan, SandboxRequest, ScratchDirectories } from './sandbox.ts';
import { ulimitPrefix } from './ulimits.ts';
import { planUnsandboxed } from './unsandboxed.ts';
import { planUnshare } from './unshare.ts';
import { resolveUser } from './users.ts';

/** All that is needed to start a container. */
export interface ContainerPlan extends SandboxPlan {
  readonly name: string;
  readonly identity: Identity;
  readonly scratch: ScratchDirectories;
  /** Bytes that follow `go` in the launcher's pipe: the environment. */
  readonly payload: string;
  readonly limits: CgroupLimits;
  readonly log: LogSink | undefined;
}

const sandboxes: Record<SandboxKind, (request: SandboxRequest) => SandboxPlan> = {
  bubblewrap: (request) => planBubblewrap(request, 'bubblewrap'),
  'bubblewrap-root': (request) => planBubblewrap(request, 'bubblewrap-root'),
  unshare: planUnshare,
  none: planUnsandboxed,
};

const environmentForms = { bubblewrap: asBubblewrapArguments, shell: asShellExports } as const;

/** Turns a container of a task into all that is needed to start it. Throws `CannotStart` with words. */
export function planContainer(container: ContainerSpec, scratchName: string, config: RunnerConfig): ContainerPlan {
  refuseImpossible(container);
  const root = resolveImage(container.image, config);
  const identity = resolveUser(container.user, root.directory, config);
  const scratch = scratchDirectories(join(config.host.scratch, scratchName));
  const mounts = container.mounts.map((mount) => checkMount(mount, identity, config));
  const ulimits = ulimitPrefix(container.ulimits, config.host.tools);
  const sandbox = sandboxes[config.host.sandbox]({ container, identity, root, mounts, scratch, ulimits, config });
  const environment = environmentOf(container, sandbox.home);
  checkCommand(container.command, environment, root.directory, mounts);
  return {
    ...sandbox,
    name: container.name,
    identity,
    scratch,
    payload: environmentForms[sandbox.environment](environment),
    limits: limitsOf(container, config),
    log: container.log,
    notes: [isolationWords(config.host.sandbox, identity), ...root.notes, ...sandbox.notes, ...unenforced(config)],
  };
}

function refuseImpossible(container: ContainerSpec): void {
  if (container.privileged) throw cannotStartContainer('the process engine has no privileged containers');
  if (container.command.length === 0) {
    throw cannotStartContainer(
      'no command: the definition leaves it to the image, whose own the process engine does not know',
    );
  }
  if (container.gpus > 0) throw cannotStartContainer('the process engine does not assign GPUs');
}

function scratchDirectories(root: string): ScratchDirectories {
  return { root, home: join(root, 'home'), temporary: join(root, 'tmp'), stage: join(root, 'stage') };
}

function limitsOf(container: ContainerSpec, config: RunnerConfig): CgroupLimits {
  return {
    memoryBytes: container.memoryMiB * 1024 ** 2,
    vcpus: container.vcpus,
    pids: config.pidsLimit,
    cpuQuota: config.cpuQuota,
  };
}

function unenforced(config: RunnerConfig): string[] {
  const missing = (['memory', 'cpu', 'pids'] as const).filter((use) => config.host.cgroups[use] === undefined);
  return missing.length === 0 ? [] : [`not limited on this host: ${missing.join(', ')}`];
}
