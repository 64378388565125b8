import { isWithin } from '../../../core/within.ts';
import { cannotStartContainer } from '../errors.ts';
import { dropCapabilities, dropForGood } from '../host/host-probe.ts';
import { processesOf } from '../sharing/shared-view.ts';
import {
  type Asked,
  askedArguments,
  askedPlaces,
  bindTry,
  callFilterWords,
  closedIn,
  emptyPlace,
  inheritedBy,
  keyringNotes,
  namespacesOf,
  noExecNotes,
  readOnly,
  viewArguments,
} from './bubblewrap-words.ts';
import { placeAround, resolveInside } from './destinations.ts';
import { hiddenPlaces } from './hidden-places.ts';
import { imageTemporaries } from './image-temporaries.ts';
import { refuseOverOwnFiles } from './own-files.ts';
import { canReach } from './paths.ts';
import { type RootView, viewRoot } from './root-view.ts';
import { homeFor, isCovered, layersOf, type SandboxPlan, type SandboxRequest } from './sandbox.ts';
import { becomeJob, execWords } from './scripts.ts';

/**
 * A sandbox by bubblewrap as the job's user: own user, pid, mount, ipc and uts namespaces, no capability, no way to gain
 * one; host or mapped files read-only, a private home and /tmp on disk, what belongs to the server and to people hidden.
 * The values of the environment come through descriptor 3, and are set in the process that becomes the job; what became
 * of the command comes through 4.
 */
export function planBubblewrap(request: SandboxRequest): SandboxPlan {
  const { tools } = request.config.host;
  const fresh = freshPlaces(request);
  const asked = askedPlaces(request, [...fresh.hidden, ...Object.values(fresh.own)]);
  const namespaces = namespacesOf(request, asked);
  const inherited = [...inheritedBy(asked), ...namespaces.inherited];
  const filter = callFilterWords(request, inherited);
  return {
    ...planned(request, fresh, inherited),
    words: [
      ...[...request.ulimits, tools.bwrap ?? 'bwrap', ...namespaces.user, '--cap-drop', 'ALL', ...namespaces.words],
      ...files(request, fresh, asked),
      ...['--chdir', fresh.home, ...filter, '--args', '3', '--json-status-fd', '4', '--'],
      ...request.container.command,
    ],
    launchAsUser: true,
    environment: 'bubblewrap',
  };
}

/**
 * The same without a user namespace, set up by root. `setpriv` of the host drops root's rights inside: before that nothing
 * of the job's is there to meet it, no variable, and no file in the place of the host's own.
 */
export function planBubblewrapAsRoot(request: SandboxRequest): SandboxPlan {
  const { tools } = request.config.host;
  if (request.root.kind !== 'host')
    throw cannotStartContainer('an image of its own needs user namespaces, which do not work here');
  const fresh = freshPlaces(request);
  const asked = askedPlaces(request, [...fresh.hidden, ...Object.values(fresh.own)]);
  for (const place of asked) refuseForRoot(place, asked);
  const final = `exec 4>&-\n${becomeJob(fresh.home, execWords)}`;
  const namespaces = namespacesOf(request, asked);
  const inherited = [...inheritedBy(asked), ...namespaces.inherited];
  const filter = callFilterWords(request, inherited);
  return {
    ...planned(request, fresh, inherited),
    words: [
      ...[...request.ulimits, tools.bwrap ?? 'bwrap', '--cap-drop', 'ALL', ...dropCapabilities, ...namespaces.words],
      ...files(request, fresh, asked),
      ...['--chdir', '/', ...filter, '--json-status-fd', '4', '--'],
      ...dropForGood(tools.setpriv ?? 'setpriv', request.identity),
      ...[tools.sh, '-c', final, 'batchyard-job', ...request.container.command],
    ],
    launchAsUser: false,
    environment: 'shell',
  };
}

function planned(request: SandboxRequest, { home }: FreshPlaces, inherited: readonly number[]) {
  const processes = processesOf(request.shared);
  return {
    launcher: [],
    script: execWords,
    status: 'bubblewrap',
    processes,
    // In a pid namespace of the job's own bubblewrap has a first process there.
    generation: processes === 'own' ? 2 : 1,
    inherited,
    filtersCalls: request.config.host.filtersCalls,
    directories: [
      ...[request.scratch.home, request.scratch.temporary],
      ...(overlay(request) ? Object.values(layersOf(request.scratch)) : []),
    ],
    home,
    directory: home,
    notes: [...readOnlyNotes(request, home), ...noExecNotes(request), ...keyringNotes(request)],
  } as const;
}

