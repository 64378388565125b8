import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { JobDetail } from '../../data/jobs.ts';
import { useText } from '../../messages/text-context.tsx';
import { StopJob } from './stop-job.tsx';

/** What can be done to a job as it is now: one that has begun can be terminated, one that waits cancelled. */
export function JobActs({ job }: { readonly job: JobDetail }) {
  const text = useText();
  const [asking, setAsking] = useState<'CancelJob' | 'TerminateJob'>();
  const { jobId = '', status = '' } = job;
  const waits = ['SUBMITTED', 'PENDING', 'RUNNABLE'].includes(status);
  const ended = status === 'SUCCEEDED' || status === 'FAILED';
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={!waits} onClick={() => setAsking('CancelJob')}>
        {text('job.cancel')}
      </Button>
      <Button disabled={ended} onClick={() => setAsking('TerminateJob')}>
        {text('job.terminate')}
      </Button>
      {asking && <StopJob jobId={jobId} operation={asking} onClose={() => setAsking(undefined)} />}
    </SpaceBetween>
  );
}
