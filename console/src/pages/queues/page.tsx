import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useNavigate } from 'react-router';
import { type ShownQueue, useQueues } from '../../data/queues.ts';
import { useText } from '../../messages/text-context.tsx';
import { EmptyList } from '../../views/empty-list.tsx';
import { Failure } from '../../views/failure.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { ResourceStatus } from '../../views/resource-status.tsx';

const example = {
  jobQueueName: 'work',
  priority: 1,
  computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'default' }],
};

export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const { data, error, isPending } = useQueues();
  if (error) return <Failure error={error} />;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <Button variant="primary" onClick={() => void navigate('/queues/new')}>
            {text('queue.new')}
          </Button>
        }
      >
        {text('queues.title')}
      </Header>
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
        empty={
          <EmptyList
            words={text('dashboard.no-queues')}
            action={text('queue.new')}
            to="/queues/new"
            call={{ service: 'batch', operation: 'CreateJobQueue', input: example }}
          />
        }
      />
    </SpaceBetween>
  );
}
