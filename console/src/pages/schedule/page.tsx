import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useParams } from 'react-router';
import { changeable, type Schedule, useSchedule } from '../../data/schedules.ts';
import { momentOfSeconds } from '../../data/seconds.ts';
import { useText } from '../../messages/text-context.tsx';
import { ActButton } from '../../views/act-button.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { Failure } from '../../views/failure.tsx';
import { JsonText } from '../../views/json-text.tsx';
import { StateMark } from '../../views/state-mark.tsx';
import { Time } from '../../views/time.tsx';

/** A schedule: when it fires, and what it calls then. */
export function Page() {
  const text = useText();
  const { group = '', name = '' } = useParams();
  const { data, error, isPending } = useSchedule(group, name);
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  const time = (at: number | undefined) => <Time at={momentOfSeconds(at)} />;
  const { FlexibleTimeWindow: window } = data;
  const facts = [
    { label: text('services.state'), value: <StateMark state={data.State} /> },
    { label: text('schedule.expression'), value: data.ScheduleExpression ?? '–' },
    { label: text('schedule.zone'), value: data.ScheduleExpressionTimezone ?? 'UTC' },
    {
      label: text('schedule.window'),
      value: window?.Mode === 'FLEXIBLE' ? `${window.MaximumWindowInMinutes} min` : text('schedule.window.off'),
    },
    { label: text('schedule.start'), value: time(data.StartDate) },
    { label: text('schedule.end'), value: time(data.EndDate) },
    { label: text('schedule.after'), value: data.ActionAfterCompletion ?? 'NONE' },
    { label: text('services.description'), value: data.Description ?? '–' },
  ];
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={group} actions={<ScheduleActs schedule={data} group={group} name={name} />}>
        {name}
      </Header>
      <Container header={<Header variant="h2">{text('job.facts')}</Header>}>
        <KeyValuePairs columns={4} items={facts} />
      </Container>
      <Container header={<Header variant="h2">{text('event-rule.target')}</Header>}>
        <JsonText value={data.Target} />
      </Container>
    </SpaceBetween>
  );
}

interface ScheduleActsProps {
  readonly schedule: Schedule;
  readonly group: string;
  readonly name: string;
}

function ScheduleActs({ schedule, group, name }: ScheduleActsProps) {
  const text = useText();
  const navigate = useNavigate();
  const isEnabled = schedule.State !== 'DISABLED';
  const input = { ...changeable(schedule), State: isEnabled ? 'DISABLED' : 'ENABLED' };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ActButton
        label={text(isEnabled ? 'services.disable' : 'services.enable')}
        call={{ service: 'scheduler', operation: 'UpdateSchedule', input }}
      />
      <Button onClick={() => void navigate(`/schedules/${encodeURIComponent(group)}/${encodeURIComponent(name)}/edit`)}>
        {text('services.edit')}
      </Button>
      <AskedAct
        label={text('services.delete')}
        question={text('services.delete.question', { name })}
        call={{ service: 'scheduler', operation: 'DeleteSchedule', input: { Name: name, GroupName: group } }}
        onDone={() => void navigate('/schedules')}
      />
    </SpaceBetween>
  );
}
