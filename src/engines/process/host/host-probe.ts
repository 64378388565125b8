import { execFile } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../../../core/quote-posix.ts';
import { errorWords } from '../errors.ts';
import { shortName } from '../layout.ts';
import { probeGangNetwork } from '../network/network-probe.ts';
import type { GangNetworkChoice } from '../network/node-network.ts';
import { ownPath, pivotInto } from '../plan/scripts.ts';
import { probeCallFilter } from './call-filter-file.ts';
import { probeCgroups } from './cgroup-probe.ts';
import {
  type HostAbilities,
  type HostTools,
  type Identity,
  type Refusal,
  refusalWords,
  type SandboxKind,
} from './host-abilities.ts';
import { probeOverlays } from './overlay-probe.ts';
import { makeProbeDirectory, removeProbe, runTrial, toolDirectories, trialTimeoutMs } from './trial.ts';

/** What the probe needs to know. */
export interface ProbeRequest {
  readonly identity: Identity;
  /** Sandboxes to try, best first. */
  readonly sandboxes: readonly Exclude<SandboxKind, 'none'>[];
  /** Where scratch directories should go, and where they go if the job's user cannot reach that. */
  readonly scratch: readonly string[];
  readonly cgroupName: string;
  /** Which network nodes of gangs should get. */
  readonly gangNetwork: GangNetworkChoice;
}

/** Finds out, by doing it, what this host lets us do. */
export async function probeHost(request: ProbeRequest): Promise<HostAbilities> {
  const tools = findTools();
  const cgroups = probeCgroups(request.cgroupName);
  const reaching = reachSandbox(request, tools);
  const sandbox = request.sandboxes.length === 0 ? 'none' : reaching.then((reached) => reached.sandbox);
  const networks = probeGangNetwork(request.gangNetwork, sandbox, tools);
  const [reached, gangNetwork] = await Promise.all([reaching, networks]);
  const resolvConf = hiddenResolvConf();
  const help = tools.bwrap === undefined ? '' : await output(tools.bwrap, ['--help']);
  return {
    tools,
    ...reached,
    cgroups: await cgroups,
    ...(reached.sandbox === 'bubblewrap'
      ? await probeOverlays(tools, help, reached.scratch, request.identity)
      : { overlay: false, overlayMount: false }),
    bindByDescriptor: help.includes('--ro-bind-fd'),
    filtersCalls: reached.sandbox.startsWith('bubblewrap') && (await probeCallFilter(tools, reached.scratch)),
    pidsByDescriptor: help.includes('--pidns') && help.includes('--userns2'),
    gangNetwork,
    ...(resolvConf === undefined ? {} : { resolvConf }),
  };
}

/**
 * The scratch directory to fall back to: on disk like /var/tmp, and open to be passed through. It is the installation's,
 * whatever its data directory is called: another one may have taken the name.
 */
export function sharedScratch(installationId: string): string {
  return `/var/tmp/batchyard-${shortName(installationId)}`;
}

type Reached = Pick<HostAbilities, 'sandbox' | 'refusals' | 'scratch'>;

async function reachSandbox(request: ProbeRequest, tools: HostTools): Promise<Reached> {
  const refused: Refusal[] = [];
  for (const sandbox of request.sandboxes) {
    for (const scratch of request.scratch) {
      const reason = await trySandbox(sandbox, scratch, request.identity, tools);
      if (reason === undefined) return { sandbox, refusals: refusalWords(refused), scratch };
      refused.push({ sandbox, reason });
    }
  }
  return { sandbox: 'none', refusals: refusalWords(refused), scratch: await reachableScratch(request, tools) };
}

async function trySandbox(
  sandbox: Exclude<SandboxKind, 'none'>,
  scratch: string,
  identity: Identity,
  tools: HostTools,
): Promise<string | undefined> {
  const probe = makeProbeDirectory(scratch, identity);
  try {
    await trials[sandbox](probe, identity, tools);
    return undefined;
  } catch (error) {
    return errorWords(error).trim().split('\n').at(-1) ?? 'failed';
  } finally {
    removeProbe(probe);
  }
}

type Trial = (directory: string, identity: Identity, tools: HostTools) => Promise<unknown>;

const namespaces = ['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--die-with-parent'];
const rootView = ['--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev'];

