import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';

const types: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  RUNNING: 'in-progress',
  SUCCEEDED: 'success',
  FAILED: 'error',
  TIMED_OUT: 'error',
  ABORTED: 'stopped',
  PENDING_REDRIVE: 'pending',
};

/** An execution's status as AWS calls it: an icon and the word, never colour alone. */
export function ExecutionStatusMark({ status }: { readonly status: string | undefined }) {
  return <StatusIndicator type={types[status ?? ''] ?? 'info'}>{status}</StatusIndicator>;
}
