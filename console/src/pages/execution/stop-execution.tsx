import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { useText } from '../../messages/text-context.tsx';
import { CallDialog } from '../../views/call-dialog.tsx';

/** Stops an execution with an error and a cause, which it then shows. */
export function StopExecution({
  executionArn,
  onClose,
}: {
  readonly executionArn: string;
  readonly onClose: () => void;
}) {
  const text = useText();
  const [error, setError] = useState('');
  const [cause, setCause] = useState('');
  const input = { executionArn, ...(error !== '' && { error }), ...(cause !== '' && { cause }) };
  const call = { service: 'states', operation: 'StopExecution', input } as const;
  return (
    <CallDialog title={text('execution.stop')} call={call} onClose={onClose}>
      <FormField label={text('execution.error')}>
        <Input value={error} onChange={({ detail }) => setError(detail.value)} />
      </FormField>
      <FormField label={text('execution.cause')} description={text('job.reason.shown')}>
        <Input value={cause} onChange={({ detail }) => setCause(detail.value)} />
      </FormField>
    </CallDialog>
  );
}
