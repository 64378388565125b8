import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useDenials } from '../../data/access.ts';
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
  const resource = jobs[0]?.jobArn ?? '*';
  const denials = useDenials(
    jobs.length === 0 ? [] : Object.values(jobActs).map(({ action }) => ({ action, resource })),
  );
  const buttons = (Object.keys(jobActs) as JobAct[]).map((act) => {
    const { action, takes } = jobActs[act];
    const denied = denials.get(action);
    const count = jobs.filter(takes).length;
    return (
      <Button
        key={act}
        disabled={count === 0 || denied !== undefined}
        {...(denied !== undefined && { disabledReason: denied })}
        onClick={() => setAsking(act)}
      >
        {text(`jobs.act.${act}`, { count })}
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
