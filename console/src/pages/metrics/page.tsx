import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useText } from '../../messages/text-context.tsx';
import { useAddress } from '../../views/use-address.ts';
import { metricIn } from './metric-address.ts';
import { MetricTable } from './metric-table.tsx';
import { ShownMetric } from './shown-metric.tsx';

/** The address bar holds what is looked for (`in`, `q`), the metric that is drawn, how (`stat`), and its time. */
export function Page() {
  const text = useText();
  const address = useAddress();
  const metric = metricIn(address.get);
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('metrics.purpose')}>
        {text('metrics.title')}
      </Header>
      {metric && <ShownMetric metric={metric} />}
      <MetricTable
        key={`${address.get('in')} ${address.get('q')}`}
        namespace={address.get('in')}
        name={address.get('q')}
      />
    </SpaceBetween>
  );
}
