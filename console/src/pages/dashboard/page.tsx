import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQueues } from '../../data/queues.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { QueueTable } from './queue-table.tsx';
import { StuckQueues } from './stuck-queues.tsx';

export function Page() {
  const text = useText();
  const { data, error, isPending } = useQueues();
  const queues = data?.queues ?? [];
  const stuck = queues.filter(({ blocked }) => blocked !== undefined);
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={data && text('dashboard.summary', { stuck: stuck.length })}>
        {text('dashboard.title')}
      </Header>
      {error && <Failure error={error} />}
      {stuck.length > 0 && <StuckQueues queues={stuck} />}
      <QueueTable queues={queues} loading={isPending} />
    </SpaceBetween>
  );
}
