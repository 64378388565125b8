import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useText } from '../../messages/text-context.tsx';
import { ActForm } from '../../views/act-form.tsx';
import { ChoiceField } from '../../views/choice-field.tsx';
import { TextField } from '../../views/text-field.tsx';
import { useAddress } from '../../views/use-address.ts';
import { metricIn } from '../metrics/metric-address.ts';
import { alarmInput, comparisons, missingData, type TypedAlarm } from './alarm-input.ts';

const comparisonWords: Readonly<Record<(typeof comparisons)[number], string>> = {
  GreaterThanThreshold: 'comparison.greater',
  GreaterThanOrEqualToThreshold: 'comparison.greater-or-same',
  LessThanThreshold: 'comparison.less',
  LessThanOrEqualToThreshold: 'comparison.less-or-same',
};

/** Makes an alarm; the address may name its metric, as the page of a metric does. */
export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const address = useAddress();
  const metric = metricIn(address.get);
  const [typed, setTyped] = useState<TypedAlarm>({
    name: '',
    namespace: metric?.Namespace ?? '',
    metric: metric?.MetricName ?? '',
    dimensions: (metric?.Dimensions ?? []).map(({ Name, Value }) => `${Name}=${Value}`).join('\n'),
    statistic: address.get('stat') || 'Average',
    comparison: comparisons[0],
    threshold: '',
    period: '60',
    periods: '1',
    missing: missingData[0],
    action: '',
  });
  const set = (member: keyof TypedAlarm) => (value: string) => setTyped({ ...typed, [member]: value });
  const field = (member: keyof TypedAlarm, label: string) => (
    <TextField label={text(label)} value={typed[member]} onChange={set(member)} />
  );
  const input = alarmInput(typed);
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{text('alarm-new.title')}</Header>
      <ActForm
        submit={text('alarms.create')}
        call={input && { service: 'monitoring', operation: 'PutMetricAlarm', input }}
        onDone={() => void navigate(`/alarms/${encodeURIComponent(typed.name)}`)}
      >
        {field('name', 'services.name')}
        {field('namespace', 'metrics.namespace')}
        {field('metric', 'metrics.name')}
        <TextField
          label={text('metrics.dimensions')}
          description={text('alarm-new.dimensions')}
          rows={3}
          value={typed.dimensions}
          onChange={set('dimensions')}
        />
        {field('statistic', 'metrics.statistic')}
        <ChoiceField
          label={text('alarm-new.comparison')}
          value={typed.comparison}
          options={comparisons.map((value) => ({ value, label: text(comparisonWords[value]) }))}
          onChange={set('comparison')}
        />
        {field('threshold', 'alarm-new.threshold')}
        {field('period', 'alarm-new.period')}
        {field('periods', 'alarm-new.periods')}
        <ChoiceField
          label={text('alarm.missing')}
          value={typed.missing}
          options={missingData.map((value) => ({ value }))}
          onChange={set('missing')}
        />
        {field('action', 'alarm-new.action')}
      </ActForm>
    </SpaceBetween>
  );
}
