import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useOverview } from '../../data/overview.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { EnvironmentTable } from './environment-table.tsx';
import { FailureTable } from './failure-table.tsx';
import { QueueTable } from './queue-table.tsx';
import { StuckQueues } from './stuck-queues.tsx';

export function Page() {
  const text = useText();
  const { data, error, isPending } = useOverview();
  const stuck = (data?.queues ?? []).filter(({ blocked }) => blocked !== undefined);
  const failed = (data?.failures ?? []).reduce((sum, { count }) => sum + count, data?.moreFailures ?? 0);
  const alike = data?.failures[0]?.count ?? 0;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={data && text('dashboard.summary', { stuck: stuck.length, failed, alike })}>
        {text('dashboard.title')}
      </Header>
      {error && <Failure error={error} />}
      {stuck.length > 0 && <StuckQueues queues={stuck} />}
      <QueueTable queues={data?.queues ?? []} more={data?.moreQueues ?? 0} loading={isPending} />
      <FailureTable failures={data?.failures ?? []} more={data?.moreFailures ?? 0} since={data?.countedSince} />
      <EnvironmentTable environments={data?.environments ?? []} loading={isPending} />
    </SpaceBetween>
  );
}
