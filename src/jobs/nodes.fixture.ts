import { type NodeRange, type PlaceId, sumOfNodes } from '../core/job.ts';
import { needsOf } from './consumables.fixture.ts';
import type { GangEntry } from './entry.ts';

export const vcpusOfFirstNode = 4;

/** What a multi-node job of this size is made of: its first node asks for more than all others, the job for so many units. */
export function nodesOf(size: number, units = 0) {
  const first: NodeRange = { first: 0, last: 0, resources: { vcpus: vcpusOfFirstNode, memoryMiB: 8, gpus: 1 } };
  const others: NodeRange = { first: 1, last: size - 1, resources: { vcpus: 1, memoryMiB: 1, gpus: 0 } };
  const ranges = size > 1 ? [first, others] : [first];
  return { size, ranges, resources: { ...sumOfNodes(ranges), ...needsOf(units) } };
}

/** Where a node of a gang runs that has its places. */
export function placeOfNode({ state }: GangEntry, index: number): PlaceId {
  if (!('gang' in state)) throw new Error('the gang has no places');
  return { pool: state.gang.pool, instance: state.gang.nodes[index]?.instance ?? '' };
}
