import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { type ShownQueue, useQueues } from '../../data/queues.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { ResourceStatus } from '../../views/resource-status.tsx';

export function Page() {
  const text = useText();
  const { data, error, isPending } = useQueues();
  if (error) return <Failure error={error} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{text('queues.title')}</Header>
      <Table<ShownQueue>
        loading={isPending}
        loadingText={text('table.loading')}
        items={data?.queues ?? []}
        trackBy="jobQueueArn"
        columnDefinitions={[
          {
            id: 'name',
            header: text('queues.name'),
            isRowHeader: true,
            cell: ({ jobQueueName }) => (
              <PathLink to={`/queues/${encodeURIComponent(jobQueueName)}`}>{jobQueueName}</PathLink>
            ),
          },
          {
            id: 'status',
            header: text('queues.status'),
            cell: ({ status, state }) => <ResourceStatus status={status} state={state} />,
          },
          { id: 'priority', header: text('queues.priority'), cell: ({ priority }) => priority },
          {
            id: 'environments',
            header: text('queues.environments'),
            cell: ({ computeEnvironments }) => computeEnvironments.map(({ name }) => name).join(', '),
          },
          { id: 'waiting', header: text('queues.waiting'), cell: ({ jobs }) => jobs.PENDING + jobs.RUNNABLE },
          { id: 'running', header: text('queues.running'), cell: ({ jobs }) => jobs.STARTING + jobs.RUNNING },
          { id: 'hold', header: text('queues.hold'), cell: ({ hold }) => (hold ? text('queues.held') : '–') },
        ]}
        empty={<Box textAlign="center">{text('dashboard.no-queues')}</Box>}
      />
    </SpaceBetween>
  );
}
