import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Call } from '../../api/protocol.ts';
import { useManyActs } from '../../data/use-many-acts.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { CommandLine } from '../../views/command-line.tsx';
import { type ActedOn, type JobAct, jobActs } from './job-acts.ts';

interface ActOnJobsProps {
  readonly act: JobAct;
  readonly jobs: readonly ActedOn[];
  /** Told whether it was done to all that it takes. */
  readonly onClose: (isDone: boolean) => void;
}

/** Asks before it acts on many: says whom it leaves out, and shows the lines that do the same. */
export function ActOnJobs({ act, jobs, onClose }: ActOnJobsProps) {
  const text = useText();
  const [reason, setReason] = useState('');
  const { run, done, pending } = useManyActs();
  const { takes, calls: callsOf, isStop, label, leftOut } = jobActs[act];
  const taken = jobs.filter(takes);
  const calls = callsOf(taken, reason);
  const title = text(label, { count: taken.length });
  const failures = done.filter(({ error }) => error !== undefined);
  const start = async () => {
    const results = await run(calls);
    if (results.every(({ error }) => error === undefined)) onClose(true);
  };
  return (
    <Modal
      visible
      header={title}
      onDismiss={() => onClose(false)}
      closeAriaLabel={text('dialog.close')}
      footer={
        <Button variant="primary" loading={pending} disabled={isStop && reason.trim() === ''} onClick={start}>
          {title}
        </Button>
      }
    >
      <SpaceBetween size="m">
        {taken.length < jobs.length && <Box>{text(leftOut, { left: jobs.length - taken.length })}</Box>}
        {isStop && (
          <FormField label={text('job.reason')} description={text('job.reason.shown')}>
            <Input value={reason} onChange={({ detail }) => setReason(detail.value)} autoFocus />
          </FormField>
        )}
        <Lines calls={calls} />
        {failures.map(({ call, error }) => (
          <Alert key={JSON.stringify(call.input)} type="error" header={error?.failure.code}>
            {error?.message}
          </Alert>
        ))}
      </SpaceBetween>
    </Modal>
  );
}

const shownLines = 5;

/** The first lines: the others are like them. */
function Lines({ calls }: { readonly calls: readonly Call[] }) {
  const text = useText();
  return (
    <>
      {calls.slice(0, shownLines).map((call) => {
        if (call.service === 'batch') return <AwsLine key={JSON.stringify(call.input)} call={call} />;
        const { jobId = '' } = call.input as { readonly jobId?: string };
        return <CommandLine key={jobId} line={`batchyard rerun ${jobId}`} />;
      })}
      {calls.length > shownLines && <Box>{text('jobs.act.more-lines', { more: calls.length - shownLines })}</Box>}
    </>
  );
}
