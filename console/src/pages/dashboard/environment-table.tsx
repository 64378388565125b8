import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import type { OverviewEnvironment } from '../../data/overview.ts';
import { useText } from '../../messages/text-context.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { ResourceStatus } from '../../views/resource-status.tsx';
import { ShareBar } from '../../views/share-bar.tsx';

interface EnvironmentTableProps {
  readonly environments: readonly OverviewEnvironment[];
  readonly loading: boolean;
}

/** What environments run, of what they may; one that is not VALID says why. */
export function EnvironmentTable({ environments, loading }: EnvironmentTableProps) {
  const text = useText();
  return (
    <Table
      header={<Header variant="h2">{text('dashboard.environments')}</Header>}
      loading={loading}
      loadingText={text('table.loading')}
      items={environments}
      trackBy="arn"
      columnDefinitions={[
        {
          id: 'name',
          header: text('dashboard.environment'),
          isRowHeader: true,
          cell: ({ name }) => <PathLink to="/environments">{name}</PathLink>,
        },
        {
          id: 'status',
          header: text('dashboard.environment.status'),
          cell: ({ status, state }) => <ResourceStatus status={status} state={state} />,
        },
        {
          id: 'used',
          header: text('dashboard.environment.used'),
          cell: (environment) => <Used environment={environment} />,
        },
        {
          id: 'reason',
          header: text('dashboard.environment.reason'),
          cell: ({ status, statusReason }) => (status === 'VALID' ? '–' : statusReason || '–'),
        },
      ]}
      empty={<Box textAlign="center">{text('dashboard.environments.none')}</Box>}
    />
  );
}

/** Of what there is now, where instances are launched; else of what may be. */
function Used({ environment }: { readonly environment: OverviewEnvironment }) {
  const text = useText();
  const { used, desired, maximum } = environment;
  const words = text('dashboard.environment.vcpus', { used, desired: desired ?? '–', maximum: maximum ?? '–' });
  return (
    <>
      {maximum !== undefined && <ShareBar used={used} of={maximum} label={words} />} {words}
    </>
  );
}
