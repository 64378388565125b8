import { Graph, layout } from '@dagrejs/dagre';
import { type GraphEdge, type GraphLevel, type GraphNode, isTooLarge } from './level.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A node with its place in what it is inside of: the corner at the left and above, in pixels. */
export interface PlacedNode extends Point {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly parent?: string;
  readonly isOpen: boolean;
}

export interface PlacedEdge extends GraphEdge {
  /** From its beginning to its end, in the whole drawing. */
  readonly points: readonly Point[];
  /** The middle of its label. */
  readonly at?: Point;
}

export interface Placed {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const head = 56;
const inset = 16;
const sizes = { point: 28, noteless: 40, least: 150, most: 280, letter: 7.5, around: 48, labelHeight: 20 };
const gaps = { nodesep: 32, ranksep: 44, edgesep: 16, marginx: 0, marginy: 0 };

/** Lays out a level from top to bottom; of those in `opened` what is inside, each level for itself, then around it. */
export function placeLevel(level: GraphLevel, opened: ReadonlySet<string>): Placed {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', ...gaps });
  graph.setDefaultEdgeLabel(() => ({}));
  const insides = new Map<string, Placed>();
  const known = new Set(level.nodes.map(({ id }) => id));
  for (const node of level.nodes) {
    const inside = opened.has(node.id) ? placeInside(node, opened) : undefined;
    if (inside) insides.set(node.id, inside);
    graph.setNode(node.id, inside ? around(inside, node) : closedSize(node));
  }
  const edges = level.edges.filter(({ from, to }) => known.has(from) && known.has(to));
  for (const [index, edge] of edges.entries()) graph.setEdge(edge.from, edge.to, labelSize(edge), String(index));
  layout(graph);
  const nodes = level.nodes.flatMap(({ id }) => placedNodes(id, graph.node(id) as Box, insides.get(id)));
  const { width = 0, height = 0 } = graph.graph() as { readonly width?: number; readonly height?: number };
  const placedEdges = edges.map((edge, index) => {
    const { points = [], x, y } = graph.edge(edge.from, edge.to, String(index)) as Routed;
    return { ...edge, points, ...(edge.label !== undefined && x !== undefined && y !== undefined && { at: { x, y } }) };
  });
  return { width, height, nodes, edges: [...placedEdges, ...innerEdges(nodes, insides)] };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Routed {
  readonly points?: readonly Point[];
  readonly x?: number;
  readonly y?: number;
}

/** The levels of one node, side by side. */
function placeInside({ id, inside = [] }: GraphNode, opened: ReadonlySet<string>): Placed | undefined {
  if (inside.length === 0 || inside.some(isTooLarge)) return undefined;
  let width = inset;
  let height = 0;
  const nodes: PlacedNode[] = [];
  const edges: PlacedEdge[] = [];
  for (const level of inside) {
    const placed = placeLevel(level, opened);
    const by = { x: width, y: head };
    nodes.push(...placed.nodes.map((node) => (node.parent === undefined ? { ...moved(node, by), parent: id } : node)));
    edges.push(...placed.edges.map((edge) => movedEdge(edge, by)));
    width += placed.width + inset;
    height = Math.max(height, placed.height);
  }
  return { width, height: head + height + inset, nodes, edges };
}

/** dagre tells where the middle is. */
function placedNodes(id: string, { x, y, width, height }: Box, inside: Placed | undefined): readonly PlacedNode[] {
  const node = { id, x: x - width / 2, y: y - height / 2, width, height, isOpen: inside !== undefined };
  return [node, ...(inside?.nodes ?? [])];
}

function innerEdges(nodes: readonly PlacedNode[], insides: ReadonlyMap<string, Placed>): readonly PlacedEdge[] {
  return nodes.flatMap((node) => (insides.get(node.id)?.edges ?? []).map((edge) => movedEdge(edge, node)));
}

function moved<It extends Point>(it: It, by: Point): It {
  return { ...it, x: it.x + by.x, y: it.y + by.y };
}

function movedEdge(edge: PlacedEdge, by: Point): PlacedEdge {
  const points = edge.points.map((point) => moved(point, by));
  return { ...edge, points, ...(edge.at && { at: moved(edge.at, by) }) };
}

function around({ width, height }: Placed, node: GraphNode): { width: number; height: number } {
  return { width: Math.max(width, closedSize(node).width), height };
}

function closedSize({ label, note = '', isPoint, status }: GraphNode): { width: number; height: number } {
  if (isPoint) return { width: sizes.point + label.length * sizes.letter, height: sizes.point };
  const letters = Math.max(label.length, note.length);
  const width = Math.min(sizes.most, Math.max(sizes.least, letters * sizes.letter + sizes.around));
  return { width, height: note === '' && status === undefined ? sizes.noteless : head };
}

function labelSize({ label }: GraphEdge): object {
  if (label === undefined) return {};
  return { width: Math.min(sizes.most, label.length * sizes.letter), height: sizes.labelHeight, labelpos: 'c' };
}
