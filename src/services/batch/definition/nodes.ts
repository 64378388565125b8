import { invariant } from '../../../core/errors.ts';
import { type NodeRange, type ResourceRequest, sumOfNodes } from '../../../core/job.ts';
import type { NodeSpecification } from '../../../core/job-specification.ts';
import { nodeRuns } from '../../../core/node-specification.ts';
import { ownConsumables } from './consumables.ts';
import { nodeOf, nodeOfTask, requirementsOf } from './container-record.ts';
import { type Range, rangeOf } from './node-ranges.ts';
import { podOf } from './pod-record.ts';
import { podResources } from './pod-resources.ts';
import { resourcesOf } from './resources.ts';
import type { GivenNodeRange, NodeProperties } from './schema.ts';
import { taskOf, taskResources } from './task-rules.ts';

/** What a multi-node job is made of. */
export interface Nodes {
  readonly size: number;
  readonly mainNode: number;
  /** By range, as given; the definition's order. */
  readonly nodes: readonly NodeSpecification[];
  /** What each node asks for. */
  readonly ranges: readonly NodeRange[];
  /** What all of them do together. */
  readonly resources: ResourceRequest;
}

/** Checked `nodeProperties`. */
export function nodesOf({ numNodes, mainNode, nodeRangeProperties }: NodeProperties): Nodes {
  const nodes = nodeRangeProperties.map((range) => rangeNode(range, rangeOf(range.targetNodes, numNodes)));
  return { mainNode, ...sized(nodes, numNodes) };
}

/** So many nodes of these ranges. Refuses what asks for no vCPUs or memory. */
export function sized(nodes: readonly NodeSpecification[], size: number): Omit<Nodes, 'mainNode'> {
  const ranges = nodeRuns(nodes, size).map(({ first, last, node }) => {
    invariant(node, `no range has node ${first}`);
    return { first, last, resources: resourcesOfNode(node) };
  });
  return { size, nodes, ranges, resources: sumOfNodes(ranges) };
}

/** The type of instance that all nodes are for; undefined if none is named. Of several ranges one may name it for all. */
export function instanceTypeOf(nodes: readonly NodeSpecification[]): string | undefined {
  return nodes.find(({ instanceType }) => instanceType)?.instanceType;
}

/** A range as it was given: in another one it may leave out what that says. */
export function rangeNode(
  { targetNodes: text, instanceTypes, consumableResourceProperties, ...what }: GivenNodeRange,
  range: Range,
): NodeSpecification {
  const [instanceType] = instanceTypes ?? [];
  const node = whatRuns(what);
  return {
    ...node,
    ...(instanceType === undefined ? {} : { instanceType }),
    ...ownConsumables(consumableResourceProperties),
    range: { ...range, text },
  };
}

function whatRuns({ container, ecsProperties, eksProperties }: Omit<GivenNodeRange, 'targetNodes'>): NodeSpecification {
  if (eksProperties) return { containers: [], pod: podOf(eksProperties) };
  return ecsProperties ? nodeOfTask(taskOf(ecsProperties)) : nodeOf(container ?? {});
}

function resourcesOfNode({ containers, isTask, pod }: NodeSpecification): ResourceRequest {
  if (pod) return podResources(pod);
  const asked = containers.map(({ resources }) => requirementsOf(resources));
  return isTask ? taskResources(asked, 'EC2') : resourcesOf(asked[0] ?? {}, 'EC2');
}
