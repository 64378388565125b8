import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useAct } from '../../data/use-act.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { Failure } from '../../views/failure.tsx';

interface StopJobProps {
  readonly jobId: string;
  readonly operation: 'CancelJob' | 'TerminateJob';
  readonly onClose: () => void;
}

/** Asks for the reason, which the job then shows, and stops it. */
export function StopJob({ jobId, operation, onClose }: StopJobProps) {
  const text = useText();
  const [reason, setReason] = useState('');
  const act = useAct();
  const call = { service: 'batch', operation, input: { jobId, reason } } as const;
  const title = text(operation === 'CancelJob' ? 'job.cancel' : 'job.terminate');
  const stop = (
    <Button
      variant="primary"
      disabled={reason.trim() === ''}
      loading={act.isPending}
      onClick={() => act.mutate(call, { onSuccess: onClose })}
    >
      {title}
    </Button>
  );
  return (
    <Modal visible header={title} onDismiss={onClose} footer={stop} closeAriaLabel={text('dialog.close')}>
      <SpaceBetween size="m">
        <FormField label={text('job.reason')} description={text('job.reason.shown')}>
          <Input value={reason} onChange={({ detail }) => setReason(detail.value)} autoFocus />
        </FormField>
        <AwsLine call={call} />
        {act.error && <Failure error={act.error} />}
      </SpaceBetween>
    </Modal>
  );
}
