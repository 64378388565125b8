import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useNavigate } from 'react-router';
import { type SchedulingPolicy, usePolicies } from '../../data/policies.ts';
import { useText } from '../../messages/text-context.tsx';
import { EmptyList } from '../../views/empty-list.tsx';
import { Failure } from '../../views/failure.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';

const example = {
  name: 'fair',
  fairsharePolicy: { shareDistribution: [{ shareIdentifier: 'teamA', weightFactor: 1 }] },
};

export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const pages = usePages();
  const { policies, nextToken, error, isPending } = usePolicies(pages.token);
  if (error) return <Failure error={error} />;
  const create = (
    <Button variant="primary" onClick={() => void navigate('/policies/new')}>
      {text('policy.new')}
    </Button>
  );
  const call = { service: 'batch', operation: 'CreateSchedulingPolicy', input: example } as const;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={create}>
        {text('policies.title')}
      </Header>
      <Table<SchedulingPolicy>
        loading={isPending}
        loadingText={text('table.loading')}
        items={policies}
        trackBy="arn"
        columnDefinitions={[
          {
            id: 'name',
            header: text('queues.name'),
            isRowHeader: true,
            cell: ({ name = '' }) => <PathLink to={`/policies/${encodeURIComponent(name)}`}>{name}</PathLink>,
          },
          { id: 'decay', header: text('field.share-decay'), cell: (it) => it.fairsharePolicy?.shareDecaySeconds ?? 0 },
          {
            id: 'reservation',
            header: text('field.reservation'),
            cell: (it) => it.fairsharePolicy?.computeReservation ?? 0,
          },
          {
            id: 'shares',
            header: text('field.shares'),
            cell: (it) => it.fairsharePolicy?.shareDistribution?.length ?? 0,
          },
        ]}
        empty={<EmptyList words={text('policies.none')} action={text('policy.new')} to="/policies/new" call={call} />}
      />
      <PageSteps pages={pages} nextToken={nextToken} />
    </SpaceBetween>
  );
}
