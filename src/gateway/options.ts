import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Registry } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import type { InvariantViolation } from '../core/errors.ts';
import type { AccountId, EpochMilliseconds, Region } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { RandomSource } from '../core/random.ts';
import type { CredentialSource } from '../iam/index.ts';
import type { Answer } from './answer.ts';
import { canOpenFile } from './files-watch.ts';
import { defaultLimits, type GatewayLimits } from './limits.ts';
import type { OperationRegistry } from './operation-registry.ts';

/** Whether operations can be served, and if not, why. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** What anybody may read. */
export interface PublicDocument {
  readonly contentType: string;
  readonly body: string;
}

/** A request that is no AWS call, before anybody has been asked who sends it. */
export interface PageRequest {
  readonly method: string;
  /** Undecoded, without its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly now: EpochMilliseconds;
}

/** Takes over a connection, and what was read of it behind the request. */
export type TakeOver = (socket: Duplex, head: Buffer) => void;

/** The calls below a path, as they would be without its beginning. */
export interface Mount {
  /** The rest of the path, which begins with `/`. */
  readonly path: string;
  /** Who may have signed them; their signatures are of the whole path. */
  readonly credentials: CredentialSource;
}

/** What the gateway is made of. */
export interface GatewayOptions {
  readonly registry: OperationRegistry;
  readonly credentials: CredentialSource;
  /** `none`: everybody is the root user. For throw-away servers only. */
  readonly authMode: 'sigv4' | 'none';
  readonly account: AccountId;
  /** The region of requests that carry no credential scope. */
  readonly defaultRegion: Region;
  readonly clock: Clock;
  readonly random: RandomSource;
  /**
   * Resolves when all that any handler could have seen so far is durable; rejects with `CommitFailed` if it will never
   * be. Awaited before any answer of an operation leaves.
   */
  readonly settled: () => Promise<void>;
  /** Resolves once memory, after a commit failed, holds only what is durable: operations that only read then look again. */
  readonly readable: () => Promise<void>;
  /** Asked for each operation. Not ready means that nothing can be changed: operations that only read go on. */
  readonly readiness: () => Readiness;
  /** Names for the Host header beside the bound address. Default: none. */
  readonly hosts?: readonly string[];
  /** Certificate and key (PEM) to serve HTTPS with, TLS 1.2 at least. Default: plain HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Default: `defaultLimits`, each on its own. */
  readonly limits?: Partial<GatewayLimits>;
  /** An operation met a state that cannot be: what memory holds can no longer be trusted. */
  readonly onInternalError: (error: InvariantViolation) => void;
  /** Whether a file can be opened now. @default tries it */
  readonly canOpenFile?: () => boolean;
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Who may read the metrics unsigned. @default clients on this machine */
  readonly metricsAccess?: 'key' | 'loopback' | 'anyone';
  /** Public documents by path, such as a certificate; a GET of one needs no signature. Default: none. */
  readonly documents?: (path: string) => PublicDocument | undefined;
  /** Told of each call of an operation that is known, once it is answered. Default: nobody is. */
  readonly onCall?: (call: AnsweredCall) => void;
  /** Whether health checks and metrics are answered. Default: they are. */
  readonly health?: boolean;
  /** Answers what is no AWS call; undefined for what is one. Bodies are dropped. Default: all are AWS calls. */
  readonly pages?: (request: PageRequest) => Answer | Promise<Answer> | undefined;
  /** Whether other web sites may link to a path, for a GET that shows it in their place. Default: to none. */
  readonly linkable?: (path: string) => boolean;
  /**
   * What takes over the connection of an upgrade to `commandProtocol`, which is nobody's call: undefined refuses it. Whoever
   * takes it over ends it before the gateway closes. Default: none is.
   */
  readonly upgrades?: (path: string, headers: IncomingHttpHeaders) => TakeOver | undefined;
  /** Whether a path begins with what calls are made below. Default: none does. */
  readonly mount?: (path: string) => Mount | undefined;
}

/** A call of somebody who has proved who they are. */
export interface AnsweredCall {
  readonly account: AccountId;
  readonly region: Region;
  readonly service: string;
  readonly operation: string;
  readonly status: number;
}

/** The options with every default filled in. */
export type CompiledGatewayOptions = Omit<GatewayOptions, 'hosts' | 'limits' | 'metricsAccess' | 'canOpenFile'> & {
  readonly hosts: readonly string[];
  readonly metricsAccess: 'key' | 'loopback' | 'anyone';
  readonly limits: GatewayLimits;
  readonly canOpenFile: () => boolean;
};

export function compileGatewayOptions(options: GatewayOptions): CompiledGatewayOptions {
  return {
    ...options,
    hosts: options.hosts ?? [],
    metricsAccess: options.metricsAccess ?? 'loopback',
    canOpenFile: options.canOpenFile ?? canOpenFile,
    limits: { ...defaultLimits, ...options.limits },
  };
}
