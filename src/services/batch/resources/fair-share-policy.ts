import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { policyProblem } from '../../../scheduler/index.ts';
import type { Ledger } from '../../../store/index.ts';
import { findSchedulingPolicy } from '../names.ts';
import type { FairsharePolicy } from '../records.ts';
import { demand } from '../refusals.ts';
import { resourceTagConditions } from '../tags.ts';

/** Access to one scheduling policy, with the tags that it has. */
export function policyAccess(action: string, arn: unknown, context: RequestContext, ledger: Ledger): AccessRequest[] {
  const resource = textOf(arn) ?? '*';
  const conditions = resourceTagConditions(findSchedulingPolicy(ledger, context, resource)?.tags);
  return [{ action: `batch:${action}`, resource, conditions }];
}

/** Refuses a fair share policy that there cannot be (spec 04 §10). */
export function checkFairshare(policy: FairsharePolicy | undefined): void {
  const problem = policy && policyProblem(policy);
  demand(problem === undefined, problem ?? '');
}
