import { dirname, join } from 'node:path';
import { shellWord } from '../../../core/quote-posix.ts';
import { cannotStartContainer } from '../errors.ts';
import { dropForGood, dropInNamespace } from '../host/host-probe.ts';
import { processLimits } from '../limits.ts';
import { processesOf } from '../sharing/shared-view.ts';
import { placeAround, resolvePlaces } from './destinations.ts';
import { hiddenPlaces } from './hidden-places.ts';
import { bindLine, fileSystemLine } from './mount-table.ts';
import { type CheckedMount, hiddenIn } from './mounts.ts';
import { refuseOverOwnFiles } from './own-files.ts';
import { type RootStep, viewHost } from './root-view.ts';
import { homeFor, isCovered, type SandboxPlan, type SandboxRequest } from './sandbox.ts';
import { becomeJob, execWords, ownPath, pivotInto } from './scripts.ts';
import type { CheckedTemporary } from './temporaries.ts';
import { unshareWords } from './unshare-words.ts';

/**
 * A sandbox by util-linux alone, for hosts without bubblewrap: own pid, mount, ipc and uts namespaces, /tmp and home
 * private. Its root is built of the host's files, read-only, without those of the server and of people, which are not
 * covered but never there. Other file systems of the host stay as writable as they are to the job's user.
 */
export function planUnshare(request: SandboxRequest): SandboxPlan {
  const { tools } = request.config.host;
  if (request.root.kind !== 'host')
    throw cannotStartContainer('an image of its own needs bubblewrap, which does not work here');
  const setpriv = tools.setpriv ?? 'setpriv';
  const processes = processesOf(request.shared);
  // One that no namespace ends must feel the end of what started it.
  const also = processes === 'own' ? [] : ['--pdeathsig', 'KILL'];
  // In a user namespace of its own the job is that namespace's root, and stays so in name alone.
  const drop = process.getuid?.() === 0 ? dropForGood(setpriv, request.identity, also) : dropInNamespace(setpriv, also);
  const { scratch } = request;
  const { script, table, home } = setUp(request);
  const namespaces = unshareWords(request);
  // The shell stays as the first process of a pid namespace: a job there would not feel SIGTERM.
  const become = processes === 'own' ? `( ${execWords} )\nexit $?` : execWords;
  const final = becomeJob(home, `echo started >&4\nexec 4>&-\n${become}`);
  return {
    launcher: [],
    script: execWords,
    words: [
      ...[...request.ulimits, setpriv, '--pdeathsig', 'KILL', '--', ...namespaces.words],
      ...[tools.sh, '-c', [...namespaces.letGo, script, execWords].join('\n'), 'batchyard-sandbox'],
      ...[...drop, tools.sh, '-c', final, 'batchyard-job', ...request.container.command],
    ],
    launchAsUser: false,
    environment: 'shell',
    status: 'marker',
    processes,
    generation: processes === 'own' ? 2 : processes === 'task' ? 1 : 0,
    inherited: namespaces.inherited,
    filtersCalls: false,
    mountTable: table,
    home,
    directory: home,
    directories: [scratch.home, scratch.temporary, scratch.stage],
    notes: ['host files outside the root file system stay as writable as they are to the user of the job'],
  };
}

/**
 * The script that builds a new root and enters it, as root of its namespaces, and the table of what it mounts at once.
 * All programs that it runs are the host's own: nothing of the job's lies over them, see `refuseOverOwnFiles`.
 */
function setUp(request: SandboxRequest): { readonly script: string; readonly table: string; readonly home: string } {
  const { scratch, container, config, mounts, temporaries } = request;
  const { stage } = scratch;
  const asked = [...temporaries, ...mounts];
  const absent = [...hiddenPlaces(config, asked), '/tmp', '/var/tmp'];
  const places = resolvePlaces<CheckedMount | CheckedTemporary>('/', asked, [...absent, '/proc', '/dev']);
  for (const { target } of places) refuseOverOwnFiles(target, 'unshare');
  const built = places.map((place, index) => buildPlace(place, places, `${scratch.root}/hold/${index}`, stage));
  const targets = places.map(({ target }) => target);
  const home = homeFor(targets);
  const view = viewHost([...targets, home, '/proc', '/dev'], absent);
  const closed = container.readonlyRootFilesystem ? [home, '/tmp', '/var/tmp'] : [];
  return {
    home,
    table: [
      ...view.steps.flatMap((step) => (step.kind === 'bind' ? bindLine(step.source, stage + step.target, true) : [])),
      request.shared.pid === 'host'
        ? bindLine('/proc', `${stage}/proc`, false)
        : fileSystemLine('proc', `${stage}/proc`, 'nosuid,nodev,noexec'),
      bindLine('/dev', `${stage}/dev`, false),
      bindLine(scratch.home, stage + home, false),
      ...['/tmp', '/var/tmp'].map((target) => bindLine(scratch.temporary, stage + target, false)),
      ...built.flatMap(({ lines }) => lines),
    ].join(''),
    script: [
      ...['set -e', ownPath, 'umask 022', enter],
      mount('-t', 'tmpfs', '-o', `nosuid,nodev,mode=755,size=${processLimits.emptyPlaceBytes}`, 'tmpfs', stage),
      ...makeTree(view.steps, [...absent, home], stage),
      mount('-a', '-T', scratch.table),
      ...built.flatMap(({ commands }) => commands),
      ...verify(built.flatMap(({ volume }) => volume ?? [])),
      ...[...closed.filter((place) => !isCovered(place, targets)), '/'].map((path) =>
        mount('-o', 'remount,bind,ro', join(stage, path)),
      ),
      pivotInto(stage),
      'set +e',
    ].join('\n'),
  };
}

