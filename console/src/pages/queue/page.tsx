import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { type ShownQueue, useQueueDetail, useQueues } from '../../data/queues.ts';
import { ResourceTags } from '../../forms/resource-tags.tsx';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { ConfigureNotifications } from '../../views/notifications/configure-notifications.tsx';
import { PageTabs } from '../../views/page-tabs.tsx';
import { ResourceActs } from '../../views/resource-acts.tsx';
import { HoldQueue } from './hold-queue.tsx';
import { QueueFacts } from './queue-facts.tsx';
import { QueueFront } from './queue-front.tsx';

export function Page() {
  const text = useText();
  const { name = '' } = useParams();
  const { data, error, isPending } = useQueues();
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  const queue = data.queues.find(({ jobQueueName }) => jobQueueName === name);
  if (!queue) return <Box variant="h1">{text('queue.not-found', { name })}</Box>;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<QueueActs queue={queue} />}>
        {name}
      </Header>
      <QueueFacts queue={queue} />
      <PageTabs
        tabs={[
          { id: 'front', label: text('queue.front'), content: <QueueFront name={name} /> },
          { id: 'tags', label: text('tags.title'), content: <QueueTags queue={queue} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function QueueActs({ queue }: { readonly queue: ShownQueue }) {
  const { jobQueueArn: arn, jobQueueName, state } = queue;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <HoldQueue queue={queue} />
      <ConfigureNotifications about={{ kind: 'queue', arn }} name={`batch-${jobQueueName}`} />
      <ResourceActs name={jobQueueName} state={state} kind="JobQueue" member="jobQueue" list="/queues" />
    </SpaceBetween>
  );
}

function QueueTags({ queue }: { readonly queue: ShownQueue }) {
  const { data, error } = useQueueDetail(queue.jobQueueName);
  if (error) return <Failure error={error} />;
  return data ? <ResourceTags arn={queue.jobQueueArn} tags={data.jobQueues?.[0]?.tags} /> : null;
}
