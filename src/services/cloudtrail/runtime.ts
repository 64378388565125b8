import type { AuditLog } from '../../audit/index.ts';
import { serviceOperation } from '../../core/operation.ts';

/** What the operations of CloudTrail work with. */
export interface CloudTrailRuntime {
  /** Absent if the audit is off. */
  readonly audit?: Pick<AuditLog, 'isBusy' | 'lookUp'>;
}

/** Declares an operation of CloudTrail: `cloudTrailOperation<SdkInput, SdkOutput>()({...})(runtime)`. */
export const cloudTrailOperation = <SdkInput, SdkOutput>() =>
  serviceOperation<CloudTrailRuntime, SdkInput, SdkOutput>();
