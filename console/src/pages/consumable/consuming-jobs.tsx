import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { type ConsumingJob, useConsumingJobs } from '../../data/consumables.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { JobStatusMark } from '../../views/job-status.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';

/** The jobs that hold units, and those that wait for them. */
export function ConsumingJobs({ name }: { readonly name: string }) {
  const text = useText();
  const pages = usePages();
  const { data, error, isPending } = useConsumingJobs(name, pages.token);
  if (error) return <Failure error={error} />;
  return (
    <SpaceBetween size="m">
      <Table<ConsumingJob>
        loading={isPending}
        loadingText={text('table.loading')}
        items={data?.jobs ?? []}
        trackBy="jobArn"
        columnDefinitions={[
          {
            id: 'name',
            header: text('queues.name'),
            isRowHeader: true,
            cell: ({ jobName, jobArn = '' }) => (
              <PathLink to={`/jobs/${encodeURIComponent(jobArn.slice(jobArn.indexOf('/') + 1))}`}>{jobName}</PathLink>
            ),
          },
          {
            id: 'status',
            header: text('queues.status'),
            cell: ({ jobStatus }) => <JobStatusMark status={jobStatus} />,
          },
          { id: 'quantity', header: text('field.quantity'), cell: ({ quantity }) => quantity },
        ]}
        empty={<Box textAlign="center">{text('consumable.no-jobs')}</Box>}
      />
      <PageSteps pages={pages} nextToken={data?.nextToken} />
    </SpaceBetween>
  );
}
