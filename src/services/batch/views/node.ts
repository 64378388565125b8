import { createHash } from 'node:crypto';
import type {
  ContainerProperties,
  EcsTaskProperties,
  EksContainerDetail,
  EksPodProperties,
  JobDetail,
  NetworkInterface,
  NodePropertiesSummary,
  NodeRangeProperty,
} from '@aws-sdk/client-batch';
import type { TaskId } from '../../../core/ids.ts';
import type { NodeSpecification } from '../../../core/job-specification.ts';
import { nodeSpecification } from '../../../core/node-specification.ts';
import type { PodSpecification } from '../../../core/pod-specification.ts';
import { containerDetailOf, taskDetailOf } from '../definition/container-detail.ts';
import { podDetailOf } from '../definition/pod-detail.ts';
import type { ListedJob, ShownJob, ShownState } from '../shown-jobs.ts';
import { attemptsOf } from './attempts.ts';
import { propertiesOf } from './consumables.ts';

/** Whether it is a multi-node job, not a node of one. */
export function isGang({ record, part }: ListedJob): boolean {
  return record.kind === 'multiNode' && !part;
}

/** What whatever is shown runs: of a multi-node job what its main node does. */
export function nodeShown({ specification, record, part }: ShownJob): NodeSpecification | undefined {
  const mainNode = record.kind === 'multiNode' ? record.mainNode : undefined;
  return nodeSpecification(specification, part?.kind === 'node' ? part.index : mainNode);
}

/** What DescribeJobs says of nodes: of a job what all of them run, of a node which one it is. */
export function nodeMembers(job: ShownJob): Pick<JobDetail, 'nodeProperties' | 'nodeDetails'> {
  const { record, specification, part } = job;
  if (part?.kind === 'node') return { nodeDetails: { nodeIndex: part.index, isMainNode: part.isMain } };
  if (record.kind !== 'multiNode') return {};
  const { size: numNodes, mainNode } = record;
  return { nodeProperties: { numNodes, mainNode, nodeRangeProperties: specification.nodes.map(rangeDetail) } };
}

function rangeDetail(node: NodeSpecification): NodeRangeProperty {
  const { range, instanceType, isTask, consumables, pod } = node;
  const targetNodes = range?.text ?? `${range?.first}:${range?.last}`;
  const needs = consumables ? { consumableResourceProperties: propertiesOf(consumables) } : {};
  if (pod) return { targetNodes, ...needs, eksProperties: { podProperties: podProperties(pod) } };
  if (!isTask) return { targetNodes, ...needs, container: containerProperties(node) };
  const instanceTypes = instanceType === undefined ? {} : { instanceTypes: [instanceType] };
  return { targetNodes, ...needs, ...instanceTypes, ecsProperties: { taskProperties: [taskProperties(node)] } };
}

/** What is said of it, less what would become of it. */
function containerProperties(node: NodeSpecification): ContainerProperties {
  const { networkInterfaces: _none, ...properties } = containerDetailOf(node);
  return properties;
}

function podProperties(pod: PodSpecification): EksPodProperties {
  const { containers, initContainers, ...rest } = podDetailOf(pod);
  const withImages = (given: EksContainerDetail[] = []) =>
    given.map(({ image = '', ...container }) => ({ ...container, image }));
  return { ...rest, containers: withImages(containers), initContainers: withImages(initContainers) };
}

function taskProperties(node: NodeSpecification): EcsTaskProperties {
  const { containers, ...task } = taskDetailOf(node);
  return {
    ...task,
    containers: containers.map(({ networkInterfaces: _none, image = '', ...rest }) => ({ ...rest, image })),
  };
}

/** What ListJobs says of nodes. */
export function nodeSummary({ record, part }: ListedJob): NodePropertiesSummary | undefined {
  if (part?.kind === 'node') return { nodeIndex: part.index, isMainNode: part.isMain };
  return record.kind === 'multiNode' ? { numNodes: record.size } : undefined;
}

/** By which address the other nodes reach it, or did in its latest attempt. */
export function networkInterfaces(state: ShownState): NetworkInterface[] {
  return interfaceOf('placement' in state ? state.placement : attemptsOf(state).at(-1));
}

/** That of one attempt. */
export function interfaceOf(
  attempt: { readonly taskId: TaskId; readonly address?: string } | undefined,
): NetworkInterface[] {
  if (attempt?.address === undefined) return [];
  return [{ attachmentId: attachmentId(attempt.taskId), privateIpv4Address: attempt.address }];
}

/** The same whenever it is asked for, in the form of ECS's. */
function attachmentId(taskId: TaskId): string {
  const hex = createHash('sha256').update(`attachment/${taskId}`).digest('hex');
  return [0, 8, 12, 16, 20].map((from, at) => hex.slice(from, [8, 12, 16, 20, 32][at])).join('-');
}
