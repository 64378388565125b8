import * as token from 'virtual:tokens';
import { BaseEdge, type Edge, type EdgeProps } from '@xyflow/react';
import type { PlacedEdge, Point } from './place.ts';

export type ShownEdge = Edge<{ readonly edge: PlacedEdge }, 'routed'>;

/** A way as it was laid out, not the straight one between its ends. */
export function GraphEdgeLine({ id, data, markerEnd }: EdgeProps<ShownEdge>) {
  if (!data) return null;
  const { points, at, label, isFailure } = data.edge;
  const colour = isFailure ? token.colorBorderStatusWarning : token.colorBorderInputDefault;
  return (
    <BaseEdge
      id={id}
      path={pathOf(points)}
      {...(markerEnd !== undefined && { markerEnd })}
      style={{ stroke: colour, strokeWidth: 1.5, ...(isFailure && { strokeDasharray: '5 4' }) }}
      {...(label !== undefined && at && { label, labelX: at.x, labelY: at.y })}
      labelStyle={{ fill: token.colorTextBodyDefault, fontSize: 12 }}
      labelBgStyle={{ fill: token.colorBackgroundContainerContent }}
    />
  );
}

/** Through the middles between the points, bent at each: nothing has corners. */
function pathOf([first, ...rest]: readonly Point[]): string {
  const last = rest.at(-1);
  if (!first || !last) return '';
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? last;
    const isLast = index === rest.length - 2;
    const to = isLast ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q ${point.x} ${point.y} ${to.x} ${to.y}`;
  });
  return [`M ${first.x} ${first.y}`, ...bends, ...(bends.length === 0 ? [`L ${last.x} ${last.y}`] : [])].join(' ');
}
