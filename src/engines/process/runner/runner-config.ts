import type { HostAbilities, Identity } from '../host/host-abilities.ts';

/** A prefix of host paths that volumes may mount: as the operator wrote it, and where that led when the server started. */
export interface AllowedPath {
  readonly written: string;
  readonly real: string;
}

/** A directory that the operator mapped an image to. */
export interface MappedRoot {
  readonly directory: string;
  /** For definitions without a command. */
  readonly command?: readonly string[];
  /** Below that of the definition. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a server tells its runners about how to run tasks. It holds no secret. */
export interface RunnerConfig {
  readonly formatVersion: 1;
  /** The whole data directory: no job sees it. */
  readonly dataDirectory: string;
  /** Log streams are below it; a relative path starts at the engine's directory. */
  readonly logRoot: string;
  readonly host: HostAbilities;
  readonly isolation: 'required' | 'preferred' | 'none';
  /** Who jobs run as when their definition names nobody. */
  readonly identity: Identity;
  /** Whether a definition may name root: only where jobs run as the caller, who is root. */
  readonly allowRoot: boolean;
  /** Prefixes that volumes may mount. */
  readonly hostPaths: readonly AllowedPath[];
  /** Device files that definitions may name. */
  readonly devices: readonly string[];
  /** Sockets of engines and the like: mounted for nobody. */
  readonly neverMounted: readonly string[];
  /** Home directories and the like: empty in every sandbox that shows the host's files. */
  readonly hidden: readonly string[];
  /** Root file system by image name. */
  readonly rootFilesystems: Readonly<Record<string, MappedRoot>>;
  readonly allowUnmappedImages: boolean;
  readonly pidsLimit: number;
  readonly cpuQuota: boolean;
  readonly minimumFreeBytes: number;
  /** EC2-like id of this host, for the words of a lost attempt. */
  readonly instanceId: string;
}
