import { useState } from 'react';
import { useNavigate } from 'react-router';
import { changeable, defaultGroup, type Schedule, useScheduleGroups } from '../../data/schedules.ts';
import { useText } from '../../messages/text-context.tsx';
import { ActForm } from '../../views/act-form.tsx';
import { ChoiceField } from '../../views/choice-field.tsx';
import { TextField } from '../../views/text-field.tsx';
import { scheduleInput } from './schedule-input.ts';

/** What makes a schedule, or another one of it: an update takes all of it, so that what the form does not show is kept. */
export function ScheduleForm({ schedule }: { readonly schedule?: Schedule }) {
  const text = useText();
  const navigate = useNavigate();
  const groups = (useScheduleGroups().data?.ScheduleGroups ?? []).map(({ Name = '' }) => ({ value: Name }));
  const [name, setName] = useState(schedule?.Name ?? '');
  const [group, setGroup] = useState(schedule?.GroupName ?? defaultGroup);
  const [expression, setExpression] = useState(schedule?.ScheduleExpression ?? 'rate(1 hour)');
  const [zone, setZone] = useState(schedule?.ScheduleExpressionTimezone ?? 'UTC');
  const [window, setWindow] = useState(String(schedule?.FlexibleTimeWindow?.MaximumWindowInMinutes ?? ''));
  const [target, setTarget] = useState(schedule?.Target?.Arn ?? '');
  const [role, setRole] = useState(schedule?.Target?.RoleArn ?? '');
  const [payload, setPayload] = useState(schedule?.Target?.Input ?? '');
  const typed = { name, group, expression, zone, window, target, role, payload };
  const input = scheduleInput(typed, schedule ? changeable(schedule) : {});
  const isReady = [name, expression, target, role].every((value) => value.trim() !== '');
  const operation = schedule ? 'UpdateSchedule' : 'CreateSchedule';
  return (
    <ActForm
      submit={text(schedule ? 'services.save' : 'schedules.create')}
      call={isReady ? { service: 'scheduler', operation, input } : undefined}
      onDone={() => void navigate(`/schedules/${encodeURIComponent(group)}/${encodeURIComponent(name)}`)}
    >
      {!schedule && (
        <>
          <TextField label={text('services.name')} value={name} onChange={setName} />
          <ChoiceField label={text('schedules.group')} value={group} options={groups} onChange={setGroup} />
        </>
      )}
      <TextField
        label={text('schedule.expression')}
        description={text('schedule.expression.forms')}
        value={expression}
        onChange={setExpression}
      />
      <TextField label={text('schedule.zone')} value={zone} onChange={setZone} placeholder="Europe/Paris" />
      <TextField label={text('schedule.window-minutes')} value={window} onChange={setWindow} inputMode="numeric" />
      <TextField
        label={text('event-rule.target')}
        description={text('schedule.target.forms')}
        value={target}
        onChange={setTarget}
        placeholder="arn:aws:scheduler:::aws-sdk:batch:submitJob"
      />
      <TextField label={text('event-rule.role')} value={role} onChange={setRole} placeholder="arn:aws:iam::…:role/…" />
      <TextField label={text('schedule.payload')} value={payload} onChange={setPayload} rows={6} />
    </ActForm>
  );
}
