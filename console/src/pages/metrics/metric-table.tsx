import SpaceBetween from '@cloudscape-design/components/space-between';
import { type Metric, useMetrics } from '../../data/metrics.ts';
import { useText } from '../../messages/text-context.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { SearchField } from '../../views/search-field.tsx';
import { addressOf } from './metric-address.ts';

/** Metrics of a namespace and a name, of all where these are ''. */
export function MetricTable({ namespace, name }: { readonly namespace: string; readonly name: string }) {
  const text = useText();
  const pages = usePages();
  const { data, error, isPending } = useMetrics(namespace, name, pages.token);
  const input = { Namespace: 'mine', MetricName: 'things', Value: 1 };
  return (
    <ListTable<Metric>
      title={text('metrics.title')}
      filter={
        <SpaceBetween direction="horizontal" size="xs">
          <SearchField name="in" label={text('metrics.namespace')} />
          <SearchField label={text('metrics.name')} />
        </SpaceBetween>
      }
      error={error}
      loading={isPending}
      items={data?.Metrics}
      keyOf={({ Namespace, MetricName, Dimensions }) => JSON.stringify([Namespace, MetricName, Dimensions])}
      none={text('metrics.none')}
      first={{ service: 'monitoring', operation: 'PutMetricData', input }}
      pages={pages}
      nextToken={data?.NextToken}
      columns={[
        {
          id: 'name',
          header: text('metrics.name'),
          isRowHeader: true,
          cell: (metric) => (
            <PathLink to={`/metrics?${new URLSearchParams({ in: namespace, q: name, ...addressOf(metric) })}`}>
              {metric.MetricName}
            </PathLink>
          ),
        },
        { id: 'namespace', header: text('metrics.namespace'), cell: ({ Namespace }) => Namespace },
        {
          id: 'dimensions',
          header: text('metrics.dimensions'),
          cell: ({ Dimensions = [] }) => Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).join(', ') || '–',
        },
      ]}
    />
  );
}
