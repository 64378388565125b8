import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';
import { sqsCall, useSqsQueues } from '../../data/sqs.ts';
import { useText } from '../../messages/text-context.tsx';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';

export function Page() {
  const text = useText();
  const pages = usePages();
  const navigate = useNavigate();
  const { data, error, isPending } = useSqsQueues(pages.token);
  const create: Act = {
    title: 'sqs.create',
    fields: [{ name: 'QueueName', label: 'iam.name', help: 'sqs.name.help' }],
    call: ({ QueueName = '' }) =>
      sqsCall('CreateQueue', { QueueName, ...(QueueName.endsWith('.fifo') && { Attributes: { FifoQueue: 'true' } }) }),
    done: (_answer, { QueueName = '' }) => void navigate(`/sqs/${encodeURIComponent(QueueName)}`),
  };
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<ActBar acts={[create]} />}>
        {text('sqs.title')}
      </Header>
      <ItemTable
        items={data?.QueueUrls}
        error={error}
        isPending={isPending}
        empty="sqs.none"
        teaches={create.call({ QueueName: 'events' })}
        columns={[
          {
            id: 'name',
            header: 'iam.name',
            cell: (url: string) => <PathLink to={`/sqs/${encodeURIComponent(nameOf(url))}`}>{nameOf(url)}</PathLink>,
          },
          { id: 'url', header: 'sqs.url', cell: (url: string) => url },
        ]}
      />
      <PageSteps pages={pages} nextToken={data?.NextToken} />
    </SpaceBetween>
  );
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
