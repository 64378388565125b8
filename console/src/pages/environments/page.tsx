import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useNavigate } from 'react-router';
import { type ComputeEnvironment, useEnvironments } from '../../data/environments.ts';
import { useText } from '../../messages/text-context.tsx';
import { EmptyList } from '../../views/empty-list.tsx';
import { Failure } from '../../views/failure.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { ResourceStatus } from '../../views/resource-status.tsx';

const example = { computeEnvironmentName: 'mine', type: 'UNMANAGED', serviceRole: 'AWSBatchServiceRole' };

export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const { data, error, isPending } = useEnvironments();
  if (error) return <Failure error={error} />;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <Button variant="primary" onClick={() => void navigate('/environments/new')}>
            {text('environment.new')}
          </Button>
        }
      >
        {text('environments.title')}
      </Header>
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
            cell: ({ computeEnvironmentName = '' }) => (
              <PathLink to={`/environments/${encodeURIComponent(computeEnvironmentName)}`}>
                {computeEnvironmentName}
              </PathLink>
            ),
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
        empty={
          <EmptyList
            words={text('environments.none')}
            action={text('environment.new')}
            to="/environments/new"
            call={{ service: 'batch', operation: 'CreateComputeEnvironment', input: example }}
          />
        }
      />
    </SpaceBetween>
  );
}
