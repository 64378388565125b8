import type { NodeSpecification } from '../../../core/job-specification.ts';
import { nodeRuns } from '../../../core/node-specification.ts';
import { demand } from '../refusals.ts';
import { containerDetailOf } from './container-detail.ts';
import { checkContainer } from './container-rules.ts';
import { checkMainNode, checkNodeCount, rangeOf } from './node-ranges.ts';
import { rangeNode } from './nodes.ts';
import { checkPod } from './pod-rules.ts';
import type { Container, GivenNodeRange, NodeProperties } from './schema.ts';
import { checkTask, taskOf } from './task-rules.ts';

const mostRanges = 5;

/**
 * Checks the nodes of a definition: every rule that one look at it tells. Spec 02 §7, 03 §2. The words: cdk-preflight; of several
 * instance types none are reported.
 */
export function checkNodeProperties({ numNodes, mainNode, nodeRangeProperties: ranges }: NodeProperties): void {
  checkNodeCount(numNodes);
  checkMainNode(mainNode, numNodes);
  demand(ranges.length <= mostRanges, `Maximum allowed size of node range properties is ${mostRanges}`);
  for (const range of ranges) checkRange(range, numNodes);
  const [form, ...others] = new Set(ranges.flatMap(formsOf));
  demand(others.length === 0, bothForms(form, others[0]));
  const types = new Set(ranges.flatMap((range) => range.container?.instanceType || (range.instanceTypes ?? [])));
  demand(types.size <= 1, 'All node ranges of a multi-node parallel job must use the same instance type.');
  const nodes = ranges.map((range) => rangeNode(range, rangeOf(range.targetNodes, numNodes)));
  for (const run of nodeRuns(nodes, numNodes)) {
    demand(run.node, 'Node Range Properties target nodes have missing ranges');
    const own = ranges.filter((_range, index) => has(nodes[index], run.first));
    checkNode(own, run.node);
  }
}

type Form = 'ecsProperties' | 'container' | 'eksProperties';

/** Reported of the first two. */
function bothForms(one: Form | undefined, other: Form | undefined): string {
  const [first, second] = (['ecsProperties', 'eksProperties', 'container'] as const).filter(
    (form) => form === one || form === other,
  );
  return `NodeRangeProperties can not use both ${first} and ${second} fields`;
}

function formsOf({ container, ecsProperties, eksProperties }: GivenNodeRange): Form[] {
  return [
    ...(ecsProperties ? ['ecsProperties' as const] : []),
    ...(container ? ['container' as const] : []),
    ...(eksProperties ? ['eksProperties' as const] : []),
  ];
}

/** Whether the nodes are pods. */
export function arePods({ nodeRangeProperties }: NodeProperties): boolean {
  return nodeRangeProperties.some(({ eksProperties }) => eksProperties);
}

function checkRange(range: GivenNodeRange, numNodes: number): void {
  const { targetNodes, ecsProperties, eksProperties, instanceTypes = [] } = range;
  rangeOf(targetNodes, numNodes);
  const [form, other] = formsOf(range);
  demand(form, `Must specify container for node range ${targetNodes}.`);
  demand(!other, bothForms(form, other));
  if (eksProperties) checkPod(eksProperties);
  checkInstanceTypes(instanceTypes, ecsProperties !== undefined);
}

/** Checks `instanceTypes` of a range, or of an override of one. The words of the first: cdk-preflight. */
export function checkInstanceTypes(instanceTypes: readonly string[], isTask: boolean): void {
  const isApplicable = instanceTypes.length === 0 || isTask;
  demand(isApplicable, 'Using instanceTypes with nodeRangeProperty is only allowed for ecsProperties jobs.');
  demand(instanceTypes.length <= 1, 'instanceTypes can have at most 1 element.');
}

/** Checks what a node runs. Where ranges lie in each other each may leave to the other what a container needs. */
function checkNode(ranges: readonly GivenNodeRange[], node: NodeSpecification): void {
  if (node.pod) return; // Each range has a whole one, and its rules hold.
  const [range, ...more] = ranges;
  if (node.isTask) for (const { ecsProperties } of ranges) ecsProperties && checkTask(taskOf(ecsProperties), 'EC2');
  // What is shown of a node is as good as what was given of it.
  else checkNodeContainer(more.length === 0 ? range?.container : (containerDetailOf(node) as Container));
}

function checkNodeContainer(container: Container | undefined): void {
  const { instanceType: _ofAllNodes, ...rest } = container ?? {};
  checkContainer(rest, 'EC2');
}

function has(node: NodeSpecification | undefined, index: number): boolean {
  return node?.range !== undefined && node.range.first <= index && index <= node.range.last;
}
