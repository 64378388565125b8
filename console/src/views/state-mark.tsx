import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useText } from '../messages/text-context.tsx';

/** Whether something is in force: ENABLED, or put aside. */
export function StateMark({ state }: { readonly state: string | undefined }) {
  const text = useText();
  const isEnabled = state?.startsWith('ENABLED') ?? false;
  return (
    <StatusIndicator type={isEnabled ? 'success' : 'stopped'}>
      {text(isEnabled ? 'services.enabled' : 'services.disabled')}
    </StatusIndicator>
  );
}
