import { Registry } from 'prom-client';
import { AuditLog } from '../audit/index.ts';
import { type Clock, SystemClock } from '../core/clock.ts';
import { isDiskFull } from '../core/disk-full.ts';
import { CommitFailed } from '../core/errors.ts';
import { armFailpoint } from '../core/failpoint.ts';
import type { Milliseconds } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import { type RandomSource, SystemRandom } from '../core/random.ts';
import type { EngineStatus, MockWorld } from '../engines/index.ts';
import { createGateway, type Gateway } from '../gateway/index.ts';
import { AttemptSeals, InstallationCredentials, type JobSessionTimes, Sessions } from '../iam/index.ts';
import { type BeforeWrite, openMemoryStore, type Store } from '../store/index.ts';
import { BackupRefused } from './backup.ts';
import { baseUrl } from './base-url.ts';
import { callMetrics } from './call-metrics.ts';
import {
  checkDirectories,
  readInstanceTypes,
  readRegistries,
  readS3Secret,
  readSmtp,
  readTlsFiles,
  type TlsFiles,
} from './check-files.ts';
import type { CompiledOptions } from './compiled-options.ts';
import { openConsoleBuild } from './console/console-build.ts';
import { consolePages, isConsolePath } from './console/console-pages.ts';
import { auditDirectoryOf, type DataDirectory, dataDirectoryRefusal, openDataDirectory } from './data-directory.ts';
import { collectWhenIdle } from './idle-collection.ts';
import { checkAddress, inListeningWords } from './listening.ts';
import { type OpenServices, openServices } from './open-services.ts';
import { openOwnStore } from './own-store.ts';
import { Releasers } from './releasers.ts';
import { openRootCredentials, type RootCredentials } from './root-credentials.ts';
import { forgetServer, recordServer } from './server-record.ts';

/** What a server is made with beside its options; tests give their own. */
export interface ServerDependencies {
  readonly version: string;
  readonly logger: Logger;
  /** @default the machine's */
  readonly clock?: Clock;
  /** @default the machine's */
  readonly random?: RandomSource;
  /** What the mock engine runs on. @default every task succeeds at once */
  readonly mockWorld?: MockWorld;
  /** How long the credentials of jobs hold. @default as on ECS */
  readonly jobSessionTimes?: JobSessionTimes;
  /** Closed with the server. @default the data directory's, or one that keeps nothing for an ephemeral server */
  readonly store?: Store;
  /** Called when the server cannot go on; it has not been closed. */
  readonly onFatal: (error: unknown) => void;
}

/** A server that listens. */
export interface RunningServer {
  /** Such as `http://127.0.0.1:9470`. */
  readonly url: string;
  readonly dataDirectory: string;
  readonly credentials: RootCredentials;
  /** The engine of new compute environments, and what it said it can do. */
  readonly engine: EngineStatus;
  /** How many attempts run now. */
  runningJobs(): number;
  /**
   * Stops serving, then lets go of everything in reverse order. Running jobs go on, unless `stopJobs`: then they are
   * terminated and waited for, within 3 minutes; what goes on nevertheless, or is not on record, is said in the log. Answers how
   * many were left running. Rejects with what went wrong, having let go of everything.
   */
  close(how?: { readonly stopJobs?: boolean }): Promise<number>;
}

/**
 * Starts a server. Rejects with words if the port is taken, the data directory in use, or an option cannot be met. What can
 * be known before is, so that a refused start leaves nothing behind.
 */
export async function startServer(options: CompiledOptions, dependencies: ServerDependencies): Promise<RunningServer> {
  if (options.failpoint) armFailpoint(options.failpoint);
  const releasers = new Releasers();
  try {
    return await start(options, dependencies, releasers);
  } catch (error) {
    await releasers.release();
    throw (options.data.ephemeral ? undefined : dataDirectoryRefusal(options.data.directory, error)) ?? error;
  }
}

