import type { ArmedFailpoint } from '../core/failpoint.ts';
import type { AccountId, Milliseconds, Region } from '../core/ids.ts';
import type { ResourceRequest } from '../core/job.ts';
import type { Subnet } from '../core/subnet.ts';
import type { EngineKind, PullPolicy } from '../engines/index.ts';
import type { Deliveries, UnstoredRoles } from '../iam/index.ts';
import type { FileSystems } from '../services/batch/index.ts';
import type { Functions } from '../services/lambda/index.ts';
import type { TokenIssuer } from '../services/sts/index.ts';
import type { RegistryOptions } from './registry-kind.ts';
import type { RootOptions } from './root-kind.ts';

/** Whether process jobs must be isolated, should be, or are not. */
export type IsolationLevel = 'required' | 'preferred' | 'none';

/** The options as the server uses them: checked against each other, absolute paths, milliseconds, bytes, maps. */
export interface CompiledOptions {
  readonly listen: {
    readonly port: number;
    readonly address: string;
    /** The address is reachable from this machine only. */
    readonly loopback: boolean;
    /** Files (PEM) to serve HTTPS with. */
    readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
    /** Further names for the Host header. */
    readonly allowedHosts: readonly string[];
  };
  readonly data: {
    /** Absolute. Also where an ephemeral server looks for a root access key, so that `batchyard env` works with it. */
    readonly directory: string;
    /** Memory instead of a database, and a temporary directory for files. */
    readonly ephemeral: boolean;
    /** The directory is no copy, though it is not where it was. */
    readonly moved: boolean;
    /** The operator knows that commits are lost. */
    readonly acceptLostCommits: boolean;
  };
  readonly account: AccountId;
  readonly region: Region;
  readonly auth: 'sigv4' | 'none';
  /** Who may read the metrics unsigned. */
  readonly metricsAccess: 'key' | 'loopback' | 'anyone';
  /** What a role may do that IAM does not have. */
  readonly unstoredRoles: UnstoredRoles;
  /** Issuers of tokens that are taken, by their URL. */
  readonly webIdentity: { readonly issuers: ReadonlyMap<string, TokenIssuer> };
  /** When services may deliver in their own name. */
  readonly deliveries: Deliveries;
  readonly quotas: 'none' | 'aws';
  /** End running jobs when the server stops. */
  readonly stopJobs: boolean;
  readonly engine: {
    /** Absent: chosen at first start and recorded. */
    readonly kind?: EngineKind;
    /** Absent: the default one alone. */
    readonly enabled?: readonly EngineKind[];
    readonly isolation: IsolationLevel;
    /** Whom process jobs run as, if their definition names nobody. */
    readonly jobUser: 'caller' | { readonly uid: number; readonly gid: number };
    readonly hostPaths: readonly string[];
    /** Of nodes of process jobs. */
    readonly gangNetwork: 'auto' | 'own' | 'host';
    /** Whether tasks may share IPC and processes with this machine. */
    readonly hostNamespaces: boolean;
    /** Device files that jobs may ask for. */
    readonly devices: readonly string[];
    /** What stands in for an image that cannot be had: the host's files, or nothing. */
    readonly unmapped: 'host' | 'refuse';
    /** Whether jobs run without what they cannot be given. */
    readonly ungranted: 'run' | 'refuse';
    /** By image name. */
    readonly rootFilesystems: ReadonlyMap<string, RootOptions>;
  };
  readonly images: {
    readonly pull: 'missing' | 'never';
    /** Prefixes of whole names, and what stands in their place. */
    readonly rewrite: ReadonlyMap<string, string>;
    readonly registries: ReadonlyMap<string, RegistryOptions>;
    readonly pullTimeout: Milliseconds;
    /** What all may take on disk. */
    readonly diskBytes: number;
  };
  readonly docker: {
    /** Where a daemon may be, best first; none: nobody knows of one. */
    readonly sockets: readonly string[];
    readonly privileged: boolean;
    readonly pull: PullPolicy;
    readonly cpuQuota: boolean;
    /** What networks of multi-node jobs are made of. */
    readonly gangSubnets: Subnet;
  };
  /** What EFS volumes mount. */
  readonly fileSystems: FileSystems;
  /** What all jobs may use together. `gpus` are ids; absent: all that are found. */
  readonly host: Omit<ResourceRequest, 'gpus'> & { readonly gpus?: readonly string[] };
  /** Absent: those that come with the server. */
  readonly instanceTypesFile?: string;
  /** How long an attempt on Fargate may run. */
  readonly fargateRun: Milliseconds;
  /** How long a queue's head waits for what may pass by itself until the queue is blocked. */
  readonly blockedAfter: Milliseconds;
  /** What becomes of instances of compute environments by themselves. */
  readonly instances: {
    readonly bootDelay: Milliseconds;
    /** Absent: Spot takes none back. */
    readonly interruptionSeed?: number;
  };
  /** Of whatever a scheduling policy says. */
  readonly minimumShareDecay: Milliseconds;
  readonly retention: {
    readonly finishedJobs: Milliseconds;
    /** Absent: no limit. */
    readonly finishedJobCount?: number;
    /** Of Step Functions. */
    readonly finishedExecutions: Milliseconds;
    /** Hourly sums of what jobs used. */
    readonly usage: Milliseconds;
  };
  readonly logs: {
    readonly rateBytesPerSecond: number;
    readonly attemptBytes: number;
    /** What all logs may take on disk. */
    readonly diskBytes: number;
  };
  /** Records of calls. */
  readonly audit: {
    readonly isOn: boolean;
    readonly retention: Milliseconds;
    readonly diskBytes: number;
    readonly syncAlways: boolean;
  };
  /** Trails of CloudTrail. */
  readonly trails: {
    readonly to: 'directory' | 's3';
    /** Absent: in the data directory. */
    readonly directory?: string;
    readonly region: string;
    readonly every: Milliseconds;
    readonly digestEvery: Milliseconds;
  };
  readonly metrics: { readonly diskBytes: number };
  /** Free disk below which no job starts and pipes pause. */
  readonly diskReserveBytes: number;
  readonly limits: {
    readonly bodyBytes: number;
    readonly arrivingBytes: number;
    readonly connections: number;
    readonly headerBytes: number;
    readonly jsonDepth: number;
    readonly requestTime: Milliseconds;
  };
  /** The S3 server that jobs and clients use instead of AWS's. */
  readonly s3: {
    readonly endpoint?: string;
    /** The key that jobs get which name a role; its secret is in the file. Both or neither, and only with an endpoint. */
    readonly accessKeyId?: string;
    readonly secretAccessKeyFile?: string;
  };
  /** Where others reach the server, if not at the address it listens on. */
  readonly publicUrl?: string;
  /** Whether SNS delivers to link-local addresses. */
  readonly snsLinkLocal: boolean;
  /** The mail server; absent where there is none. */
  readonly smtp?: { readonly url: string; readonly from: string; readonly loginFile?: string };
  /** Of Lambda. */
  readonly functions: Functions;
  /** Which addresses API destinations of EventBridge may have. */
  readonly eventsReach: 'any' | 'not-local';
  /** Which slots of schedules are fired that nobody was there for. */
  readonly missedSlots: 'latest' | 'all' | 'none';
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'; readonly format: 'text' | 'json' };
  readonly failpoint?: ArmedFailpoint;
}
