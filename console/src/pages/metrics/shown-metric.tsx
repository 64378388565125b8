import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';
import type { Metric } from '../../data/metrics.ts';
import { useText } from '../../messages/text-context.tsx';
import { MetricChart } from '../../views/chart/metric-chart.tsx';
import { windowOf } from '../../views/chart/metric-window.ts';
import { ChoiceField } from '../../views/choice-field.tsx';
import { useNow } from '../../views/now.ts';
import { RangeField, useRangeText } from '../../views/range/range-field.tsx';
import { useAddress } from '../../views/use-address.ts';
import { addressOf } from './metric-address.ts';

const statistics = ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount', 'p50', 'p90', 'p99'];

/** The metric that the address names, drawn. */
export function ShownMetric({ metric }: { readonly metric: Metric }) {
  const text = useText();
  const navigate = useNavigate();
  const address = useAddress();
  const range = useRangeText('1h');
  const now = useNow(10_000);
  const statistic = address.get('stat') || 'Average';
  const alarm = new URLSearchParams({ ...addressOf(metric), stat: statistic });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={metric.Namespace}
          actions={<Button onClick={() => void navigate(`/alarms/new?${alarm}`)}>{text('alarms.create')}</Button>}
        >
          {metric.MetricName}
        </Header>
      }
    >
      <SpaceBetween size="s">
        <SpaceBetween direction="horizontal" size="xs" alignItems="end">
          <RangeField range={range} />
          <ChoiceField
            label={text('metrics.statistic')}
            value={statistic}
            options={statistics.map((value) => ({ value }))}
            onChange={(stat) => address.set({ stat })}
          />
        </SpaceBetween>
        <MetricChart metric={metric} window={windowOf(range, now, statistic)} />
      </SpaceBetween>
    </Container>
  );
}
