import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { RandomSource } from '../core/random.ts';
import {
  answeringSocket,
  type Engine,
  type EngineKind,
  type EngineSession,
  MockWorld,
  openDockerEngine,
  openMockEngine,
  openProcessEngine,
} from '../engines/index.ts';
import { readRegistries } from './check-files.ts';
import type { CompiledOptions } from './compiled-options.ts';
import type { Host } from './host.ts';
import { openImages } from './image-store.ts';
import { OptionsError } from './options.ts';
import type { builtEngines } from './options-table.ts';

export interface EnginesOptions {
  readonly options: CompiledOptions;
  readonly dataDirectory: string;
  /** Where log streams are. */
  readonly logRoot: string;
  readonly session: EngineSession;
  readonly version: string;
  readonly host: Host;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly mockWorld?: MockWorld;
}

/**
 * What jobs run on when nobody says. Who has a daemon expects that a job runs in its image; processes need nothing that a bare
 * machine lacks.
 */
async function findEngine({ engine, docker }: CompiledOptions, clock: Clock): Promise<EngineKind> {
  const { enabled } = engine;
  if (enabled && !enabled.includes('docker')) return 'process';
  return (await answeringSocket(docker.sockets, clock)) === undefined ? 'process' : 'docker';
}

/**
 * The engine of new compute environments: the one asked for now, else the one recorded at the first start, else Docker where a
 * daemon answers, else processes. Rejects with `OptionsError` when `engines.enabled` leaves it out.
 */
export async function chooseDefaultEngine(
  options: CompiledOptions,
  recorded: EngineKind | undefined,
  clock: Clock,
): Promise<EngineKind> {
  const { engine } = options;
  const kind = engine.kind ?? recorded ?? (await findEngine(options, clock));
  if (engine.enabled === undefined || engine.enabled.includes(kind)) return kind;
  throw new OptionsError(
    `engine ${kind} is this installation's default, and engines.enabled does not name it: add it, or choose another by --engine`,
  );
}

type Open = (parts: EnginesOptions) => Engine | Promise<Engine>;

/** The engines of this version. */
const openers: { readonly [Kind in EngineKind]?: Open } = {
  process: (parts) => openProcess(parts),
  docker: (parts) => openDocker(parts),
  mock: (parts) => openMock(parts),
} satisfies Record<(typeof builtEngines)[number], Open>;

/** The engines that this server offers: the default one, and all that `engines.enabled` names. Throws on one that is not built. */
export function enabledEngines(defaultEngine: EngineKind, { engine }: CompiledOptions): readonly EngineKind[] {
  const kinds = [...new Set([defaultEngine, ...(engine.enabled ?? [])])];
  for (const kind of kinds) openerOf(kind);
  return kinds;
}

/** Opens an engine, or throws in words why it cannot be. */
export async function openEngine(kind: EngineKind, parts: EnginesOptions): Promise<Engine> {
  return openerOf(kind)(parts);
}

function openerOf(kind: EngineKind): Open {
  const open = openers[kind];
  if (!open) throw new Error(`engine ${kind} is not supported by this version of Batchyard: use docker or process`);
  return open;
}

/** Plays a script that a test gives; by itself, every task succeeds at once. */
function openMock({ session, clock, host, logRoot, mockWorld }: EnginesOptions): Engine {
  const { instanceId, capacity } = host;
  return openMockEngine({
    session,
    logRoot,
    world: mockWorld ?? new MockWorld({ clock, instanceId, capacity, script: () => ({}) }),
  });
}

function openDocker(parts: EnginesOptions): Promise<Engine> {
  const { options, dataDirectory, logRoot, session, host, clock, logger } = parts;
  const { engine, docker, diskReserveBytes } = options;
  const { sockets, privileged, pull, cpuQuota, gangSubnets } = docker;
  if (sockets.length === 0)
    throw new Error('engine docker: nothing names the socket of a daemon on this machine: give docker.socket');
  return openDockerEngine({
    ...{ dataDirectory, logRoot, session, clock, sockets, privileged, pull, cpuQuota, gangSubnets },
    instanceId: host.instanceId,
    capacity: host.capacity,
    gpus: options.host.gpus ?? 'found',
    hostPaths: engine.hostPaths,
    devices: engine.devices,
    hostNamespaces: engine.hostNamespaces,
    rewrites: options.images.rewrite,
    logins: new Map(
      Object.entries(readRegistries(options.images)).flatMap(([name, { credentials }]) =>
        credentials ? [[name, credentials] as const] : [],
      ),
    ),
    minimumFreeBytes: diskReserveBytes,
    logger: { info: (words) => logger.info({}, words), warn: (words) => logger.warn({}, words) },
  });
}

async function openProcess(parts: EnginesOptions): Promise<Engine> {
  const { options, dataDirectory, logRoot, session, version, host, clock, logger } = parts;
  const { engine, failpoint, diskReserveBytes, listen } = options;
  const store = await openImages(parts);
  const { pull, pullTimeout } = options.images;
  const opening = openProcessEngine({
    dataDirectory,
    images: { store, pull, pullTimeout, unmapped: engine.unmapped },
    logRoot,
    session,
    clock,
    version,
    instanceId: host.instanceId,
    capacity: host.capacity,
    isolation: engine.isolation,
    jobUser: engine.jobUser,
    hostPaths: engine.hostPaths,
    gangNetwork: engine.gangNetwork,
    hostNamespaces: engine.hostNamespaces,
    devices: engine.devices,
    gpus: options.host.gpus ?? 'found',
    rootFilesystems: Object.fromEntries(engine.rootFilesystems),
    ungranted: engine.ungranted,
    // A definition's image is only a name here: on a server that others can reach, it must mean a root file system.
    allowUnmappedImages: listen.loopback,
    minimumFreeBytes: diskReserveBytes,
    // Nobody comes back to an ephemeral server's jobs: its runner need not wait for the next server.
    ...(options.data.ephemeral ? { runnerIdleMs: 250 } : {}),
    ...(failpoint?.name.startsWith('runner.') ? { failpoint: `${failpoint.name}:${failpoint.passes}` } : {}),
    logger: { info: (words) => logger.info({}, words), warn: (words) => logger.warn({}, words) },
  });
  return opening.catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
}