/** Directories that begin empty in the sandbox. */
interface FreshPlaces {
  readonly hidden: readonly string[];
  /** As the job sees it. */
  readonly home: string;
  /** Paths inside the root. */
  readonly own: Readonly<Record<'/proc' | '/dev' | '/tmp' | '/var/tmp' | 'home', string>>;
}

function freshPlaces({ root, config, identity, mounts, temporaries }: SandboxRequest): FreshPlaces {
  const places = root.kind !== 'host' ? [] : hiddenPlaces(config, [...mounts, ...temporaries]);
  const hidden = places.filter((place) => canReach(place, identity, config));
  const inside = (path: string) => resolveInside(root.directory, path, hidden);
  const home = homeFor([...mounts, ...temporaries].map(({ target }) => inside(target)));
  return {
    hidden,
    home,
    own: {
      '/proc': inside('/proc'),
      '/dev': inside('/dev'),
      '/tmp': inside('/tmp'),
      '/var/tmp': inside('/var/tmp'),
      home: inside(home),
    },
  };
}

/** Later ones lie over earlier ones: root, system file systems, hidden places, private places, then what was asked for. */
function files(request: SandboxRequest, { hidden, own }: FreshPlaces, asked: readonly Asked[]): string[] {
  const { root, config, container } = request;
  const covers = asked.map(({ target }) => target);
  const isInPrivate = (target: string) => Object.values(own).some((place) => isWithin(target, place));
  const targets = [...covers.filter((target) => !isInPrivate(target)), ...Object.values(own)];
  const view = overlay(request) ?? viewRoot(root.directory, targets, [own['/proc'], own['/dev'], ...hidden]);
  const closed = container.readonlyRootFilesystem ? [own.home, own['/tmp'], own['/var/tmp']] : [];
  const ours = [...view.rebuilt, ...closed, ...hidden, own['/dev']];
  return [
    ...viewArguments(view.steps),
    ...(request.shared.pid === 'host' ? ['--bind', '/proc', own['/proc']] : ['--proc', own['/proc']]),
    ...['--dev', own['/dev']],
    ...hidden.flatMap(emptyPlace),
    ...(root.kind !== 'host' || config.host.resolvConf === undefined ? [] : bindTry(config.host.resolvConf)),
    ...privatePlaces(request, own),
    ...viewArguments(imageTemporaries(request.root, own, covers)),
    ...askedArguments(asked, request, own['/dev']),
    ...[...ours.filter((place) => !isCovered(place, covers)), ...asked.flatMap(closedIn)].flatMap(readOnly),
  ];
}

/** With a new enough bubblewrap a mapped root's files can be written to, in a layer of the task's own, as in a container. */
function overlay({ root, container, config, scratch }: SandboxRequest): RootView | undefined {
  if (root.kind === 'host' || !config.host.overlay || container.readonlyRootFilesystem) return undefined;
  const { upper, work } = layersOf(scratch);
  return { steps: [{ kind: 'overlay', source: root.directory, upper, work }], rebuilt: [] };
}

function privatePlaces({ scratch }: SandboxRequest, own: FreshPlaces['own']): string[] {
  const temporary = [own['/tmp'], own['/var/tmp']].flatMap((path) => ['--bind', scratch.temporary, path]);
  return [...temporary, '--bind', scratch.home, own.home];
}

/** Root's bubblewrap makes mount points by path: in a volume a job could lead it elsewhere meanwhile. */
function refuseForRoot(place: Asked, all: readonly Asked[]): void {
  refuseOverOwnFiles(place.target, 'bubblewrap-root');
  const outer = placeAround(all, place.target);
  if (outer === undefined || !('source' in outer)) return;
  throw cannotStartContainer(
    `mount point ${place.target} lies in the volume at ${outer.target}, which needs user namespaces or unshare`,
  );
}

function readOnlyNotes(request: SandboxRequest, home: string): string[] {
  if (request.container.readonlyRootFilesystem || overlay(request)) return [];
  return [`files are read-only but for ${home}, /tmp, /var/tmp and mounts`];
}