const trials: Record<Exclude<SandboxKind, 'none'>, Trial> = {
  bubblewrap: (directory, identity, tools) =>
    runTrial(
      required(tools.bwrap, 'bwrap'),
      [
        '--unshare-user',
        ...namespaces,
        '--cap-drop',
        'ALL',
        ...rootView,
        '--bind',
        directory,
        '/tmp',
        tools.sh,
        '-c',
        ':',
      ],
      identity,
    ),
  'bubblewrap-root': (directory, identity, tools) => {
    if (process.getuid?.() !== 0) throw new Error('only root can');
    const drop = dropForGood(required(tools.setpriv, 'setpriv'), identity);
    return runTrial(required(tools.bwrap, 'bwrap'), [
      ...[...namespaces, '--cap-drop', 'ALL', ...dropCapabilities, ...rootView],
      ...['--bind', directory, '/tmp', ...drop, tools.sh, '-c', ':'],
    ]);
  },
  unshare: (directory, _identity, tools) => {
    const flags = unshareFlags();
    const proc = `mount -t proc proc ${shellWord(`${directory}/proc`)}`;
    const script = `set -e\n${ownPath}\nmount --rbind / ${shellWord(directory)}\n${proc}\n${pivotInto(directory)}`;
    required(tools.setpriv, 'setpriv');
    return runTrial(required(tools.unshare, 'unshare'), [...flags, tools.sh, '-c', script]);
  },
};

/** The namespaces that util-linux makes; an ordinary user needs one for users, too, and is root in it until it drops. */
export function unshareFlags(): string[] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return [...user, '--pid', '--mount', '--ipc', '--uts', '--fork', '--kill-child'];
}

/** What `dropForGood` needs inside a sandbox that root sets up; the way into the home of somebody else, too. */
export const dropCapabilities = ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP', 'CAP_DAC_READ_SEARCH'].flatMap((name) => [
  '--cap-add',
  name,
]);

/**
 * The command line that becomes `identity` for good, by the rights of root or of an ordinary user: no capability, and no
 * way to get one, even for root. `also` are further options of `setpriv`.
 */
export function dropForGood(setpriv: string, identity: Identity, also: readonly string[] = []): string[] {
  const isRoot = process.getuid?.() === 0;
  const ids = ['--reuid', String(identity.uid), '--regid', String(identity.gid), '--clear-groups'];
  const drop = ['--no-new-privs', '--inh-caps=-all', '--ambient-caps=-all'];
  return [setpriv, ...also, ...(isRoot ? [...ids, ...drop, dropBoundingSet] : drop), '--'];
}

/** The same for the root of a user namespace, which its job stays in name. */
export function dropInNamespace(setpriv: string, also: readonly string[] = []): string[] {
  return [setpriv, ...also, '--no-new-privs', '--inh-caps=-all', '--ambient-caps=-all', dropBoundingSet, '--'];
}

/** Only those who have CAP_SETPCAP may. */
const dropBoundingSet = '--bounding-set=-all';

async function reachableScratch(request: ProbeRequest, tools: HostTools): Promise<string> {
  for (const scratch of request.scratch) {
    const probe = makeProbeDirectory(scratch, request.identity);
    try {
      await runTrial(tools.sh, ['-c', `cd ${shellWord(probe)} && : >file`], request.identity);
      return scratch;
    } catch {
      // The job's user cannot pass through one of its parents.
    } finally {
      removeProbe(probe);
    }
  }
  throw new Error(`uid ${request.identity.uid} can reach none of ${request.scratch.join(', ')}`);
}

/** Where this host has the programs that jobs are run with. */
export function findTools(): HostTools {
  const found = (name: string) => toolDirectories.map((directory) => join(directory, name)).find(isExecutable);
  const optional = ['bwrap', 'unshare', 'setpriv', 'prlimit', 'nsenter', 'ip', 'script', 'stty', 'setsid', 'perl'].map(
    (name) => [name, found(name)],
  );
  return {
    sh: found('sh') ?? '/bin/sh',
    mkfifo: found('mkfifo') ?? 'mkfifo',
    ...Object.fromEntries(optional.filter(([, path]) => path !== undefined)),
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function hiddenResolvConf(): string | undefined {
  try {
    const path = realpathSync('/etc/resolv.conf');
    return path.startsWith('/run/') ? path : undefined;
  } catch {
    return undefined;
  }
}

function required(path: string | undefined, name: string): string {
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}

function output(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(file, [...args], { env: {}, timeout: trialTimeoutMs }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