async function start(options: CompiledOptions, dependencies: ServerDependencies, releasers: Releasers) {
  const { clock = releasers.use(new SystemClock(), (it) => it.close()), random = new SystemRandom() } = dependencies;
  const { logger, version, mockWorld, onFatal, jobSessionTimes } = dependencies;
  checkDirectories(options);
  const tls = readTlsFiles(options.listen);
  const s3Secret = readS3Secret(options.s3);
  const smtp = readSmtp(options);
  readRegistries(options.images);
  const instanceTypes = readInstanceTypes(options);
  await checkAddress(options.listen);
  const directory = releasers.use(openDataDirectory(options.data), (it) => it.dispose());
  const audit = openAudit({ options, directory, clock, random, logger });
  const beforeWrite = audit && (() => onRecord(audit));
  const { store, backUpDatabase } = await openStore(options, directory, { ...dependencies, random, beforeWrite });
  releasers.add(() => store.close());
  if (audit) releasers.add(() => audit.close());
  const credentials = openRootCredentials(directory.path, options.account, random);
  const metrics = new Registry();
  const sessions = new Sessions(credentials.secretAccessKey, random);
  let gateway: Gateway | undefined;
  const services = await openServices({
    ...{ options, directory, store, clock, random, logger, version, metrics, onFatal, releasers },
    ...(audit ? { audit } : {}),
    ...{ sessions, rootKeyId: credentials.accessKeyId },
    ...{ seals: new AttemptSeals(credentials.secretAccessKey) },
    instanceTypes,
    ...(s3Secret === undefined ? {} : { s3Secret }),
    ...(smtp && { smtp }),
    ...(jobSessionTimes ? { jobSessionTimes } : {}),
    backUpDatabase,
    baseUrl: () => options.publicUrl ?? baseUrl(options.listen, gateway?.address()?.url ?? unbound(options.listen)),
    ...(mockWorld ? { mockWorld } : {}),
  });
  const opened = openGateway({ options, credentials, sessions, services, store, clock, random, logger, metrics, tls });
  gateway = opened;
  releasers.add(() => opened.close());
  releasers.add(() => services.dismissWaiting());
  releasers.add(() => services.endCommands());
  const { address: host, port } = options.listen;
  const { url, port: bound } = await inListeningWords(options.listen, () => opened.listen({ host, port }));
  const record = (warn: (words: string) => void) => recordServer(directory.path, bound, options, warn);
  releasers.add(() => forgetServer(directory.path));
  // Given back first: what has been forgotten is not written again.
  releasers.add(recordUntilWritten(record, clock, logger));
  releasers.add(collectWhenIdle({ clock, metrics, inFlight: () => opened.inFlight() }));
  return runningServer({ url, directory, credentials, services, releasers, logger });
}

const recordAgainAfter: Milliseconds = 5_000;

/** Says once what keeps the record from being written, and tries again until it is: on a full disk there may be room later. */
function recordUntilWritten(
  record: (warn: (words: string) => void) => boolean,
  clock: Clock,
  logger: Logger,
): () => void {
  let cancel = (): void => {};
  const tryToRecord = (warn: (words: string) => void) => {
    if (!record(warn)) cancel = clock.after(recordAgainAfter, () => tryToRecord(() => {}));
  };
  tryToRecord((words) => logger.warn({}, words));
  return () => cancel();
}

