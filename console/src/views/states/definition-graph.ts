import type { StateSummary, VisitStatus } from '../../data/states/visit.ts';
import type { GraphEdge, GraphLevel, GraphNode, GraphStatus } from '../graph/level.ts';
import { choiceWords } from './choice-words.ts';
import { type Loose, listOf, objectOf, textOf } from './loose.ts';

/** Words of the drawing, in the page's language. */
export interface GraphWords {
  readonly start: string;
  readonly end: string;
  /** At the way out of a Choice state when no rule fits. */
  readonly otherwise: string;
}

const startId = '(start)';
const endId = '(end)';

/**
 * A definition as a graph: states are nodes by their names, what is in Parallel and Map states is inside them. Of what is wrong with
 * the definition nothing is said: what is understood is drawn.
 */
export function definitionGraph(definition: unknown, words: GraphWords): GraphLevel {
  const flow = objectOf(definition);
  const { nodes, edges, ends } = new Reader(words.otherwise).level(flow);
  const first = textOf(flow.StartAt);
  return {
    nodes: [
      { id: startId, label: words.start, isPoint: true },
      ...nodes,
      ...(ends.length > 0 ? [{ id: endId, label: words.end, isPoint: true }] : []),
    ],
    edges: [
      ...(first === undefined ? [] : [{ from: startId, to: first }]),
      ...edges,
      ...ends.map((from) => ({ from, to: endId })),
    ],
  };
}

/** The graph with what became of each state; those that were not reached have not begun. */
export function withStatus(level: GraphLevel, summaries: ReadonlyMap<string, StateSummary>): GraphLevel {
  const nodes = level.nodes.map((node): GraphNode => {
    if (node.isPoint) return node;
    const inside = node.inside && { inside: node.inside.map((each) => withStatus(each, summaries)) };
    const summary = summaries.get(node.id);
    if (!summary) return { ...node, ...inside, status: 'waiting' };
    const { status, counts } = summary;
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return { ...node, ...inside, status: shown[status], ...(all > 1 && { count: `${counts[status]} / ${all}` }) };
  });
  return { ...level, nodes };
}

const shown: Readonly<Record<VisitStatus, GraphStatus>> = {
  running: 'running',
  succeeded: 'succeeded',
  caught: 'warned',
  failed: 'failed',
  stopped: 'stopped',
};

/** The states of a definition by name, those inside others included. */
export function statesOf(flow: unknown): ReadonlyMap<string, Loose> {
  const found = new Map<string, Loose>();
  for (const [name, state] of Object.entries(objectOf(objectOf(flow).States))) {
    found.set(name, objectOf(state));
    for (const inner of flowsIn(objectOf(state))) for (const [key, value] of statesOf(inner)) found.set(key, value);
  }
  return found;
}

/** What flows are in a state: the branches of a Parallel state, the one of a Map. */
function flowsIn(state: Loose): readonly Loose[] {
  if (state.Type === 'Parallel') return listOf(state.Branches).map(objectOf);
  if (state.Type === 'Map') return [objectOf(state.ItemProcessor ?? state.Iterator)];
  return [];
}

class Reader {
  readonly #otherwise: string;
  readonly #names = new Set<string>();

  constructor(otherwise: string) {
    this.#otherwise = otherwise;
  }

  /** The states of a flow, the ways among them, and after which of them it ends. */
  level(flow: Loose): GraphLevel & { readonly ends: readonly string[] } {
    const nodes: GraphNode[] = [];
    const edges: GraphEdge[] = [];
    const ends: string[] = [];
    for (const [name, given] of Object.entries(objectOf(flow.States))) {
      // A name that occurs twice is one of the things that are wrong; one of the two is drawn.
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      const state = objectOf(given);
      nodes.push(this.#node(name, state));
      edges.push(...edgesOf(name, state, this.#otherwise));
      if (state.End === true || state.Type === 'Succeed' || state.Type === 'Fail') ends.push(name);
    }
    return { nodes, edges, ends };
  }

  #node(name: string, state: Loose): GraphNode {
    const inside = flowsIn(state).map((flow) => {
      const { nodes, edges } = this.level(flow);
      return { nodes, edges };
    });
    return { id: name, label: name, note: noteOf(state), ...(inside.length > 0 && { inside }) };
  }
}

function edgesOf(from: string, state: Loose, otherwise: string): readonly GraphEdge[] {
  const edges: GraphEdge[] = [];
  const add = (to: unknown, more: Partial<GraphEdge>) => {
    if (typeof to === 'string') edges.push({ from, to, ...more });
  };
  add(state.Next, {});
  if (state.Type === 'Choice') {
    for (const rule of listOf(state.Choices).map(objectOf)) add(rule.Next, { label: choiceWords(rule) });
    add(state.Default, { label: otherwise });
  }
  for (const catcher of listOf(state.Catch).map(objectOf)) {
    add(catcher.Next, { label: listOf(catcher.ErrorEquals).join(', '), isFailure: true });
  }
  return edges;
}

/** The type, and of a task what it calls. */
function noteOf(state: Loose): string {
  const type = textOf(state.Type) ?? '?';
  const resource = textOf(state.Resource);
  if (resource === undefined) return type;
  const called = /^arn:[^:]*:states:[^:]*:[^:]*:(.+)$/.exec(resource)?.[1] ?? resource.split(':').at(-1) ?? resource;
  return `${type} · ${called}`;
}