/** Makes what the root's mounts need, and its symbolic links. */
function makeTree(steps: readonly RootStep[], empty: readonly string[], stage: string): string[] {
  const directories = steps.flatMap((step) => (step.kind === 'directory' ? step.target : []));
  const files = steps.flatMap((step) => (step.kind === 'bind' && !step.isDirectory ? step.target : []));
  const links = steps.flatMap((step) => (step.kind === 'link' ? step.target : []));
  const byDirectory = Map.groupBy(links, (link) => dirname(link));
  return [
    `mkdir -p ${[...directories, ...empty].map((path) => shellWord(join(stage, path))).join(' ')}`,
    ...files.map((path) => `: >${shellWord(stage + path)}`),
    ...[...byDirectory].map(
      ([above, paths]) => `cp -P ${paths.map(shellWord).join(' ')} ${shellWord(join(stage, above))}`,
    ),
  ];
}

/** How one place that was asked for comes about: lines of the table, then commands. */
interface BuiltPlace {
  readonly lines: readonly string[];
  readonly commands: readonly string[];
  /** Where what was mounted can be seen to be what was checked. */
  readonly volume?: { readonly at: string; readonly inode: string };
}

function buildPlace(
  place: CheckedMount | CheckedTemporary,
  all: readonly (CheckedMount | CheckedTemporary)[],
  hold: string,
  stage: string,
): BuiltPlace {
  const outer = outermostVolume(place.target, all);
  const isFile = 'source' in place && !place.isDirectory;
  if (outer && isFile) throw cannotStartContainer(`a file inside of a volume, ${place.target}, needs bubblewrap`);
  const at = outer ? hold : stage + place.target;
  const inner = outer ? enterAndBind(stage + outer.target, place.target.slice(outer.target.length), hold) : [];
  const fixed = 'source' in place ? (place.fixed ?? []).flatMap((path) => fix(stage + place.target, path)) : [];
  const hidden =
    'source' in place ? hiddenIn(place).map((path, index) => hide(place.target, path, `${hold}-${index}`, stage)) : [];
  const made = isFile ? mountFile(place, at) : { lines: [placeLine(place, at)], commands: [] };
  return {
    lines: [...made.lines, ...hidden.flatMap(({ lines }) => lines)],
    commands: [...made.commands, ...inner, ...fixed, ...hidden.flatMap(({ commands }) => commands)],
    ...('source' in place && place.opened ? { volume: { at, inode: place.opened.inode } } : {}),
  };
}

/** Jobs may change what is inside of a volume, so the way there is walked name by name. */
function outermostVolume(target: string, all: readonly (CheckedMount | CheckedTemporary)[]): CheckedMount | undefined {
  const around = placeAround(all, target);
  if (around === undefined) return undefined;
  return outermostVolume(around.target, all) ?? ('source' in around ? around : undefined);
}

function placeLine(place: CheckedMount | CheckedTemporary, at: string): string {
  if ('source' in place) return bindLine(place.source, at, place.readOnly);
  const options = ['nosuid', 'nodev', `mode=${place.mode}`, `size=${place.sizeMiB}m`];
  if (place.noExec) options.push('noexec');
  if (place.readOnly) options.push('ro');
  return fileSystemLine('tmpfs', at, options.join(','));
}

function mountFile(place: CheckedMount, at: string): BuiltPlace {
  const point = shellWord(at);
  const commands = [
    `[ -e ${point} ] || { mkdir -p ${shellWord(dirname(at))}; : >${point}; }`,
    mount('--bind', place.source, at),
    ...(place.readOnly ? [mount('-o', 'remount,bind,ro', at)] : []),
  ];
  return { lines: [], commands };
}

/** A directory on the way to what is hidden: as a mount point, of itself, it keeps its name. */
function fix(volume: string, path: string): string[] {
  const words = [volume, ...path.split('/')].map(shellWord).join(' ');
  return [`enter ${words}`, mount('--rbind', '.', '.'), 'cd /'];
}

/** The data directory inside of a volume. */
function hide(volume: string, path: string, hold: string, stage: string): BuiltPlace {
  const options = `nosuid,nodev,mode=755,ro,size=${processLimits.emptyPlaceBytes}`;
  return {
    lines: [fileSystemLine('tmpfs', hold, options)],
    commands: enterAndBind(stage + volume, path.slice(volume.length), hold),
  };
}

function enterAndBind(outer: string, way: string, hold: string): string[] {
  const words = [outer, ...way.split('/').filter(Boolean)].map(shellWord).join(' ');
  return [`enter ${words}`, mount('--rbind', hold, '.'), 'cd /'];
}

/** Goes into a directory of a volume, through no link: a directory that one is in does not change under one's feet. */
const enter = `enter() {
  cd "$1"
  here=$(pwd -P)
  shift
  for name; do
    [ -d "./$name" ] || mkdir "./$name"
    cd -P "./$name"
    here=$here/$name
    [ "$(pwd -P)" = "$here" ] || { echo "a mount point leads through $name, a symbolic link of the volume around it"; exit 125; }
  done
}`;

/** A source is mounted by its path, which may lead elsewhere by then: what was mounted must be what was checked. */
function verify(volumes: readonly { readonly at: string; readonly inode: string }[]): string[] {
  if (volumes.length === 0) return [];
  const seen = `stat -c %d:%i ${volumes.map(({ at }) => shellWord(at)).join(' ')}`;
  const expected = volumes.map(({ inode }) => inode).join('\n');
  return [
    `[ "$(${seen})" = ${shellWord(expected)} ] || { echo 'a host path changed while it was mounted'; exit 125; }`,
  ];
}

/** Nothing is looked up in a table but ours, and no path is followed to another one. */
function mount(...words: string[]): string {
  return ['mount', '-n', '-c', ...words.map(shellWord)].join(' ');
}
