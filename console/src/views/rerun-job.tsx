import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useAct } from '../data/use-act.ts';
import { useText } from '../messages/text-context.tsx';
import { CommandLine } from './command-line.tsx';
import { Failure } from './failure.tsx';
import { PathLink } from './path-link.tsx';

interface RerunJobProps {
  readonly jobId: string;
  /** Of an array: the children that failed, so many. @default all of it */
  readonly failed?: number;
  readonly onClose: () => void;
}

interface Submitted {
  readonly jobId: string;
  readonly jobName: string;
  readonly size?: number;
}

/** Asks whether a job is to be submitted again, with more memory if one likes, and leads to what it became. */
export function RerunJob({ jobId, failed, onClose }: RerunJobProps) {
  const text = useText();
  const [memory, setMemory] = useState('');
  const act = useAct();
  const submitted = act.data as Submitted | undefined;
  const isNumber = /^[1-9]\d{0,8}$/.test(memory);
  const input = {
    jobId,
    ...(failed !== undefined && { failed: true }),
    ...(isNumber && { resourceRequirements: [{ type: 'MEMORY', value: memory }] }),
  };
  const line = `batchyard rerun ${jobId}${failed === undefined ? '' : ' --failed'}${isNumber ? ` --memory ${memory}` : ''}`;
  const title = failed === undefined ? text('job.rerun') : text('job.rerun-failed', { failed });
  const run = (
    <Button
      variant="primary"
      loading={act.isPending}
      disabled={memory !== '' && !isNumber}
      onClick={() => act.mutate({ service: 'batchyard', operation: 'RerunJob', input })}
    >
      {title}
    </Button>
  );
  return (
    <Modal visible header={title} onDismiss={onClose} closeAriaLabel={text('dialog.close')} footer={!submitted && run}>
      <SpaceBetween size="m">
        {submitted ? (
          <Box>
            {text('job.rerun.submitted')}{' '}
            <PathLink to={`/jobs/${encodeURIComponent(submitted.jobId)}`}>{submitted.jobName}</PathLink>
          </Box>
        ) : (
          <FormField label={text('job.rerun.memory')} description={text('job.rerun.memory.unchanged')}>
            <Input inputMode="numeric" value={memory} onChange={({ detail }) => setMemory(detail.value.trim())} />
          </FormField>
        )}
        <CommandLine line={line} />
        {act.error && <Failure error={act.error} />}
      </SpaceBetween>
    </Modal>
  );
}
