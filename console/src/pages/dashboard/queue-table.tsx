import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { lazy, Suspense } from 'react';
import type { OverviewQueue } from '../../data/overview.ts';
import { type Text, useText } from '../../messages/text-context.tsx';
import { durationText } from '../../views/duration.ts';
import { PathLink } from '../../views/path-link.tsx';
import { Sparkline } from '../../views/sparkline.tsx';

// What can be copied needs more code than all else of this page: only who has no queue loads it.
const NoQueues = lazy(async () => ({ default: (await import('./no-queues.tsx')).NoQueues }));

/** SUBMITTED is over before anybody sees it. */
const active = ['PENDING', 'RUNNABLE', 'STARTING', 'RUNNING'] as const;

interface QueueTableProps {
  readonly queues: readonly OverviewQueue[];
  /** How many there are beside these. */
  readonly more: number;
  readonly loading: boolean;
}

/** Each queue with its jobs that have not ended, by status, and how its last hour went; a count leads to those jobs. */
export function QueueTable({ queues, more, loading }: QueueTableProps) {
  const text = useText();
  const counts = active.map((status): TableProps.ColumnDefinition<OverviewQueue> => {
    const cell = (queue: OverviewQueue) => <Count queue={queue} status={status} count={queue.jobs[status]} />;
    return { id: status, header: status, cell };
  });
  return (
    <Table
      header={
        <Header variant="h2" description={more > 0 ? text('dashboard.more-queues', { more }) : undefined}>
          {text('dashboard.queues')}
        </Header>
      }
      loading={loading}
      loadingText={text('table.loading')}
      items={queues}
      trackBy="arn"
      columnDefinitions={[
        {
          id: 'name',
          header: text('dashboard.queue'),
          isRowHeader: true,
          cell: ({ name }) => <PathLink to={`/jobs?queue=${encodeURIComponent(name)}`}>{name}</PathLink>,
        },
        ...counts,
        { id: 'vcpus', header: text('dashboard.vcpus'), cell: ({ heldVcpus }) => heldVcpus },
        ...hourColumns(text),
      ]}
      empty={
        <Suspense>
          <NoQueues />
        </Suspense>
      }
    />
  );
}

function hourColumns(text: Text): TableProps.ColumnDefinition<OverviewQueue>[] {
  return [
    { id: 'succeeded', header: text('dashboard.succeeded'), cell: ({ lastHour }) => lastHour.succeeded },
    {
      id: 'failed',
      header: text('dashboard.failed'),
      cell: (queue) => <Count queue={queue} status="FAILED" count={queue.lastHour.failed} />,
    },
    {
      id: 'waited',
      header: text('dashboard.waited'),
      cell: ({ lastHour: { waited } }) =>
        waited ? text('dashboard.waits', { half: durationText(waited.p50), most: durationText(waited.p90) }) : '–',
    },
    {
      id: 'ended',
      header: text('dashboard.ended'),
      cell: ({ lastHour: { ended } }) => {
        const sum = ended.reduce((all, each) => all + each, 0);
        return <Sparkline values={ended} label={text('dashboard.ended.label', { sum, most: Math.max(...ended) })} />;
      },
    },
  ];
}

interface CountProps {
  readonly queue: OverviewQueue;
  readonly status: string;
  readonly count: number;
}

function Count({ queue, status, count }: CountProps) {
  if (count === 0) return 0;
  return <PathLink to={`/jobs?queue=${encodeURIComponent(queue.name)}&status=${status}`}>{count}</PathLink>;
}
