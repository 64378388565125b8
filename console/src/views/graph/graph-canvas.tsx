import '@xyflow/react/dist/style.css';
import * as token from 'virtual:tokens';
import { Controls, MarkerType, type NodeChange, Position, ReactFlow, type ReactFlowInstance } from '@xyflow/react';
import { type CSSProperties, useEffect, useMemo, useState } from 'react';
import { type Text, useText } from '../../messages/text-context.tsx';
import { GraphEdgeLine, type ShownEdge } from './graph-edge.tsx';
import { GraphNodeBox, type ShownNode } from './graph-node.tsx';
import type { GraphProps } from './graph-props.ts';
import { countNodes, type GraphLevel, type GraphNode } from './level.ts';
import type { Placed } from './place.ts';
import { useColorMode } from './use-color-mode.ts';
import { useLayout } from './use-layout.ts';

const nodeTypes = { box: GraphNodeBox };
const edgeTypes = { routed: GraphEdgeLine };
/** What has more inside is closed until somebody opens it. */
const openedAtOnce = 30;

const colours = {
  '--xy-controls-button-background-color': token.colorBackgroundContainerContent,
  '--xy-controls-button-background-color-hover': token.colorBackgroundDropdownItemHover,
  '--xy-controls-button-color': token.colorTextBodyDefault,
  '--xy-controls-button-color-hover': token.colorTextBodyDefault,
  '--xy-controls-button-border-color': token.colorBorderDividerDefault,
  '--xy-background-color': token.colorBackgroundContainerContent,
} as CSSProperties;

/** The drawing itself. The wheel moves the page; it zooms with Ctrl. */
export function GraphCanvas({ level, label, selected, onSelect, height = 480 }: GraphProps) {
  const text = useText();
  const colorMode = useColorMode();
  const [opened, toggle] = useOpened(level);
  const placed = useLayout(level, opened);
  const [flow, setFlow] = useState<ReactFlowInstance<ShownNode, ShownEdge>>();
  const nodes = useMemo(() => shownNodes(level, placed, selected, toggle), [level, placed, selected, toggle]);
  const edges = useMemo(() => shownEdges(level, placed, text), [level, placed, text]);
  useEffect(() => {
    if (placed) void flow?.fitView({ maxZoom: 1 });
  }, [flow, placed]);
  const select = (changes: readonly NodeChange<ShownNode>[]) => {
    const chosen = changes.find((change) => change.type === 'select' && change.selected);
    if (chosen?.type === 'select') onSelect?.(chosen.id);
  };
  const words = {
    'node.a11yDescription.default': text('graph.node.help'),
    'node.a11yDescription.keyboardDisabled': text('graph.node.help'),
    'controls.ariaLabel': text('graph.controls'),
    'controls.zoomIn.ariaLabel': text('graph.zoom-in'),
    'controls.zoomOut.ariaLabel': text('graph.zoom-out'),
    'controls.fitView.ariaLabel': text('graph.fit'),
  };
  return (
    <section aria-label={label} style={{ ...colours, height }}>
      <ReactFlow<ShownNode, ShownEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={colorMode}
        onInit={setFlow}
        onNodesChange={select}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        zoomOnScroll={false}
        preventScrolling={false}
        minZoom={0.1}
        maxZoom={2}
        ariaLabelConfig={words}
        proOptions={{ hideAttribution: true }}
      >
        <Controls showInteractive={false} />
      </ReactFlow>
    </section>
  );
}

/** Which nodes show what is inside: those with little in them, until somebody says otherwise. */
function useOpened(level: GraphLevel): readonly [ReadonlySet<string>, (id: string) => void] {
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const opened = useMemo(() => {
    const containers = [...nodesOf(level)].filter(({ inside }) => inside !== undefined);
    const isSmall = ({ inside = [] }: GraphNode) => inside.reduce((sum, it) => sum + countNodes(it), 0) <= openedAtOnce;
    return new Set(containers.filter((node) => isSmall(node) !== turned.has(node.id)).map(({ id }) => id));
  }, [level, turned]);
  const [toggle] = useState(() => (id: string) => {
    setTurned((now) => new Set(now.has(id) ? [...now].filter((each) => each !== id) : [...now, id]));
  });
  return [opened, toggle];
}

function* nodesOf(level: GraphLevel): Generator<GraphNode> {
  for (const node of level.nodes) {
    yield node;
    for (const inside of node.inside ?? []) yield* nodesOf(inside);
  }
}

function shownNodes(
  level: GraphLevel,
  placed: Placed | undefined,
  selected: string | undefined,
  onToggle: (id: string) => void,
): ShownNode[] {
  const byId = new Map([...nodesOf(level)].map((node) => [node.id, node]));
  return (placed?.nodes ?? []).flatMap(({ id, x, y, width, height, parent, isOpen }) => {
    // What was laid out is of the level before this one.
    const node = byId.get(id);
    if (!node || (parent !== undefined && !byId.has(parent))) return [];
    const place = { id, type: 'box' as const, position: { x, y }, width, height, handles: ends(width, height) };
    const isChoosable = !node.isPoint;
    return {
      ...place,
      measured: { width, height },
      ...(parent !== undefined && { parentId: parent }),
      data: { node, isOpen, onToggle },
      selected: id === selected,
      selectable: isChoosable,
      focusable: isChoosable,
      ariaLabel: [node.label, node.note].filter(Boolean).join(', '),
    };
  });
}

/** Where ways end: given too, so that they stay while nodes are measured anew, as after each change of a status. */
function ends(width: number, height: number): NonNullable<ShownNode['handles']> {
  const x = width / 2;
  return [
    { type: 'target', position: Position.Top, x, y: 0 },
    { type: 'source', position: Position.Bottom, x, y: height },
  ];
}

function shownEdges(level: GraphLevel, placed: Placed | undefined, text: Text): ShownEdge[] {
  const names = new Map([...nodesOf(level)].map(({ id, label }) => [id, label]));
  return (placed?.edges ?? []).map((edge, index) => ({
    id: `${index} ${edge.from} ${edge.to}`,
    type: 'routed',
    source: edge.from,
    target: edge.to,
    data: { edge },
    selectable: false,
    ariaLabel: text('graph.way', { from: names.get(edge.from) ?? '', to: names.get(edge.to) ?? '' }),
    markerEnd: {
      type: MarkerType.ArrowClosed,
      color: edge.isFailure ? token.colorBorderStatusWarning : token.colorBorderInputDefault,
    },
  }));
}
