import type { Scope } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { readArn } from '../names.ts';
import { type ActivityRecord, activityRecords } from '../records.ts';
import { noActivity } from '../refusals.ts';

/** The activity that an ARN names. Throws `InvalidArn` and `ActivityDoesNotExist`. */
export function requireActivity(ledger: Ledger, scope: Scope, arn: string): ActivityRecord {
  return ledger.get(activityRecords, scope, readArn(scope, arn, 'activity').activity) ?? noActivity(arn);
}
