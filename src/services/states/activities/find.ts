import type { Scope } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { activityArn, parseStatesArn, readArn } from '../names.ts';
import { type ActivityRecord, activityRecords } from '../records.ts';
import { noActivity } from '../refusals.ts';

/** Whether a task may be offered to an activity: one of this account and region, for no worker could ask for those of another. */
export function hasActivity(ledger: Ledger, scope: Scope, arn: string): boolean {
  const named = parseStatesArn(arn);
  if (named?.kind !== 'activity' || arn !== activityArn(scope, named.activity)) return false;
  return ledger.get(activityRecords, scope, named.activity) !== undefined;
}

/** The activity that an ARN names. Throws `InvalidArn` and `ActivityDoesNotExist`. */
export function requireActivity(ledger: Ledger, scope: Scope, arn: string): ActivityRecord {
  return ledger.get(activityRecords, scope, readArn(scope, arn, 'activity').activity) ?? noActivity(arn);
}
