import type { Scope } from '../../../core/arn.ts';
import type { ConsumableRequest } from '../../../core/job.ts';
import type { ConsumableRecord, NodeSpecification } from '../../../core/job-specification.ts';
import { nodeRuns } from '../../../core/node-specification.ts';
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
  return needed && requestsOf(ledger, scope, needed);
}

/** Ranges of nodes, each with what its nodes need by ARN. The same rules. */
export function submittedRanges(
  ledger: Ledger,
  scope: Scope,
  ranges: readonly NodeSpecification[],
): readonly NodeSpecification[] {
  if (!ranges.some(({ consumables }) => consumables)) return ranges;
  return ranges.map((range) =>
    range.consumables ? { ...range, consumables: requestsOf(ledger, scope, range.consumables) } : range,
  );
}

/**
 * What a multi-node job needs in all, to be held by it as a whole: what it needs itself, and for each of its `size` nodes what
 * that one does. Undefined for nothing.
 */
export function consumablesWithNodes(
  own: readonly ConsumableRequest[] | undefined,
  ranges: readonly NodeSpecification[],
  size: number,
): readonly ConsumableRequest[] | undefined {
  const totals = new Map((own ?? []).map(({ resource, quantity }) => [resource, quantity]));
  for (const { first, last, node } of nodeRuns(ranges, size)) {
    for (const { resource, quantity } of node?.consumables ?? []) {
      const total = (totals.get(resource) ?? 0) + (last - first + 1) * quantity;
      demand(Number.isSafeInteger(total), `The nodes need too much of consumable resource ${resource}.`);
      totals.set(resource, total);
    }
  }
  return totals.size > 0 ? [...totals].map(([resource, quantity]) => ({ resource, quantity })) : undefined;
}

function requestsOf(ledger: Ledger, scope: Scope, needed: readonly ConsumableRecord[]): readonly ConsumableRequest[] {
  const requests = needed.map(({ resource: reference, quantity }) => {
    const record = findConsumableResource(ledger, scope, reference);
    return record ? { resource: record.arn, quantity } : refuse(`Consumable resource ${reference} does not exist.`);
  });
  const isDistinct = new Set(requests.map(({ resource }) => resource)).size === requests.length;
  demand(isDistinct, 'Cannot have duplicate consumableResource in consumableResourceProperties');
  return requests;
}
