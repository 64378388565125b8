import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';

const types: Readonly<Record<string, StatusIndicatorProps.Type>> = { OK: 'success', ALARM: 'error' };

/** The state of an alarm as AWS calls it: an icon and the word. */
export function AlarmState({ state }: { readonly state: string | undefined }) {
  return <StatusIndicator type={types[state ?? ''] ?? 'pending'}>{state}</StatusIndicator>;
}
