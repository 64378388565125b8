import Box from '@cloudscape-design/components/box';
import { lazy, Suspense } from 'react';
import { useText } from '../../messages/text-context.tsx';
import type { GraphProps } from './graph-props.ts';
import { isTooLarge, mostNodes } from './level.ts';

// 60 kB: in no page that does not show it, and after what its page shows at once.
const GraphCanvas = lazy(async () => ({ default: (await import('./graph-canvas.tsx')).GraphCanvas }));

/**
 * Things and the ways between them, drawn from top to bottom: state machines, jobs that wait for jobs. Nodes are reached by Tab. What
 * is too large is not drawn: its page has a table of the same.
 */
export function Graph(props: GraphProps) {
  const text = useText();
  const { level } = props;
  if (isTooLarge(level)) return <Box>{text('graph.too-large', { count: level.nodes.length, most: mostNodes })}</Box>;
  return (
    <Suspense>
      <GraphCanvas {...props} />
    </Suspense>
  );
}
