import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';

const types: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  SUBMITTED: 'pending',
  PENDING: 'pending',
  RUNNABLE: 'pending',
  STARTING: 'in-progress',
  RUNNING: 'in-progress',
  SUCCEEDED: 'success',
  FAILED: 'error',
};

/** A job's status as AWS calls it: an icon and the word, never colour alone. */
export function JobStatusMark({ status }: { readonly status: string | undefined }) {
  return <StatusIndicator type={types[status ?? ''] ?? 'info'}>{status}</StatusIndicator>;
}
