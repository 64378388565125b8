import type { Registry } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { RandomSource } from '../core/random.ts';
import { createGateway, type OperationRegistry } from '../gateway/index.ts';
import { type AttemptSeals, JobSessions, type JobSessionTimes, type Sessions, type TaskWatch } from '../iam/index.ts';
import type { JobYard } from '../services/batch/index.ts';
import { JobAccess } from '../services/job-access/index.ts';
import type { Store } from '../store/index.ts';
import type { CompiledOptions } from './compiled-options.ts';
import type { DataDirectory } from './data-directory.ts';
import { JobListener } from './job-listener.ts';
import type { MemoryKeeper } from './memory-keeper.ts';

/** What jobs get of this server, and where they reach it. */
export interface ServerJobAccess {
  readonly access: JobAccess;
  readonly tasks: TaskWatch;
  /** Makes the listener, once there is something to serve. */
  open(registry: OperationRegistry): JobListener;
}

/** What it stands on: of a server's parts, those that it uses. */
export interface JobAccessParts {
  readonly options: CompiledOptions;
  readonly directory: DataDirectory;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly keeper: MemoryKeeper;
  readonly sessions: Sessions;
  readonly seals: AttemptSeals;
  readonly jobSessionTimes?: JobSessionTimes;
  readonly s3Secret?: string;
}

/** `yard` is asked once jobs run. */
export function createJobAccess(parts: JobAccessParts, yard: () => JobYard): ServerJobAccess {
  const { options, keeper, clock, seals } = parts;
  const tasks: TaskWatch = { isHeld: (taskId) => yard().placementOf(taskId) !== undefined };
  const sessions = new JobSessions(parts.sessions, tasks, parts.jobSessionTimes);
  let listener: JobListener | undefined;
  const access = new JobAccess({
    account: options.account,
    seals,
    sessions,
    clock,
    tasks: {
      placementOf: (taskId) => yard().placementOf(taskId),
      describeTask: (taskId) => keeper.readable().then(() => yard().describeTask(taskId)),
      usageOf: (taskId) => yard().usage.of(taskId),
    },
    s3: {
      ...(options.s3.endpoint === undefined ? {} : { endpoint: options.s3.endpoint }),
      ...(options.s3.accessKeyId === undefined || parts.s3Secret === undefined
        ? {}
        : { keys: { accessKeyId: options.s3.accessKeyId, secretAccessKey: parts.s3Secret } }),
    },
    url: () => {
      if (!listener) throw new Error('a job was about to start before there was a listener for jobs');
      return listener.url;
    },
  });
  const open = (registry: OperationRegistry) => {
    listener = openListener(parts, { registry, access, sessions });
    return listener;
  };
  return { access, tasks, open };
}

interface Served {
  readonly registry: OperationRegistry;
  readonly access: JobAccess;
  readonly sessions: JobSessions;
}

/** Signed by sessions of jobs and nobody else, with `--auth none` too: what a job may do is the same on every server. */
function openListener(parts: JobAccessParts, { registry, access, sessions }: Served): JobListener {
  const { options, directory, store, clock, random, logger, metrics, keeper } = parts;
  const { limits } = options;
  const gateway = createGateway({
    ...{ registry, clock, random, logger, metrics },
    credentials: sessions,
    authMode: 'sigv4',
    account: options.account,
    defaultRegion: options.region,
    settled: () => store.settled(),
    readable: () => keeper.readable(),
    readiness: () => {
      const reason = keeper.unready;
      return reason === undefined ? { ready: true } : { ready: false, reason };
    },
    onInternalError: (error) => keeper.onInternalError(error),
    // Where a job reaches it that has a network of its own.
    hosts: ['169.254.170.2'],
    // Beside those of the other listener, for which most of the files and the memory are.
    limits: {
      ...limits,
      connections: Math.ceil(limits.connections / 4),
      arrivingBytes: Math.max(limits.bodyBytes, Math.ceil(limits.arrivingBytes / 4)),
    },
    health: false,
    pages: (request) => access.answer(request),
    mount: (path) => access.mount(path),
  });
  return new JobListener({ gateway, directory: directory.path, random, logger });
}
