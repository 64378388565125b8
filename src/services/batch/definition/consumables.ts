import { parseArn } from '../../../core/arn.ts';
import type { ConsumableRecord, NodeSpecification } from '../../../core/job-specification.ts';
import { isName } from '../names.ts';
import { demand } from '../refusals.ts';
import type { GivenConsumables } from './schema.ts';

const mostResources = 5;

/**
 * Checks the consumable resources that a job needs, of a definition or a submission, and what of them is kept; undefined when
 * none are named. Whether they are there is asked when a job is submitted. The words of too many and of duplicates:
 * cdk-preflight; of the others none are reported.
 */
export function consumablesOf(given: GivenConsumables): readonly ConsumableRecord[] | undefined {
  const list = given?.consumableResourceList ?? [];
  demand(
    list.length <= mostResources,
    `Each ConsumableResourceProperty can have at most ${mostResources} consumableResources`,
  );
  const kept = list.map(consumableOf);
  const unique = new Set(kept.map(({ resource }) => resource)).size === kept.length;
  demand(unique, 'Cannot have duplicate consumableResource in consumableResourceProperties');
  return kept.length > 0 ? kept : undefined;
}

/** The same of a node. An empty list is kept: in an inner range it takes the place of the outer one's. */
export function ownConsumables(given: GivenConsumables): Pick<NodeSpecification, 'consumables'> {
  return given?.consumableResourceList ? { consumables: consumablesOf(given) ?? [] } : {};
}

type Given = NonNullable<NonNullable<GivenConsumables>['consumableResourceList']>[number];

function consumableOf({ consumableResource: resource, quantity }: Given): ConsumableRecord {
  demand(resource, 'consumableResource is required in consumableResourceProperties.');
  demand(
    isReference(resource),
    `consumableResource ${resource} is neither a name nor an ARN of a consumable resource.`,
  );
  demand(quantity !== undefined, `quantity of consumable resource ${resource} is required.`);
  demand(quantity >= 1, `quantity of consumable resource ${resource} must be at least 1, got ${quantity}.`);
  return { resource, quantity };
}

function isReference(text: string): boolean {
  const parts = parseArn(text);
  if (!parts) return isName(text);
  const [kind, name = ''] = parts.resource.split('/');
  return parts.service === 'batch' && kind === 'consumable-resource' && isName(name);
}
