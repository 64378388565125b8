import type { NodeSpecification } from '../../../core/job-specification.ts';
import { demand, refuse, refusedPlainly } from '../refusals.ts';
import type { CompiledDefinition } from './compile.ts';
import { ownConsumables } from './consumables.ts';
import { checkCommand } from './container-rules.ts';
import { checkMainNode, checkNodeCount, isOpen, rangeAmong, rangeOf } from './node-ranges.ts';
import { checkInstanceTypes } from './node-rules.ts';
import { type Nodes, sized } from './nodes.ts';
import {
  changed,
  containerOverridden,
  type Overrides,
  saysSomething,
  taskOverridden,
  withParameters,
} from './overrides.ts';
import { overriddenPod } from './pod-overrides.ts';
import { podWithParameters } from './pod-parameters.ts';
import type { NodeOverrides } from './schema.ts';

type RangeOverride = NonNullable<NodeOverrides['nodePropertyOverrides']>[number];

/** What one multi-node job runs, and what it asks for. */
export interface SubmittedNodes extends Nodes {
  readonly parameters: Readonly<Record<string, string>>;
}

/** The definition's nodes after overrides and parameter substitution. */
export function submittedNodes(
  definition: CompiledDefinition,
  nodes: Nodes,
  overrides: Overrides & { readonly nodeOverrides?: NodeOverrides | undefined },
): SubmittedNodes {
  const { nodeOverrides = {}, parameters: given } = overrides;
  const parameters = given ? { ...definition.parameters, ...given } : definition.parameters;
  refuseOverridesOfOne(overrides);
  const { numNodes, nodePropertyOverrides = [] } = nodeOverrides;
  if (numNodes === undefined && nodePropertyOverrides.length === 0 && !definition.hasReferences)
    return { ...nodes, parameters };
  const counted = numNodes === undefined ? nodes : withSize(nodes, numNodes);
  refuseStrangers(counted, nodePropertyOverrides);
  const changedNodes = counted.nodes
    .map((node) =>
      nodePropertyOverrides.reduce(
        (now, one) => (isOverrideOf(one, node, counted.size) ? overriddenRange(now, one) : now),
        node,
      ),
    )
    .map((node) => changed(node, withParameters(parameters)))
    .map((node) => (node.pod ? { ...node, pod: podWithParameters(node.pod, parameters) } : node));
  checkOneInstanceType(changedNodes);
  const { mainNode } = nodes;
  return { mainNode, ...refusedPlainly(() => sized(changedNodes, counted.size)), parameters };
}

/** No words are reported of AWS. */
function refuseOverridesOfOne({ containerOverrides, ecsPropertiesOverride, eksPropertiesOverride }: Overrides): void {
  const refused = (member: string) =>
    refuse(`${member} should not be set for multi-node parallel jobs. Use nodeOverrides.`);
  if (saysSomething(containerOverrides)) refused('containerOverrides');
  if (Object.keys(ecsPropertiesOverride ?? {}).length > 0) refused('ecsPropertiesOverride');
  if (Object.keys(eksPropertiesOverride ?? {}).length > 0) refused('eksPropertiesOverride');
}

/**
 * With another number of nodes (reference of NodeOverrides). The words of the first: aws/aws-cdk issue 29415.
 */
function withSize({ nodes, mainNode }: Nodes, numNodes: number): Pick<Nodes, 'nodes' | 'size'> {
  checkNodeCount(numNodes);
  const texts = nodes.map(({ range }) => range?.text ?? '');
  if (!texts.some(isOpen)) {
    refuse(
      'NumNodes override can only be applied if the job definition has at least 1 target node without a range_end i.e (:) or (range_start:).',
    );
  }
  refusedPlainly(() => checkMainNode(mainNode, numNodes));
  const ranges = refusedPlainly(() => texts.map((text) => ({ ...rangeAmong(text, numNodes), text })));
  return {
    size: numNodes,
    nodes: nodes.map((node, index) => ({ ...node, ...(ranges[index] && { range: ranges[index] }) })),
  };
}

/** The words: aws/aws-parallelcluster pull request 964. */
function refuseStrangers({ nodes, size }: Pick<Nodes, 'nodes' | 'size'>, overrides: readonly RangeOverride[]): void {
  const strangers = overrides.filter((one) => !nodes.some((node) => isOverrideOf(one, node, size)));
  if (strangers.length === 0) return;
  const targets = strangers.map(({ targetNodes }) => targetNodes).join(', ');
  refuse(`NodeOverride targets should match job definition. Non matching targets - ${targets}`);
}

/** Whether an override is for a range: named as it was written, or with the same nodes. */
export function isOverrideOf({ targetNodes }: RangeOverride, { range }: NodeSpecification, size: number): boolean {
  if (targetNodes === range?.text) return true;
  const { first, last } = rangeOf(targetNodes, size);
  return first === range?.first && last === range.last;
}

function overriddenRange(node: NodeSpecification, override: RangeOverride): NodeSpecification {
  const { containerOverrides = {}, ecsPropertiesOverride, eksPropertiesOverride, instanceTypes = [] } = override;
  const isTask = node.isTask === true;
  refuseOtherForm(override, node);
  checkInstanceTypes(instanceTypes, isTask);
  checkCommand(containerOverrides.command);
  const instanceType = instanceTypes[0] ?? (containerOverrides.instanceType || undefined);
  const { pod } = node;
  const changedNode =
    eksPropertiesOverride && pod
      ? { ...node, pod: refusedPlainly(() => overriddenPod(pod, eksPropertiesOverride)) }
      : ecsPropertiesOverride
        ? taskOverridden(node, ecsPropertiesOverride, 'EC2')
        : containerOverridden(node, containerOverrides, 'EC2');
  return {
    ...changedNode,
    ...(instanceType === undefined ? {} : { instanceType }),
    ...refusedPlainly(() => ownConsumables(override.consumableResourcePropertiesOverride)),
  };
}

/** No words are reported of AWS. */
function refuseOtherForm(override: RangeOverride, { isTask, pod }: NodeSpecification): void {
  const own = pod ? 'eksPropertiesOverride' : isTask ? 'ecsPropertiesOverride' : 'containerOverrides';
  for (const member of ['containerOverrides', 'ecsPropertiesOverride', 'eksPropertiesOverride'] as const) {
    const given = override[member];
    if (member === own || given === undefined) continue;
    // What says nothing does no harm: some clients always send it.
    if (member === 'containerOverrides' && Object.keys(given).length === 0) continue;
    const form = {
      containerOverrides: 'container',
      ecsPropertiesOverride: 'ecsProperties',
      eksPropertiesOverride: 'eksProperties',
    };
    refuse(`${member} is not applicable for a node range without ${form[member]}. Use ${own}.`);
  }
}

/** All nodes of a job run on one instance type (spec 02 §5.5): one that is overridden counts for those of which none is said. */
function checkOneInstanceType(nodes: readonly NodeSpecification[]): void {
  const types = new Set(nodes.flatMap(({ instanceType }) => instanceType ?? []));
  demand(types.size <= 1, 'All node ranges of a multi-node parallel job must use the same instance type.');
}
