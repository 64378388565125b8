import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useNavigate } from 'react-router';
import { type Consumable, useConsumables } from '../../data/consumables.ts';
import { useText } from '../../messages/text-context.tsx';
import { EmptyList } from '../../views/empty-list.tsx';
import { Failure } from '../../views/failure.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';

const example = { consumableResourceName: 'licence', totalQuantity: 5 };

export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const pages = usePages();
  const { data, error, isPending } = useConsumables(pages.token);
  if (error) return <Failure error={error} />;
  const create = (
    <Button variant="primary" onClick={() => void navigate('/resources/new')}>
      {text('consumable.new')}
    </Button>
  );
  const call = { service: 'batch', operation: 'CreateConsumableResource', input: example } as const;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={create}>
        {text('consumables.title')}
      </Header>
      <Table<Consumable>
        loading={isPending}
        loadingText={text('table.loading')}
        items={data?.consumableResources ?? []}
        trackBy="consumableResourceArn"
        columnDefinitions={[
          {
            id: 'name',
            header: text('queues.name'),
            isRowHeader: true,
            cell: ({ consumableResourceName: name = '' }) => (
              <PathLink to={`/resources/${encodeURIComponent(name)}`}>{name}</PathLink>
            ),
          },
          { id: 'type', header: text('field.resource-type'), cell: ({ resourceType }) => resourceType },
          { id: 'used', header: text('consumable.in-use'), cell: ({ inUseQuantity }) => inUseQuantity },
          { id: 'total', header: text('field.total-quantity'), cell: ({ totalQuantity }) => totalQuantity },
        ]}
        empty={
          <EmptyList words={text('consumables.none')} action={text('consumable.new')} to="/resources/new" call={call} />
        }
      />
      <PageSteps pages={pages} nextToken={data?.nextToken} />
    </SpaceBetween>
  );
}
