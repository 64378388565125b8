import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';

const types: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  VALID: 'success',
  INVALID: 'error',
  CREATING: 'in-progress',
  UPDATING: 'in-progress',
  DELETING: 'in-progress',
};

/** The status of an environment or a queue, and the state it was put into if that is not ENABLED. */
export function ResourceStatus({
  status,
  state,
}: {
  readonly status: string | undefined;
  readonly state: string | undefined;
}) {
  const words = state === undefined || state === 'ENABLED' ? status : `${status} · ${state}`;
  return <StatusIndicator type={types[status ?? ''] ?? 'info'}>{words}</StatusIndicator>;
}
