import type { Clock } from '../../core/clock.ts';
import type { ResourceRequest } from '../../core/job.ts';
import type { Subnet } from '../../core/subnet.ts';
import type { EngineSession, RegistryCredentials } from '../contract.ts';
import { dockerLimits } from './docker-limits.ts';
import type { PullPolicy } from './images/image-pulls.ts';

/** Where the engine writes what operators should see. */
export interface DockerLogger {
  info(words: string): void;
  warn(words: string): void;
}

/** What `openDockerEngine` may be told. */
export interface DockerEngineOptions {
  /** The server's data directory; the engine keeps its files in `docker/` under it. */
  readonly dataDirectory: string;
  readonly session: EngineSession;
  readonly clock: Clock;
  /** Unix sockets of daemons, best first: the first that answers is taken, else the first that is there. */
  readonly sockets: readonly string[];
  /** This host's id for the words of a lost attempt, such as `i-0123456789abcdef0`. */
  readonly instanceId: string;
  /** Where the streams of jobs' output are. */
  readonly logRoot: string;
  /** What this host gives to jobs. */
  readonly capacity: ResourceRequest;
  /** Ids of GPUs to give to jobs, or `found`: those that the host has. `capacity` need not count them. @default none */
  readonly gpus?: readonly string[] | 'found';
  /** Prefixes of host paths that volumes may mount. @default [] */
  readonly hostPaths?: readonly string[];
  /** Device files that containers may ask for. @default [] */
  readonly devices?: readonly string[];
  /** Whether containers may share ipc and pid namespaces with this machine. @default false */
  readonly hostNamespaces?: boolean;
  /** Range of IPv4 addresses that networks of multi-node jobs are made of, as `parseSubnet` reads it. @default 10.231.0.0/16 */
  readonly gangSubnets?: Subnet;
  /** Whether containers may be privileged, and so are root of this machine. @default false */
  readonly privileged?: boolean;
  /** When images are fetched. @default 'missing' */
  readonly pull?: PullPolicy;
  /** Mirrors, by prefix of image names. @default none */
  readonly rewrites?: ReadonlyMap<string, string>;
  /** What the operator has logins for, by registry: for pulls that bring none. @default none */
  readonly logins?: ReadonlyMap<string, RegistryCredentials>;
  /** Whether vCPUs are a ceiling too, not only the share under contention. @default false */
  readonly cpuQuota?: boolean;
  /** Processes and threads that a container may have. @default 4096 */
  readonly pidsLimit?: number;
  /** No job starts below this. @default 1 GiB */
  readonly minimumFreeBytes?: number;
  /** @default writes nothing */
  readonly logger?: DockerLogger;
}

export type CompiledOptions = Required<DockerEngineOptions>;

/** Fills in defaults. */
export function compileOptions(options: DockerEngineOptions): CompiledOptions {
  return {
    gpus: [],
    hostPaths: [],
    devices: [],
    hostNamespaces: false,
    privileged: false,
    gangSubnets: { first: 0x0ae70000, prefix: 16 },
    pull: 'missing',
    rewrites: new Map(),
    logins: new Map(),
    cpuQuota: false,
    pidsLimit: dockerLimits.pids,
    minimumFreeBytes: 1024 ** 3,
    logger: { info: () => {}, warn: () => {} },
    ...options,
  };
}
