import type { Scope } from './arn.ts';
import type { EpochMilliseconds } from './ids.ts';

/** An instance of a compute environment, as EC2 shows it. */
export interface LaunchedInstance extends Scope {
  /** `i-...`. */
  readonly id: string;
  /** Of the catalogue, such as `c5.large`. */
  readonly type: string;
  readonly zone: string;
  readonly purchase: 'on-demand' | 'spot';
  readonly launchedAt: EpochMilliseconds;
  readonly state: 'pending' | 'running' | 'shutting-down' | 'terminated';
  /** Why it ends, or has ended: Spot took it back, or the service or somebody let it go. */
  readonly endedBy?: 'spot' | 'user' | undefined;
  /** Of one that has ended. */
  readonly endedAt?: EpochMilliseconds | undefined;
  readonly imageId: string;
  readonly keyName?: string | undefined;
  readonly subnetId?: string | undefined;
  readonly groupIds: readonly string[];
  /** The ARN of its profile. */
  readonly profile?: string | undefined;
  readonly placementGroup?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** The instances that compute environments have, and those that they had not long ago. */
export interface LaunchedInstances {
  get(scope: Scope, id: string): LaunchedInstance | undefined;
  /** Those behind an id, in the order of ids. */
  after(scope: Scope, id: string | undefined): Iterable<LaunchedInstance>;
  /** What is run when an instance boots: in base64, as EC2 has it. Of one that has ended it is not known. */
  userDataOf(scope: Scope, id: string): string | undefined;
}
