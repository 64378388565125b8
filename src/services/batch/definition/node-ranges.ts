import { demand, invalid } from '../refusals.ts';

/** The nodes that a range is for, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

const mostNodes = 1000;

/** Checks how many nodes a job has. The words: cdk-preflight. */
export function checkNodeCount(numNodes: number): void {
  demand(numNodes >= 1 && numNodes <= mostNodes, `Number of nodes must be between 1 and ${mostNodes}.`);
}

/** Checks which node is the main one. The words: cdk-preflight. */
export function checkMainNode(mainNode: number, numNodes: number): void {
  const isThere = mainNode >= 0 && mainNode < numNodes;
  demand(isThere, 'Main node index is out of range, must be less than numNodes.');
}

/**
 * The nodes of `targetNodes`: `2:5`, `:5`, `2:`, `:`, or `2` alone, of a job of so many nodes. The words: cdk-preflight; of a range
 * that ends before it begins none are reported.
 */
export function rangeOf(targetNodes: string, numNodes: number): Range {
  const [first, last] = boundsOf(targetNodes);
  const range = { first, last: last ?? numNodes - 1 };
  demandAmong(targetNodes, Math.max(range.first, range.last), numNodes);
  return range;
}

function demandAmong(targetNodes: string, index: number, numNodes: number): void {
  demand(index < numNodes, `Node range error ${targetNodes}. Node range should be smaller than number of nodes`);
}

/** Whether a range goes to the last node, however many there are. */
export function isOpen(targetNodes: string): boolean {
  return boundsOf(targetNodes)[1] === undefined;
}

/** The same where a submission has another number of nodes: only that a range begins among them is asked (reference of NodeOverrides). */
export function rangeAmong(targetNodes: string, numNodes: number): Range {
  const [first, last = numNodes - 1] = boundsOf(targetNodes);
  demandAmong(targetNodes, first, numNodes);
  return { first, last: Math.min(last, numNodes - 1) };
}

function boundsOf(targetNodes: string): readonly [first: number, last: number | undefined] {
  const [, from, to] = /^(\d{0,9})(?::(\d{0,9}))?$/.exec(targetNodes) ?? [];
  if (from === undefined || targetNodes === '') return invalid('targetNodes should contain only digits.');
  const first = Number(from);
  const last = to === '' ? undefined : Number(to ?? from);
  demand(last === undefined || first <= last, `Node range error ${targetNodes}. It ends before it begins.`);
  return [first, last];
}
