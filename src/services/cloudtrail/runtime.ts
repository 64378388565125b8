import type { AuditLog } from '../../audit/index.ts';
import { ServiceError } from '../../core/errors.ts';
import { serviceOperation } from '../../core/operation.ts';
import type { RandomSource } from '../../core/random.ts';
import type { Ledger } from '../../store/index.ts';
import type { Deliverer, SigningKeys } from './delivery/index.ts';

/** What the operations of CloudTrail work with. */
export interface CloudTrailRuntime {
  readonly ledger: Ledger;
  readonly random: RandomSource;
  readonly keys: SigningKeys;
  /** Absent if the audit is off. */
  readonly kept?: KeptRecords;
}

/** Records of calls, and what is done with them. */
export interface KeptRecords {
  readonly audit: Pick<AuditLog, 'isBusy' | 'lookUp' | 'end'>;
  readonly deliverer: Deliverer;
}

/** Refuses what needs records where none are kept. */
export function requireRecords({ kept }: Pick<CloudTrailRuntime, 'kept'>): KeptRecords {
  if (kept) return kept;
  throw new ServiceError('UnsupportedOperationException', 'No records are kept: audit.records is off.');
}

/** Declares an operation of CloudTrail: `cloudTrailOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const cloudTrailOperation = <SdkInput, SdkOutput>() =>
  serviceOperation<CloudTrailRuntime, SdkInput, SdkOutput>();
