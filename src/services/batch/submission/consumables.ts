import type { Scope } from '../../../core/arn.ts';
import type { ConsumableRequest } from '../../../core/job.ts';
import type { ConsumableRecord } from '../../../core/job-specification.ts';
import type { Ledger } from '../../../store/index.ts';
import { consumablesOf } from '../definition/consumables.ts';
import { findConsumableResource } from '../names.ts';
import { demand, refuse } from '../refusals.ts';
import type { SubmitJobInput } from '../schemas/job.ts';

/**
 * The consumable resources that a job needs, by ARN: what the submission says takes the place of what the definition does. Undefined
 * for none. They must be there: no words are reported of AWS. Later one may be deleted, and the job waits for it.
 */
export function submittedConsumables(
  ledger: Ledger,
  scope: Scope,
  ofDefinition: readonly ConsumableRecord[] | undefined,
  { consumableResourcePropertiesOverride: override }: SubmitJobInput,
): readonly ConsumableRequest[] | undefined {
  const needed = override ? consumablesOf(override) : ofDefinition;
  if (!needed) return undefined;
  const requests = needed.map(({ resource: reference, quantity }) => {
    const record = findConsumableResource(ledger, scope, reference);
    return record ? { resource: record.arn, quantity } : refuse(`Consumable resource ${reference} does not exist.`);
  });
  const isDistinct = new Set(requests.map(({ resource }) => resource)).size === requests.length;
  demand(isDistinct, 'Cannot have duplicate consumableResource in consumableResourceProperties');
  return requests;
}
