import SpaceBetween from '@cloudscape-design/components/space-between';
import {
  type MetricFilter,
  type SubscriptionFilter,
  useMetricFilters,
  useSubscriptionFilters,
} from '../../data/log-filters.ts';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { CreateMetricFilter } from './create-metric-filter.tsx';

/** What becomes of the events of a group beside being kept. */
export function GroupFilters({ group }: { readonly group: string }) {
  return (
    <SpaceBetween size="l">
      <MetricFilters group={group} />
      <SubscriptionFilters group={group} />
    </SpaceBetween>
  );
}

function MetricFilters({ group }: { readonly group: string }) {
  const text = useText();
  const { data, error, isPending } = useMetricFilters(group);
  return (
    <ListTable<MetricFilter>
      title={text('log-filters.metric')}
      actions={<CreateMetricFilter group={group} />}
      error={error}
      loading={isPending}
      items={data?.metricFilters}
      keyOf={({ filterName }) => filterName ?? ''}
      none={text('log-filters.no-metric')}
      columns={[
        { id: 'name', header: text('services.name'), isRowHeader: true, cell: ({ filterName }) => filterName },
        { id: 'pattern', header: text('log-filters.pattern'), cell: ({ filterPattern }) => filterPattern || '–' },
        {
          id: 'metric',
          header: text('log-filters.to-metric'),
          cell: ({ metricTransformations = [] }) =>
            metricTransformations
              .map(({ metricNamespace, metricName }) => `${metricNamespace}/${metricName}`)
              .join(', '),
        },
        {
          id: 'acts',
          header: text('services.acts'),
          cell: ({ filterName }) => (
            <DeleteFilter group={group} filterName={filterName} operation="DeleteMetricFilter" />
          ),
        },
      ]}
    />
  );
}

function SubscriptionFilters({ group }: { readonly group: string }) {
  const text = useText();
  const { data, error, isPending } = useSubscriptionFilters(group);
  const input = { logGroupName: group, filterName: 'all', filterPattern: '', destinationArn: 'FUNCTION-ARN' };
  return (
    <ListTable<SubscriptionFilter>
      title={text('log-filters.subscription')}
      error={error}
      loading={isPending}
      items={data?.subscriptionFilters}
      keyOf={({ filterName }) => filterName ?? ''}
      none={text('log-filters.no-subscription')}
      first={{ service: 'logs', operation: 'PutSubscriptionFilter', input }}
      columns={[
        { id: 'name', header: text('services.name'), isRowHeader: true, cell: ({ filterName }) => filterName },
        { id: 'pattern', header: text('log-filters.pattern'), cell: ({ filterPattern }) => filterPattern || '–' },
        { id: 'to', header: text('log-filters.destination'), cell: ({ destinationArn }) => destinationArn },
        {
          id: 'acts',
          header: text('services.acts'),
          cell: ({ filterName }) => (
            <DeleteFilter group={group} filterName={filterName} operation="DeleteSubscriptionFilter" />
          ),
        },
      ]}
    />
  );
}

interface DeleteFilterProps {
  readonly group: string;
  readonly filterName: string | undefined;
  readonly operation: 'DeleteMetricFilter' | 'DeleteSubscriptionFilter';
}

function DeleteFilter({ group, filterName = '', operation }: DeleteFilterProps) {
  const text = useText();
  return (
    <AskedAct
      inline
      label={text('services.delete')}
      ariaLabel={text('services.delete-named', { name: filterName })}
      question={text('services.delete.question', { name: filterName })}
      call={{ service: 'logs', operation, input: { logGroupName: group, filterName } }}
    />
  );
}