/** Where the server will be, before it listens. */
function unbound({ address, port }: CompiledOptions['listen']): string {
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

interface StoreParts extends Pick<ServerDependencies, 'logger' | 'store'> {
  readonly random: RandomSource;
  readonly beforeWrite: BeforeWrite | undefined;
}

async function openStore(
  { data }: CompiledOptions,
  { path }: DataDirectory,
  { random, logger, store: given, beforeWrite }: StoreParts,
): Promise<{ readonly store: Store; readonly backUpDatabase: (path: string) => Promise<void> }> {
  if (given) return { store: given, backUpDatabase: refuseBackup };
  if (data.ephemeral) return { store: await openMemoryStore({ random }), backUpDatabase: refuseBackup };
  const store = await openOwnStore({
    ...{ ...data, directory: path, random, logger },
    ...(beforeWrite && { beforeWrite }),
  });
  return { store, backUpDatabase: (to) => store.backUp(to) };
}

async function refuseBackup(): Promise<never> {
  throw new BackupRefused('an ephemeral server keeps nothing: there is no backup of it');
}

/** At this size a segment of records is packed. */
const auditSegmentBytes = 64 * 1024 * 1024;

/** What calls have changed is durable only with what says so. */
function onRecord(audit: AuditLog): undefined | Promise<void> {
  return audit.onRecord()?.catch((cause: unknown) => {
    const words = 'what is to be stored could not be recorded by the audit';
    throw new CommitFailed(isDiskFull(cause) ? 'disk-full' : 'failed', words, { cause });
  });
}

interface AuditParts extends Pick<ServerDependencies, 'logger'> {
  readonly options: CompiledOptions;
  readonly directory: DataDirectory;
  readonly clock: Clock;
  readonly random: RandomSource;
}

function openAudit({ options, directory, ...rest }: AuditParts): AuditLog | undefined {
  const { audit, failpoint } = options;
  if (!audit.isOn) return undefined;
  return new AuditLog({
    ...rest,
    directory: auditDirectoryOf(directory),
    limits: { age: audit.retention, bytes: audit.diskBytes, segmentBytes: auditSegmentBytes },
    syncAlways: audit.syncAlways,
    ...(failpoint && { failpoint }),
  });
}

interface GatewayParts {
  readonly options: CompiledOptions;
  readonly credentials: RootCredentials;
  readonly sessions: Sessions;
  readonly services: OpenServices;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly tls: TlsFiles | undefined;
}

function openGateway(parts: GatewayParts): Gateway {
  const { options, credentials, sessions, services, store, clock, random, logger, metrics, tls } = parts;
  return createGateway({
    registry: services.registry,
    credentials: new InstallationCredentials(options.account, credentials, {
      ...services,
      sessions,
      users: services.keys,
      isThere: (principal) => services.registry.authority.isThere(principal),
    }),
    authMode: options.auth,
    account: options.account,
    defaultRegion: options.region,
    clock,
    random,
    settled: () => store.settled(),
    readable: () => services.readable(),
    upgrades: (path, headers) => services.commandAt(path, headers),
    documents: (path) => services.document(path),
    pages: consolePages(openConsoleBuild()),
    linkable: isConsolePath,
    readiness: () => {
      const reason = services.unready();
      return reason === undefined ? { ready: true } : { ready: false, reason };
    },
    onInternalError: (error) => services.onInternalError(error),
    hosts: options.listen.allowedHosts,
    ...(tls ? { tls } : {}),
    limits: { ...options.limits },
    logger,
    metrics,
    onCall: callMetrics(services.countOwn),
    metricsAccess: options.metricsAccess,
  });
}

interface RunningParts {
  readonly url: string;
  readonly directory: DataDirectory;
  readonly credentials: RootCredentials;
  readonly services: OpenServices;
  readonly releasers: Releasers;
  readonly logger: Logger;
}

function runningServer({ url, directory, credentials, services, releasers, logger }: RunningParts): RunningServer {
  let closing: Promise<number> | undefined;
  const close = async (stopJobs: boolean) => {
    try {
      if (!stopJobs) return services.runningJobs();
      const { left, problem } = await services.stopJobs();
      if (problem !== undefined) logger.warn({}, problem);
      return left;
    } finally {
      await releasers.release();
    }
  };
  return {
    url,
    dataDirectory: directory.path,
    credentials,
    engine: services.engine,
    runningJobs: () => services.runningJobs(),
    close: (how) => {
      closing ??= close(how?.stopJobs ?? false);
      return closing;
    },
  };
}
