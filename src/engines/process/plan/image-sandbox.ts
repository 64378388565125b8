import { posix } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import { cannotStartContainer } from '../errors.ts';
import { whyNoImages } from '../host/host-abilities.ts';
import { processesOf } from '../sharing/shared-view.ts';
import {
  type Asked,
  askedArguments,
  askedPlaces,
  bindTry,
  callFilterWords,
  closedIn,
  inheritedBy,
  keyringNotes,
  makeDirectory,
  namespacesOf,
  noExecNotes,
  readOnly,
  viewArguments,
} from './bubblewrap-words.ts';
import { placeAround, resolveInside } from './destinations.ts';
import { type ImageLayer, layerOf } from './image-layer.ts';
import { imageEntries, imageTemporaries } from './image-temporaries.ts';
import { type RootStep, viewRoot } from './root-view.ts';
import { isCovered, type SandboxPlan, type SandboxRequest } from './sandbox.ts';
import { findInsideUser, type InsideUser } from './users.ts';

/**
 * A sandbox whose root is an image, by bubblewrap: its user is a uid of a user namespace, and outside the one user of all
 * jobs. No program of the image runs before bubblewrap becomes its entry point, with no capability; no path of the image is
 * followed but by a walk of ours inside it.
 */
export function planImage(request: SandboxRequest): SandboxPlan {
  const { container, root, config, ulimits, identity } = request;
  const refusal = whyNoImages(config.host);
  if (refusal !== undefined) throw cannotStartContainer(refusal);
  const user = findInsideUser(container.user ?? root.config.user, root.directory);
  const layer = layerOf(request);
  refuseUnshared(request, layer);
  const places = placesOf(request, layer, user);
  const asked = askedPlaces(request, Object.values(places));
  const namespaces = namespacesOf(request, asked, user);
  const inherited = [...inheritedBy(asked), ...namespaces.inherited];
  const processes = processesOf(request.shared);
  const ids = processes === 'task' ? namespaces.user : ['--unshare-user', ...idsInside(user)];
  const directory = posix.resolve('/', root.config.workingDirectory ?? '');
  const { launcher, script, launchAsUser, directories } = layer;
  return {
    ...{ launcher, script, launchAsUser, directories },
    words: [
      ...[...layer.drop, ...ulimits, config.host.tools.bwrap ?? 'bwrap'],
      ...[...ids, '--cap-drop', 'ALL', ...namespaces.words],
      ...files({ request, layer, places, asked, directory }),
      ...['--chdir', directory, ...callFilterWords(request, inherited), '--args', '3', '--json-status-fd', '4', '--'],
      ...container.command,
    ],
    environment: 'bubblewrap',
    status: 'bubblewrap',
    processes,
    generation: processes === 'own' ? 2 : 1,
    inherited,
    filtersCalls: config.host.filtersCalls,
    home: user.home,
    directory,
    isolation:
      `bubblewrap: own user, ${processes === 'own' ? 'pid, ' : ''}mount, ipc and uts namespaces, files of the image, ` +
      `uid ${user.uid} inside and ${identity.uid} outside`,
    notes: [...noExecNotes(request), ...keyringNotes(request), ...layerNotes(request, places), ...groupNotes(user)],
  };
}

/**
 * A launcher that mounts the files of an image as an ordinary user is in a user namespace of its own by then, from which nobody comes
 * into that of the task's processes.
 */
function refuseUnshared({ shared }: SandboxRequest, { launcher }: ImageLayer): void {
  if (typeof shared.pid === 'string' || launcher.length === 0 || process.getuid?.() === 0) return;
  throw cannotStartContainer(
    'containers that run in an image share no processes here (pidMode): that needs a server that is root, or bubblewrap 0.11',
  );
}

/**
 * Root of the image would own the sandbox's mounts, as who sets them up is root of the same namespace: a command that enters has
 * its capabilities. Bubblewrap makes a second namespace for everybody else, and for root where no more may be made, as in Docker.
 */
function idsInside({ uid, gid }: InsideUser): string[] {
  const isRoot = uid === 0 && gid === 0;
  return ['--uid', String(uid), '--gid', String(gid), ...(isRoot ? ['--disable-userns'] : [])];
}

/** What the sandbox brings, by where the image's programs look for it; the paths inside the root have no link in them. */
interface Places {
  readonly '/proc': string;
  readonly '/dev': string;
  readonly '/sys': string;
  /** Where a read-only image can be written to. */
  readonly '/tmp'?: string;
  readonly '/var/tmp'?: string;
  /** Absent too where it is the root directory. */
  readonly home?: string;
}

function placesOf({ root, container }: SandboxRequest, { writable }: ImageLayer, { home }: InsideUser): Places {
  const inside = (path: string) => resolveInside(root.directory, path);
  const always = { '/proc': inside('/proc'), '/dev': inside('/dev'), '/sys': inside('/sys') };
  if (writable || container.readonlyRootFilesystem) return always;
  const ofHome = inside(home) === '/' ? {} : { home: inside(home) };
  return { ...always, '/tmp': inside('/tmp'), '/var/tmp': inside('/var/tmp'), ...ofHome };
}

