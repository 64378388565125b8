import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import {
  type Engine,
  type EngineKind,
  type EngineSession,
  MockWorld,
  openMockEngine,
  openProcessEngine,
} from '../engines/index.ts';
import type { CompiledOptions } from './compiled-options.ts';
import type { Host } from './host.ts';

export interface EnginesOptions {
  readonly options: CompiledOptions;
  readonly dataDirectory: string;
  readonly session: EngineSession;
  readonly version: string;
  readonly host: Host;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mockWorld?: MockWorld;
}

/** What jobs run on when nobody says: processes need nothing that a bare machine lacks. */
export const fallbackEngine: EngineKind = 'process';

/** Opens the engines that this server offers: the process engine always, others when they are asked for. */
export async function openEngines(parts: EnginesOptions): Promise<ReadonlyMap<EngineKind, Engine>> {
  const { kind } = parts.options.engine;
  const engines = new Map<EngineKind, Engine>([['process', await openProcess(parts)]]);
  if (kind === 'mock') engines.set('mock', openMock(parts));
  else if (kind !== undefined && kind !== 'process') {
    throw new Error(`engine ${kind} is not supported by this version of Batchyard: use process`);
  }
  return engines;
}

/** Plays a script that a test gives; by itself, every task succeeds at once. */
function openMock({ session, clock, host, mockWorld }: EnginesOptions): Engine {
  const { instanceId, capacity } = host;
  return openMockEngine({
    session,
    world: mockWorld ?? new MockWorld({ clock, instanceId, capacity, script: () => ({}) }),
  });
}

function openProcess({
  options,
  dataDirectory,
  session,
  version,
  host,
  clock,
  logger,
}: EnginesOptions): Promise<Engine> {
  const { engine, failpoint, diskReserveBytes, listen } = options;
  return openProcessEngine({
    dataDirectory,
    session,
    clock,
    version,
    instanceId: host.instanceId,
    capacity: host.capacity,
    isolation: engine.isolation,
    jobUser: engine.jobUser,
    hostPaths: engine.hostPaths,
    rootFilesystems: Object.fromEntries(engine.rootFilesystems),
    // A definition's image is only a name here: on a server that others can reach, it must mean a root file system.
    allowUnmappedImages: listen.loopback,
    minimumFreeBytes: diskReserveBytes,
    // Nobody comes back to an ephemeral server's jobs: its runner need not wait for the next server.
    ...(options.data.ephemeral ? { runnerIdleMs: 250 } : {}),
    ...(failpoint?.name.startsWith('runner.') ? { failpoint: `${failpoint.name}:${failpoint.passes}` } : {}),
    logger: { info: (words) => logger.info({}, words), warn: (words) => logger.warn({}, words) },
  });
}
