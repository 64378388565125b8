import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { Alarm } from '../../data/alarms.ts';
import { momentOfSeconds } from '../../data/seconds.ts';
import { useText } from '../../messages/text-context.tsx';
import { AlarmState } from '../../views/alarm-state.tsx';
import { Time } from '../../views/time.tsx';

export function AlarmFacts({ alarm }: { readonly alarm: Alarm }) {
  const text = useText();
  const at = alarm.StateTransitionedTimestamp;
  const actions = [
    ...(alarm.AlarmActions ?? []).map((action) => `ALARM: ${action}`),
    ...(alarm.OKActions ?? []).map((action) => `OK: ${action}`),
    ...(alarm.InsufficientDataActions ?? []).map((action) => `INSUFFICIENT_DATA: ${action}`),
  ];
  const facts = [
    { label: text('services.state'), value: <AlarmState state={alarm.StateValue} /> },
    { label: text('alarms.since'), value: <Time at={momentOfSeconds(at)} /> },
    { label: text('alarms.reason'), value: alarm.StateReason ?? '–' },
    { label: text('alarm.condition'), value: conditionOf(alarm) },
    { label: text('alarm.missing'), value: alarm.TreatMissingData ?? 'missing' },
    {
      label: text('alarm.actions'),
      value: alarm.ActionsEnabled ? actions.join('\n') || '–' : text('alarm.actions.off'),
    },
  ];
  return (
    <Container header={<Header variant="h2">{text('job.facts')}</Header>}>
      <KeyValuePairs columns={3} items={facts} />
    </Container>
  );
}

/** As the API has it: `Sum GreaterThanThreshold 10, 2 of 3 × 60 s`. */
function conditionOf(alarm: Alarm): string {
  const { ComparisonOperator, Threshold, EvaluationPeriods = 1, Period = 60 } = alarm;
  const statistic = alarm.ExtendedStatistic ?? alarm.Statistic ?? '';
  const of = `${alarm.DatapointsToAlarm ?? EvaluationPeriods} / ${EvaluationPeriods} × ${Period} s`;
  return `${statistic} ${ComparisonOperator} ${Threshold}, ${of}`.trim();
}
