import { policyProblem } from '../../../scheduler/index.ts';
import { findSchedulingPolicy } from '../names.ts';
import type { FairsharePolicy } from '../records.ts';
import { demand } from '../refusals.ts';
import { namedAccess } from './named-access.ts';

/** Access to one scheduling policy, with the tags that it has. */
export const policyAccess = namedAccess(findSchedulingPolicy);

/** Refuses a fair share policy that there cannot be (spec 04 §10). */
export function checkFairshare(policy: FairsharePolicy | undefined): void {
  const problem = policy && policyProblem(policy);
  demand(problem === undefined, problem ?? '');
}
