import type { Milliseconds } from '../../../core/ids.ts';
import type { ImageStore } from '../../../images/index.ts';

/** Where the images of tasks come from, and what is done about one that cannot be had. */
export interface ImagePolicy {
  readonly store: ImageStore;
  /** `missing`: images that are not here are pulled. `never`: no registry is asked. */
  readonly pull: 'missing' | 'never';
  /** `host`: the host's files stand in for an image that its registry does not give. `refuse`: its task fails. */
  readonly unmapped: 'host' | 'refuse';
  /** How long a task waits for one of its images; the time in which the disk is full, or this machine has no process to spare, does not count. */
  readonly pullTimeout: Milliseconds;
}
