import type { Registry } from 'prom-client';
import type { Clock } from '../core/clock.ts';
import type { AccountId, Region } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { RandomSource } from '../core/random.ts';
import type { CredentialSource } from '../iam/index.ts';
import type { AuditHook } from './audit.ts';
import { defaultLimits, type GatewayLimits } from './limits.ts';
import type { OperationRegistry } from './operation-registry.ts';

/** Whether operations can be served, and if not, why. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** What anybody may read. */
export interface PublicDocument {
  readonly contentType: string;
  readonly body: string;
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
  readonly logger: Logger;
  readonly metrics: Registry;
  /** Public documents by path, such as a certificate; a GET of one needs no signature. Default: none. */
  readonly documents?: (path: string) => PublicDocument | undefined;
  /** Default: nothing is audited. */
  readonly audit?: AuditHook;
}

/** The options with every default filled in. */
export type CompiledGatewayOptions = Omit<GatewayOptions, 'hosts' | 'limits'> & {
  readonly hosts: readonly string[];
  readonly limits: GatewayLimits;
};

export function compileGatewayOptions(options: GatewayOptions): CompiledGatewayOptions {
  return { ...options, hosts: options.hosts ?? [], limits: { ...defaultLimits, ...options.limits } };
}
