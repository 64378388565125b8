import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useQueueFront } from '../../data/queues.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

/** The jobs that are next, in the order in which they will be dispatched. */
export function QueueFront({ name }: { readonly name: string }) {
  const text = useText();
  const { data, error, isPending } = useQueueFront(name);
  if (error) return <Failure error={error} />;
  const jobs = (data?.frontOfQueue?.jobs ?? []).map(({ jobArn = '', earliestTimeAtPosition }, index) => {
    return { place: index + 1, id: jobArn.slice(jobArn.indexOf('/') + 1), since: earliestTimeAtPosition };
  });
  return (
    <Table
      header={
        <Header variant="h2" description={text('queue.front.order')}>
          {text('queue.front')}
        </Header>
      }
      loading={isPending}
      loadingText={text('table.loading')}
      items={jobs}
      trackBy="id"
      columnDefinitions={[
        { id: 'place', header: '#', cell: ({ place }) => place },
        {
          id: 'id',
          header: text('jobs.id'),
          isRowHeader: true,
          cell: ({ id }) => <PathLink to={`/jobs/${encodeURIComponent(id)}`}>{id}</PathLink>,
        },
        { id: 'since', header: text('queue.front.since'), cell: ({ since }) => <Time at={since} /> },
      ]}
      empty={<Box textAlign="center">{text('queue.front.empty')}</Box>}
    />
  );
}
