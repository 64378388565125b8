import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { type Alarm, useAlarm } from '../../data/alarms.ts';
import { useText } from '../../messages/text-context.tsx';
import { MetricChart } from '../../views/chart/metric-chart.tsx';
import { windowOf } from '../../views/chart/metric-window.ts';
import { Failure } from '../../views/failure.tsx';
import { useNow } from '../../views/now.ts';
import { RangeField, useRangeText } from '../../views/range/range-field.tsx';
import { AlarmActs } from './alarm-acts.tsx';
import { AlarmFacts } from './alarm-facts.tsx';
import { AlarmHistory } from './alarm-history.tsx';

/** An alarm: its state and why, the metric beside the threshold, and what happened to it. */
export function Page() {
  const text = useText();
  const { name = '' } = useParams();
  const { data, error, isPending } = useAlarm(name);
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  const alarm = data.MetricAlarms?.[0];
  if (!alarm) return <Box variant="h1">{text('alarm.not-found', { name })}</Box>;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={alarm.AlarmDescription ?? text('alarm.title')}
        actions={<AlarmActs alarm={alarm} />}
      >
        {name}
      </Header>
      <AlarmFacts alarm={alarm} />
      <AlarmChart alarm={alarm} />
      <AlarmHistory name={name} />
    </SpaceBetween>
  );
}

/** Of an alarm that looks at one metric. */
function AlarmChart({ alarm }: { readonly alarm: Alarm }) {
  const text = useText();
  const range = useRangeText('1h');
  const now = useNow(10_000);
  const { Namespace, MetricName, Dimensions, Statistic, ExtendedStatistic, Period, Threshold } = alarm;
  if (MetricName === undefined) return null;
  const window = windowOf(range, now, ExtendedStatistic ?? Statistic ?? 'Average', periodFor(range.since, Period));
  return (
    <Container header={<Header variant="h2">{text('alarm.metric')}</Header>}>
      <SpaceBetween size="s">
        <RangeField range={range} />
        <MetricChart metric={{ Namespace, MetricName, Dimensions }} window={window} threshold={Threshold} />
      </SpaceBetween>
    </Container>
  );
}

/** Its own for a span that it looks at: by another one the curve would not be what is compared with the threshold. */
function periodFor(since: string, period = 60): number | undefined {
  return since === '15m' || since === '1h' ? Math.max(60, period) : undefined;
}
