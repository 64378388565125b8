import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { VisitStatus } from '../../data/states/visit.ts';
import { useText } from '../../messages/text-context.tsx';

const types: Readonly<Record<VisitStatus, StatusIndicatorProps.Type>> = {
  running: 'in-progress',
  succeeded: 'success',
  caught: 'warning',
  failed: 'error',
  stopped: 'stopped',
};

/** Keys of what the statuses are called. */
export const visitStatusWords: Readonly<Record<VisitStatus, string>> = {
  running: 'visit.status.running',
  succeeded: 'visit.status.succeeded',
  caught: 'visit.status.caught',
  failed: 'visit.status.failed',
  stopped: 'visit.status.stopped',
};

export function VisitStatusMark({ status }: { readonly status: VisitStatus }) {
  const text = useText();
  return <StatusIndicator type={types[status]}>{text(visitStatusWords[status])}</StatusIndicator>;
}
