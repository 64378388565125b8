import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { ShownQueue } from '../../data/queues.ts';
import { useText } from '../../messages/text-context.tsx';
import { PathLink } from '../../views/path-link.tsx';

/** SUBMITTED is over before anybody sees it. */
const active = ['PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'] as const;

interface QueueTableProps {
  readonly queues: readonly ShownQueue[];
  readonly loading: boolean;
}

/** Each queue with its jobs that have not ended, by status; a count leads to those jobs. */
export function QueueTable({ queues, loading }: QueueTableProps) {
  const text = useText();
  const counts = active.map((status): TableProps.ColumnDefinition<ShownQueue> => {
    return { id: status, header: status, cell: (queue) => <Count queue={queue} status={status} /> };
  });
  return (
    <Table
      header={<Header variant="h2">{text('dashboard.queues')}</Header>}
      loading={loading}
      loadingText={text('table.loading')}
      items={queues}
      trackBy="jobQueueArn"
      columnDefinitions={[
        {
          id: 'name',
          header: text('dashboard.queue'),
          isRowHeader: true,
          cell: ({ jobQueueName }) => (
            <PathLink to={`/jobs?queue=${encodeURIComponent(jobQueueName)}`}>{jobQueueName}</PathLink>
          ),
        },
        ...counts,
        { id: 'vcpus', header: text('dashboard.vcpus'), cell: ({ heldVcpus }) => heldVcpus },
      ]}
      empty={<Box textAlign="center">{text('dashboard.no-queues')}</Box>}
    />
  );
}

function Count({ queue, status }: { readonly queue: ShownQueue; readonly status: (typeof active)[number] }) {
  const count = queue.jobs[status];
  if (count === 0) return 0;
  return <PathLink to={`/jobs?queue=${encodeURIComponent(queue.jobQueueName)}&status=${status}`}>{count}</PathLink>;
}
