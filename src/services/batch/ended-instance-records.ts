import type { Scope } from '../../core/arn.ts';
import type { EpochMilliseconds } from '../../core/ids.ts';
import { defineRecord, type Tags } from '../../store/index.ts';

/** What EC2 shows of an instance that has ended, for a while: of its network nothing, as on AWS. */
export interface EndedInstanceRecord extends Scope {
  readonly id: string;
  readonly type: string;
  readonly zone: string;
  readonly purchase: 'on-demand' | 'spot';
  readonly launchedAt: EpochMilliseconds;
  readonly imageId: string;
  readonly keyName?: string;
  readonly placementGroup?: string;
  readonly tags: Tags;
  readonly endedAt: EpochMilliseconds;
  readonly endedBy: 'spot' | 'user';
}

export const endedInstanceRecords = defineRecord({
  type: 'endedInstance',
  key: ({ id }: EndedInstanceRecord) => id,
  indexes: {
    id: { order: ({ id }) => id },
    age: { order: ({ endedAt }) => String(endedAt).padStart(15, '0') },
  },
});
