import type { Scope } from '../../../core/arn.ts';
import type { ActivityRecord, Ledger } from '../../../store/index.ts';
import { readArn } from '../names.ts';
import { noActivity } from '../refusals.ts';

/** The activity that an ARN names. Throws `InvalidArn` and `ActivityDoesNotExist`. */
export function requireActivity(ledger: Ledger, scope: Scope, arn: string): ActivityRecord {
  return ledger.get('activity', scope, readArn(scope, arn, 'activity').activity) ?? noActivity(arn);
}
