import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { EventRule } from '../../data/event-rules.ts';
import { useText } from '../../messages/text-context.tsx';
import { ActForm } from '../../views/act-form.tsx';
import { ChoiceField } from '../../views/choice-field.tsx';
import { TextField } from '../../views/text-field.tsx';
import { PatternTester } from './pattern-tester.tsx';

const usualPattern = JSON.stringify(
  { source: ['aws.batch'], 'detail-type': ['Batch Job State Change'], detail: { status: ['FAILED'] } },
  undefined,
  2,
);

interface RuleFormProps {
  readonly bus: string;
  /** The rule that is changed; a new one where it is absent. */
  readonly rule?: EventRule;
}

/** What makes a rule, or another one of it: PutRule takes all of it each time. */
export function RuleForm({ bus, rule }: RuleFormProps) {
  const text = useText();
  const navigate = useNavigate();
  const [Name, setName] = useState(rule?.Name ?? '');
  const [kind, setKind] = useState(rule?.ScheduleExpression === undefined ? 'pattern' : 'schedule');
  const [EventPattern, setPattern] = useState(rule?.EventPattern ?? usualPattern);
  const [ScheduleExpression, setSchedule] = useState(rule?.ScheduleExpression ?? 'rate(1 hour)');
  const [Description, setDescription] = useState(rule?.Description ?? '');
  const input = {
    Name,
    EventBusName: bus,
    ...(kind === 'pattern' ? { EventPattern } : { ScheduleExpression }),
    ...(Description !== '' && { Description }),
    ...(rule?.State !== undefined && { State: rule.State }),
    ...(rule?.RoleArn !== undefined && { RoleArn: rule.RoleArn }),
  };
  const isReady = Name.trim() !== '' && (kind === 'pattern' ? EventPattern : ScheduleExpression).trim() !== '';
  const shown = `/events/rules/${encodeURIComponent(bus)}/${encodeURIComponent(Name)}`;
  return (
    <ActForm
      submit={text(rule ? 'services.save' : 'events.create-rule')}
      call={isReady ? { service: 'events', operation: 'PutRule', input } : undefined}
      onDone={() => void navigate(shown)}
    >
      {!rule && <TextField label={text('services.name')} value={Name} onChange={setName} />}
      <TextField label={text('services.description')} value={Description} onChange={setDescription} />
      <ChoiceField
        label={text('event-rule.kind')}
        value={kind}
        options={[
          { value: 'pattern', label: text('event-rule.kind.pattern') },
          { value: 'schedule', label: text('event-rule.kind.schedule') },
        ]}
        onChange={setKind}
      />
      {kind === 'pattern' ? (
        <PatternTester pattern={EventPattern} onChange={setPattern} />
      ) : (
        <TextField
          label={text('event-rule.expression')}
          description={text('event-rule.expression.forms')}
          value={ScheduleExpression}
          onChange={setSchedule}
        />
      )}
    </ActForm>
  );
}
