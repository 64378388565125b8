import type { JobStatus } from '@aws-sdk/client-batch';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useJobs } from '../../data/jobs.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { JobStatusMark } from '../../views/job-status.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

const pageSize = 50;

/** One page of jobs, and the ways to the next ones: a token leads to older jobs, what was seen leads back. */
export function JobTable({ queue, status }: { readonly queue: string | undefined; readonly status: string }) {
  // Another queue or status begins at its newest jobs.
  return <JobPages key={`${queue} ${status}`} queue={queue} status={status} />;
}

function JobPages({ queue, status }: { readonly queue: string | undefined; readonly status: string }) {
  const text = useText();
  const pages = usePages();
  const input = {
    ...(queue !== undefined && { jobQueue: queue }),
    jobStatus: status as JobStatus,
    maxResults: pageSize,
    ...(pages.token !== undefined && { nextToken: pages.token }),
  };
  const { data, error, isPending } = useJobs(input, queue !== undefined);
  if (error) return <Failure error={error} />;
  return (
    <SpaceBetween size="s">
      <Table
        variant="container"
        loading={isPending && queue !== undefined}
        loadingText={text('table.loading')}
        items={data?.jobSummaryList ?? []}
        trackBy="jobId"
        columnDefinitions={[
          {
            id: 'name',
            header: text('jobs.name'),
            isRowHeader: true,
            cell: ({ jobId, jobName }) => (
              <PathLink to={`/jobs/${encodeURIComponent(jobId ?? '')}`}>{jobName}</PathLink>
            ),
          },
          { id: 'id', header: text('jobs.id'), cell: ({ jobId }) => jobId },
          { id: 'status', header: text('jobs.status'), cell: ({ status: its }) => <JobStatusMark status={its} /> },
          { id: 'reason', header: text('jobs.reason'), cell: ({ statusReason }) => statusReason ?? '–' },
          { id: 'created', header: text('jobs.created'), cell: ({ createdAt }) => <Time at={createdAt} /> },
        ]}
        empty={<Box textAlign="center">{text('jobs.none', { queue: queue ?? '', status })}</Box>}
      />
      <PageSteps
        pages={pages}
        nextToken={data?.nextToken}
        backText={text('jobs.newer')}
        nextText={text('jobs.older')}
      />
    </SpaceBetween>
  );
}
