import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { SearchedJob } from '../../data/job-search.ts';
import { useText } from '../../messages/text-context.tsx';
import { ActOnJobs } from './act-on-jobs.tsx';
import { type JobAct, jobActs } from './job-acts.ts';

interface JobActionsProps {
  readonly jobs: readonly SearchedJob[];
  readonly onDone: () => void;
}

/** What can be done to the selected jobs: each act says how many of them it takes, and what it leaves out. */
export function JobActions({ jobs, onDone }: JobActionsProps) {
  const text = useText();
  const [asking, setAsking] = useState<JobAct>();
  const buttons = (Object.keys(jobActs) as JobAct[]).map((act) => {
    const { takes, label } = jobActs[act];
    const count = jobs.filter(takes).length;
    return (
      <Button key={act} disabled={count === 0} onClick={() => setAsking(act)}>
        {text(label, { count })}
      </Button>
    );
  });
  return (
    <>
      <Header
        variant="h2"
        {...(jobs.length > 0 && { counter: `(${jobs.length})` })}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {buttons}
          </SpaceBetween>
        }
      >
        {text('jobs.selection')}
      </Header>
      {asking && (
        <ActOnJobs
          act={asking}
          jobs={jobs}
          onClose={(isDone) => {
            setAsking(undefined);
            if (isDone) onDone();
          }}
        />
      )}
    </>
  );
}
