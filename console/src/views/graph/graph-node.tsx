import * as token from 'virtual:tokens';
import Button from '@cloudscape-design/components/button';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import type { CSSProperties } from 'react';
import { useText } from '../../messages/text-context.tsx';
import { GraphStatusMark } from './graph-status.tsx';
import type { GraphNode, GraphStatus } from './level.ts';

export type ShownNode = Node<
  {
    readonly node: GraphNode;
    readonly isOpen: boolean;
    readonly onToggle: (id: string) => void;
  },
  'box'
>;

const borders: Readonly<Record<GraphStatus, string>> = {
  waiting: token.colorBorderDividerDefault,
  running: token.colorBorderStatusInfo,
  succeeded: token.colorBorderStatusSuccess,
  warned: token.colorBorderStatusWarning,
  failed: token.colorBorderStatusError,
  stopped: token.colorBorderInputDefault,
};

/** Ways end there, as xyflow measures; nobody draws any. */
const handle: CSSProperties = { visibility: 'hidden' };
const oneLine: CSSProperties = { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' };

/** A thing in the graph: what it is called, how it is, and where there is something inside the way to open it. */
export function GraphNodeBox({ id, data: { node, isOpen, onToggle }, selected }: NodeProps<ShownNode>) {
  const text = useText();
  const { label, note, status, count, inside } = node;
  return (
    <div style={boxStyle(node, isOpen, selected)}>
      <Handle type="target" position={Position.Top} isConnectable={false} style={handle} />
      <div style={{ flex: 1, minWidth: 0, textAlign: node.isPoint ? 'center' : 'start' }}>
        <div style={{ ...oneLine, fontWeight: 700 }} title={label}>
          {label}
        </div>
        {status === undefined ? (
          <div style={{ ...oneLine, color: token.colorTextBodySecondary }}>{note}</div>
        ) : (
          <GraphStatusMark status={status} count={count} />
        )}
      </div>
      {inside && (
        <span className="nodrag nopan">
          <Button
            variant="inline-icon"
            iconName={isOpen ? 'treeview-collapse' : 'treeview-expand'}
            ariaLabel={text(isOpen ? 'graph.close' : 'graph.open', { name: label })}
            onClick={() => onToggle(id)}
          />
        </span>
      )}
      <Handle type="source" position={Position.Bottom} isConnectable={false} style={handle} />
    </div>
  );
}

function boxStyle({ isPoint, status }: GraphNode, isOpen: boolean, selected: boolean): CSSProperties {
  return {
    display: 'flex',
    alignItems: isOpen ? 'start' : 'center',
    gap: 4,
    boxSizing: 'border-box',
    height: '100%',
    padding: isPoint ? '0 8px' : '4px 10px',
    fontSize: token.fontSizeBodyS,
    lineHeight: '20px',
    color: token.colorTextBodyDefault,
    backgroundColor: isOpen ? 'transparent' : token.colorBackgroundContainerContent,
    border: `${status === undefined || status === 'waiting' ? 1 : 2}px ${isOpen ? 'dashed' : 'solid'} ${borders[status ?? 'waiting']}`,
    borderRadius: isPoint ? 14 : token.borderRadiusItem,
    outline: selected ? `3px solid ${token.colorBorderItemFocused}` : 'none',
    outlineOffset: 2,
  };
}
