import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { type SearchedFor, type SearchedJob, useJobSearch } from '../../data/job-search.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { Failure } from '../../views/failure.tsx';
import { useNow } from '../../views/now.ts';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { Time } from '../../views/time.tsx';
import { JobActions } from './job-actions.tsx';
import { jobColumns } from './job-columns.tsx';
import type { JobQuery } from './job-query.ts';

const pageSize = 50;

interface JobTableProps {
  readonly search: SearchedFor;
  readonly query: JobQuery;
}

/** One page of jobs, and the ways to the next ones: a token leads to older jobs, what was seen leads back. What is selected stays so on other pages. */
export function JobTable({ search, query }: JobTableProps) {
  const text = useText();
  const pages = usePages();
  const now = useNow(5_000);
  const [selected, setSelected] = useState<readonly SearchedJob[]>([]);
  const { token: nextToken } = pages;
  const { data, error, isPending } = useJobSearch({ ...search, maxResults: pageSize, nextToken });
  if (error) return <Failure error={error} />;
  const jobs = data?.jobs ?? [];
  const here = new Set(jobs.map(({ jobId }) => jobId));
  const elsewhere = selected.filter(({ jobId }) => !here.has(jobId));
  return (
    <SpaceBetween size="s">
      <Table<SearchedJob>
        variant="container"
        header={<JobActions jobs={selected} onDone={() => setSelected([])} />}
        loading={isPending}
        loadingText={text('table.loading')}
        items={jobs}
        trackBy="jobId"
        selectionType="multi"
        selectedItems={jobs.filter(({ jobId }) => selected.some((each) => each.jobId === jobId))}
        onSelectionChange={({ detail }) => setSelected([...elsewhere, ...detail.selectedItems])}
        ariaLabels={{
          selectionGroupLabel: text('jobs.selection'),
          allItemsSelectionLabel: () => text('jobs.select-all'),
          itemSelectionLabel: (_data, { jobName = '', jobId = '' }) =>
            text('jobs.select', { name: jobName, id: jobId }),
        }}
        columnDefinitions={jobColumns(text, now)}
        empty={<NoJobs query={query} />}
        footer={
          data?.searchedTo !== undefined && jobs.length < pageSize ? (
            <Box color="text-body-secondary">
              {text('jobs.searched-to')} <Time at={data.searchedTo} />
            </Box>
          ) : undefined
        }
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

function NoJobs({ query }: { readonly query: JobQuery }) {
  const text = useText();
  if (Object.keys(query).length > 0) return <Box textAlign="center">{text('jobs.nothing-found')}</Box>;
  const input = { jobName: 'hello', jobQueue: 'default', jobDefinition: 'hello' };
  return (
    <Box textAlign="center">
      {text('jobs.none-yet')}
      <AwsLine call={{ service: 'batch', operation: 'SubmitJob', input }} />
    </Box>
  );
}
