import type { EpochMilliseconds } from '../core/ids.ts';

/** An instance that is to be there. It is stored before a provider hears of it. */
export interface InstanceToLaunch {
  readonly id: string;
  readonly environmentArn: string;
  /** Of the catalogue, such as `c5.large`. */
  readonly type: string;
  readonly purchase: 'on-demand' | 'spot';
  /** How often Spot takes one of its type back: 0 for the rarest class, 4 for the most frequent. */
  readonly interruption: number;
  readonly launchedAt: EpochMilliseconds;
}

/** What has become of an instance. */
export type InstanceReport =
  | { readonly kind: 'ready'; readonly id: string; readonly at: EpochMilliseconds }
  /** It never came. The type is not tried again for a while. */
  | { readonly kind: 'failed'; readonly id: string; readonly at: EpochMilliseconds; readonly reason: string }
  /** Spot took it back, or it is lost: its jobs end with `Host EC2 (instance i-...) terminated.` */
  | { readonly kind: 'interrupted'; readonly id: string; readonly at: EpochMilliseconds };

/**
 * Where instances come from. On one host they are logical: the environment has them, and the host's pool alone limits what runs. In the simulator
 * they are virtual. Called only after the commit of what it is told; after a restart it is told again of all that is stored.
 */
export interface InstanceProvider {
  /** Makes an instance. For one that is there, or on its way, nothing. Reports `ready` or `failed`, never before this returns. */
  launch(instance: InstanceToLaunch): void;
  /** Tells of one that was ready before a restart, so that it can be interrupted still. */
  adopt(instance: InstanceToLaunch, readyAt: EpochMilliseconds): void;
  /** Ends an instance, of which nothing is reported any more. For one that is not there, nothing. */
  end(id: string): void;
}
