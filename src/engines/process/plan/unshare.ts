import { cannotStartContainer } from '../errors.ts';
import { dropPrivileges, dropTo, unshareFlags } from '../host-probe.ts';
import { shellWord } from '../shell-word.ts';
import { hiddenPlaces } from './bubblewrap.ts';
import type { CheckedMount } from './mounts.ts';
import { depthOf } from './paths.ts';
import { type SandboxPlan, type SandboxRequest, sandboxHome } from './sandbox.ts';
import { pivotInto, raiseOomScore, readExports, takeExports } from './scripts.ts';
import type { CheckedTemporary } from './temporaries.ts';

/**
 * A sandbox by util-linux alone, for hosts without bubblewrap: own pid, mount, ipc and uts namespaces, the server's and
 * people's directories hidden, /tmp and home private. The host's root becomes read-only, other file systems of the host
 * stay as writable as they are to the job's user. Mount points must exist, as nothing can be made in a read-only root.
 */
export function planUnshare(request: SandboxRequest): SandboxPlan {
  const { tools } = request.config.host;
  if (request.root.mapped) throw cannotStartContainer('an image of its own needs bubblewrap, which does not work here');
  const setpriv = tools.setpriv ?? 'setpriv';
  // In a user namespace of its own the job is that namespace's root, and stays so in name alone.
  const drop = process.getuid?.() === 0 ? dropTo(setpriv, request.identity) : [setpriv, ...dropPrivileges];
  const lifeline = [setpriv, '--pdeathsig', 'KILL', '--'];
  // The shell stays as the first process of its pid namespace: a job there would not feel SIGTERM.
  const inner = `${setUp(request)}${readExports}echo started >&4\nexec 4>&-\n${takeExports}"$@"\nexit $?`;
  return {
    script: `${raiseOomScore}exec "$@"`,
    words: [
      ...request.ulimits,
      ...[...lifeline, tools.unshare ?? 'unshare', ...unshareFlags(), tools.sh, '-c', inner, 'job'],
      ...[...drop, ...request.container.command],
    ],
    launchAsUser: false,
    environment: 'shell',
    status: 'marker',
    home: sandboxHome,
    notes: ['host files outside the root file system stay as writable as they are to the user of the job'],
  };
}

/** The script that builds a new root and enters it, as root of its namespaces. No source is hidden before it is bound. */
function setUp(request: SandboxRequest): string {
  const { scratch, container, config } = request;
  const root = scratch.stage;
  const bind = (source: string, target: string) => mountLine('--bind', source, root + target);
  const lines = [
    'set -e',
    'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    mountLine('--rbind', '/', root),
    mountLine('-o', 'remount,bind,ro', root),
    ...hiddenPlaces(config).map((path) => emptyPlace(root + path, 'mode=755')),
    makeDirectory(root + sandboxHome),
    bind(scratch.home, sandboxHome),
    ...['/tmp', '/var/tmp'].map((target) => bind(scratch.temporary, target)),
    ...askedPlaces(request),
    ...(container.readonlyRootFilesystem ? [sandboxHome, '/tmp', '/var/tmp'].map((path) => readOnly(root + path)) : []),
    pivotInto(root),
    `cd ${sandboxHome}`,
    'set +e',
  ];
  return `${lines.join('\n')}\n`;
}

/** What lies in another place comes after it. */
function askedPlaces({ mounts, temporaries, scratch: { stage } }: SandboxRequest): string[] {
  const places = [
    ...temporaries.map((place) => ({ target: place.target, lines: temporaryLines(place, stage) })),
    ...mounts.map((place) => ({ target: place.target, lines: mountLines(place, stage) })),
  ];
  return places.sort((one, other) => depthOf(one.target) - depthOf(other.target)).flatMap(({ lines }) => lines);
}

function temporaryLines(place: CheckedTemporary, root: string): string[] {
  const options = ['nosuid', 'nodev', `mode=${place.mode}`, `size=${place.sizeMiB}m`];
  if (place.noExec) options.push('noexec');
  if (place.readOnly) options.push('ro');
  return [makeDirectory(root + place.target), emptyPlace(root + place.target, options.join(','))];
}

function mountLines(mount: CheckedMount, root: string): string[] {
  const target = root + mount.target;
  return [
    mount.isDirectory ? makeDirectory(target) : `[ -e ${shellWord(target)} ]`,
    mountLine('--bind', mount.source, target),
    ...mount.hidden.map((path) => emptyPlace(root + path, 'mode=755')),
    ...(mount.readOnly ? [readOnly(target)] : []),
  ];
}

function mountLine(...words: string[]): string {
  return ['mount', ...words.map(shellWord)].join(' ');
}

function emptyPlace(path: string, options: string): string {
  return mountLine('-t', 'tmpfs', '-o', options, 'tmpfs', path);
}

function readOnly(path: string): string {
  return mountLine('-o', 'remount,bind,ro', path);
}

function makeDirectory(path: string): string {
  return `mkdir -p ${shellWord(path)}`;
}
