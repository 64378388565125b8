/** How a thing in a graph is; its word and icon are `GraphStatusMark`'s. */
export type GraphStatus = 'waiting' | 'running' | 'succeeded' | 'warned' | 'failed' | 'stopped';

/** A thing in a graph. */
export interface GraphNode {
  /** No other node of the whole drawing has it, on no level. */
  readonly id: string;
  readonly label: string;
  /** A second line. */
  readonly note?: string;
  readonly status?: GraphStatus;
  /** Where more than one thing is told by it: how many, as `3 / 5`. */
  readonly count?: string;
  /** A mark of the drawing's own, as a start: nothing to select. */
  readonly isPoint?: boolean;
  /** What it is made of; drawn when it is opened. */
  readonly inside?: readonly GraphLevel[];
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  /** A way that is taken when something fails. */
  readonly isFailure?: boolean;
}

/** What is laid out at once: nodes, and edges among them. */
export interface GraphLevel {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** More nodes a level are not drawn: laying them out takes seconds, and nobody reads them. */
export const mostNodes = 300;

/** Whether a level is too large to be drawn. */
export function isTooLarge({ nodes }: GraphLevel): boolean {
  return nodes.length > mostNodes;
}

/** How many nodes a level has, those inside others included. */
export function countNodes(level: GraphLevel): number {
  return level.nodes.reduce((sum, { inside = [] }) => sum + 1 + inside.reduce((all, it) => all + countNodes(it), 0), 0);
}
