import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useText } from '../../messages/text-context.tsx';
import type { GraphStatus } from './level.ts';

const types: Readonly<Record<GraphStatus, StatusIndicatorProps.Type>> = {
  waiting: 'pending',
  running: 'in-progress',
  succeeded: 'success',
  warned: 'warning',
  failed: 'error',
  stopped: 'stopped',
};

const words: Readonly<Record<GraphStatus, string>> = {
  waiting: 'graph.status.waiting',
  running: 'graph.status.running',
  succeeded: 'graph.status.succeeded',
  warned: 'graph.status.warned',
  failed: 'graph.status.failed',
  stopped: 'graph.status.stopped',
};

/** An icon and the word, never colour alone. */
export function GraphStatusMark({
  status,
  count,
}: {
  readonly status: GraphStatus;
  readonly count?: string | undefined;
}) {
  const text = useText();
  const word = text(words[status]);
  return <StatusIndicator type={types[status]}>{count === undefined ? word : `${word} ${count}`}</StatusIndicator>;
}
