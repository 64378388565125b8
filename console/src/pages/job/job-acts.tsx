import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useDenials } from '../../data/access.ts';
import type { JobDetail } from '../../data/jobs.ts';
import { useText } from '../../messages/text-context.tsx';
import { PathButton } from '../../views/path-button.tsx';
import { RerunJob } from '../../views/rerun-job.tsx';
import { StopJob } from './stop-job.tsx';

type Asked = 'CancelJob' | 'TerminateJob' | 'RerunJob';

const actions: Readonly<Record<Asked, string>> = {
  CancelJob: 'batch:CancelJob',
  TerminateJob: 'batch:TerminateJob',
  RerunJob: 'batchyard:RerunJob',
};

const labels = { CancelJob: 'job.cancel', TerminateJob: 'job.terminate', RerunJob: 'job.rerun' } as const;

/** What can be done to a job as it is now: one that has begun can be terminated, one that waits cancelled; each can run again, but for a node. */
export function JobActs({ job }: { readonly job: JobDetail }) {
  const text = useText();
  const [asking, setAsking] = useState<Asked>();
  const { jobId = '', jobArn: resource = '*', status = '', tags = {} } = job;
  const conditions = Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [`aws:ResourceTag/${name}`, value]),
  );
  const denials = useDenials(Object.values(actions).map((action) => ({ action, resource, conditions })));
  const waits = ['SUBMITTED', 'PENDING', 'RUNNABLE'].includes(status);
  const ended = status === 'SUCCEEDED' || status === 'FAILED';
  const button = (operation: Asked, isPossible: boolean) => {
    const denied = denials.get(actions[operation]);
    return (
      <Button
        disabled={!isPossible || denied !== undefined}
        {...(denied !== undefined && { disabledReason: denied })}
        onClick={() => setAsking(operation)}
      >
        {text(labels[operation])}
      </Button>
    );
  };
  const close = () => setAsking(undefined);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {!/[:#]/.test(jobId) && <PathButton to={`/submit?clone=${jobId}`}>{text('job.clone')}</PathButton>}
      {button('RerunJob', !jobId.includes('#'))}
      {button('CancelJob', waits)}
      {button('TerminateJob', !ended)}
      {asking === 'RerunJob' && <RerunJob jobId={jobId} onClose={close} />}
      {(asking === 'CancelJob' || asking === 'TerminateJob') && (
        <StopJob jobId={jobId} operation={asking} onClose={close} />
      )}
    </SpaceBetween>
  );
}