interface FilesRequest {
  readonly request: SandboxRequest;
  readonly layer: ImageLayer;
  readonly places: Places;
  readonly asked: readonly Asked[];
  /** Where the command begins. */
  readonly directory: string;
}

/** Later ones lie over earlier ones: root, system file systems, private places, files of the host, then what was asked for. */
function files(parts: FilesRequest): string[] {
  const { request, places, asked } = parts;
  const covers = asked.map(({ target }) => target);
  const [root, rebuilt] = rootArguments(parts);
  const { readonlyRootFilesystem } = request.container;
  const closed = [...rebuilt, places['/dev'], ...(readonlyRootFilesystem ? ['/'] : [])];
  return [
    ...root,
    ...(request.shared.pid === 'host' ? ['--bind', '/proc', places['/proc']] : ['--proc', places['/proc']]),
    ...['--dev', places['/dev']],
    ...bindTry('/sys', places['/sys']),
    ...privatePlaces(parts),
    ...hostFiles(request, covers),
    ...askedArguments(asked, request, places['/dev']),
    ...beginning(parts),
    ...[...closed.filter((place) => !isCovered(place, covers)), ...asked.flatMap(closedIn)].flatMap(readOnly),
  ];
}

/** Words that make the root directory, and the directories that were made anew for the sake of mount points. */
function rootArguments(parts: FilesRequest): [readonly string[], readonly string[]] {
  const { request, layer, places, asked } = parts;
  if (layer.writable) return [layer.writable, []];
  const { directory } = request.root;
  const own = Object.values(places);
  const isInOwn = (target: string) => own.some((place) => isWithin(target, place));
  const targets = [...asked.map(({ target }) => target), ...hostFileNames.map((name) => inRoot(request, name))];
  const wanted = [...targets, inRoot(request, parts.directory)].filter((target) => !isInOwn(target));
  const view = viewRoot(directory, [...wanted, ...own], [places['/proc'], places['/dev']]);
  return [viewArguments(seenFrom(layer, directory, view.steps)), view.rebuilt];
}

/** The same steps where the files of the image are seen at another place by then. */
function seenFrom({ seenAt }: ImageLayer, directory: string, steps: readonly RootStep[]): RootStep[] {
  return steps.map((step) => {
    return 'source' in step ? { ...step, source: seenAt + step.source.slice(directory.length) } : step;
  });
}

/** Of an image that is read-only: /tmp and the home of its user, with what it brings there. */
function privatePlaces({ request, layer, places, asked }: FilesRequest): string[] {
  const { '/tmp': first, '/var/tmp': second, home } = places;
  if (first === undefined || second === undefined) return [];
  const { root, scratch } = request;
  const covers = asked.map(({ target }) => target);
  const ofTemporaries = imageTemporaries(root, { '/tmp': first, '/var/tmp': second }, covers);
  const ofHome = home === undefined ? [] : imageEntries(root, home, covers);
  return [
    ...[first, second].flatMap((place) => ['--bind', scratch.temporary, place]),
    ...(home === undefined ? [] : ['--bind', scratch.home, home]),
    ...viewArguments(seenFrom(layer, root.directory, [...ofTemporaries, ...ofHome])),
  ];
}

/** What a program on the host's network needs to know of that. */
const hostFileNames = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf'];

function hostFiles(request: SandboxRequest, covers: readonly string[]): string[] {
  const shown = hostFileNames.map((name) => ({ name, target: inRoot(request, name) }));
  return shown.filter(({ target }) => !isCovered(target, covers)).flatMap(({ name, target }) => bindTry(name, target));
}

function inRoot({ root }: SandboxRequest, path: string): string {
  return resolveInside(root.directory, path);
}

/**
 * Makes the directory where the command begins, as Docker does; not in a volume, where other jobs could lead the way elsewhere
 * meanwhile: one that is missing there fails the start.
 */
function beginning({ request, places, asked, directory }: FilesRequest): string[] {
  const covered = [...Object.values(places), ...asked.map(({ target }) => target)];
  const path = resolveInside(request.root.directory, directory, covered);
  const outer = asked.find(({ target }) => target === path) ?? placeAround(asked, path);
  const isOfSandbox = [places['/proc'], places['/sys']].some((place) => isWithin(path, place));
  return path === '/' || isOfSandbox || (outer && 'source' in outer) ? [] : makeDirectory(path);
}

function layerNotes({ container }: SandboxRequest, { '/tmp': temporary, home }: Places): string[] {
  if (temporary === undefined || container.readonlyRootFilesystem) return [];
  return [
    `the image's files are read-only but for /tmp, ${home === undefined ? '' : `${home} `}and mounts: this host has no overlays`,
  ];
}

/** Of groups: they are kept with each attempt, and an image may have any number of any length. */
const mostShown = 10;
const longestShown = 32;

function groupNotes({ otherGroups }: InsideUser): string[] {
  if (otherGroups.length === 0) return [];
  const shown = otherGroups.slice(0, mostShown).map((group) => group.slice(0, longestShown));
  const more = otherGroups.length > mostShown ? ` and ${otherGroups.length - mostShown} more` : '';
  return [`supplementary groups of the image's user are not given: ${shown.join(', ')}${more}`];
}
