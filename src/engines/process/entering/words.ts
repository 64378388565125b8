import { type HostTools, hasPidNamespace, type Identity, type SandboxKind } from '../host/host-abilities.ts';
import { dropForGood } from '../host/host-probe.ts';
import { becomeJob, execWords } from '../plan/scripts.ts';
import type { Entrance } from './entrance.ts';
import type { JobNamespaces } from './job-namespaces.ts';
import { noOrdinaryWay, ordinaryWayIn } from './ordinary-way.ts';

/** What a way into a container is made of. */
export interface Way {
  readonly tools: HostTools;
  readonly sandbox: SandboxKind;
  readonly entrance: Entrance;
  /** None without a sandbox. */
  readonly namespaces: JobNamespaces | undefined;
  readonly hasTerminal: boolean;
}

/** Why this host has no way into a sandbox; undefined if it has. */
export function noWay(tools: HostTools, sandbox: SandboxKind, isRoot: boolean): string | undefined {
  if (!hasPidNamespace(sandbox)) return undefined;
  if (!isRoot) return noOrdinaryWay(tools);
  const missing = (['setpriv', 'nsenter'] as const).filter((name) => tools[name] === undefined);
  return missing.length === 0 ? undefined : `${missing.join(' and ')} (util-linux) not installed on the server's host`;
}

/**
 * The words of a program that becomes `command` in the container. Every program before the last shell is the host's, runs
 * outside, and has an empty environment; that shell is the job's, and nothing is left to lose when it begins.
 */
export function wayIn(way: Way, command: readonly string[]): readonly string[] {
  const { entrance } = way;
  const inside = ['/bin/sh', '-c', becomeJob(entrance.directory, execWords), 'batchyard-exec', ...command];
  return [...entrance.ulimits, ...dropAndEnter(way), ...inside];
}

function dropAndEnter({ namespaces, ...way }: Way): readonly string[] {
  const {
    tools,
    entrance: { identity },
  } = way;
  if (!namespaces)
    return tools.setpriv === undefined ? [] : dropForGood(tools.setpriv, identity, ['--pdeathsig', 'KILL']);
  if (process.getuid?.() !== 0) return ordinaryWayIn({ ...way, namespaces });
  return enterAsRoot(way, namespaces);
}

function enterAsRoot(
  { tools, entrance: { identity }, hasTerminal }: Omit<Way, 'namespaces'>,
  namespaces: JobNamespaces,
) {
  const { setpriv, nsenter = 'nsenter' } = tools;
  const enter = (last: readonly string[]) => [
    ...(hasTerminal ? enterProcesses(tools, namespaces) : [nsenter, ...namespaces.pidOption()]),
    ...namespaces.otherOptions(),
    ...last,
    '--',
  ];
  if (namespaces.haveUser) return [...asJobUser(setpriv ?? 'setpriv', identity), ...enter(['--preserve-credentials'])];
  const ids = ['--setuid', String(identity.uid), '--setgid', String(identity.gid)];
  return [...asRoot(setpriv ?? 'setpriv'), ...enter(ids)];
}

/**
 * A shell with job control asks by number which session and group it is in, and whose the terminal is: they must have numbers in
 * the job's own pid namespace. So a program of the host that is in that already, and in no other, begins the session.
 */
function enterProcesses({ nsenter = 'nsenter', setsid = 'setsid' }: HostTools, namespaces: JobNamespaces) {
  const pid = namespaces.pidOption();
  return pid.length === 0 ? [nsenter] : [nsenter, ...pid, '--', setsid, '--ctty', nsenter];
}

/** What nsenter needs to find namespaces by the server's descriptors, and to enter them. */
const entering = ['sys_admin', 'sys_chroot', 'sys_ptrace', 'dac_read_search'];

/**
 * Into another user namespace: nsenter has the ids of the job from its beginning, and keeps what it needs as ambient
 * capabilities. All are gone with its last step, which is into that namespace: the kernel then gives a full set that counts in
 * there alone, and takes it back when nsenter executes a program of an ordinary user. A process of that user outside would own
 * the sandbox, so it never executes anything there.
 */
function asJobUser(setpriv: string, identity: Identity): readonly string[] {
  const kept = entering.map((name) => `+${name}`).join(',');
  const ids = ['--reuid', String(identity.uid), '--regid', String(identity.gid), '--clear-groups'];
  const sets = ['--inh-caps', '--ambient-caps', '--bounding-set'].map((set) => `${set}=-all,${kept}`);
  return [setpriv, '--no-new-privs', ...ids, ...sets, '--'];
}

/** Where there is none: nsenter is root with what it needs, and changes its ids inside. That takes all with it. */
function asRoot(setpriv: string): readonly string[] {
  const kept = [...entering, 'setuid', 'setgid'].map((name) => `+${name}`).join(',');
  const none = ['--inh-caps=-all', '--ambient-caps=-all'];
  return [setpriv, '--no-new-privs', ...none, `--bounding-set=-all,${kept}`, '--'];
}
