import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { type ComputeEnvironment, useEnvironments } from '../../data/environments.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { ResourceStatus } from '../../views/resource-status.tsx';
import { InstanceTable } from './instance-table.tsx';

export function Page() {
  const text = useText();
  const { data, error, isPending } = useEnvironments();
  if (error) return <Failure error={error} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{text('environments.title')}</Header>
      <Table<ComputeEnvironment>
        loading={isPending}
        loadingText={text('table.loading')}
        items={data?.computeEnvironments ?? []}
        trackBy="computeEnvironmentArn"
        columnDefinitions={[
          {
            id: 'name',
            header: text('queues.name'),
            isRowHeader: true,
            cell: ({ computeEnvironmentName }) => computeEnvironmentName,
          },
          {
            id: 'status',
            header: text('queues.status'),
            cell: ({ status, state }) => <ResourceStatus status={status} state={state} />,
          },
          { id: 'reason', header: text('queue.status-reason'), cell: ({ statusReason }) => statusReason || '–' },
          {
            id: 'type',
            header: text('environments.type'),
            cell: ({ type, computeResources }) => [type, computeResources?.type].filter(Boolean).join(' · '),
          },
          {
            id: 'vcpus',
            header: text('environments.vcpus'),
            cell: ({ computeResources: { minvCpus, desiredvCpus, maxvCpus } = {} }) =>
              [minvCpus, desiredvCpus, maxvCpus].map((count) => count ?? '–').join(' / '),
          },
        ]}
        empty={<Box textAlign="center">{text('environments.none')}</Box>}
      />
      <InstanceTable />
    </SpaceBetween>
  );
}
