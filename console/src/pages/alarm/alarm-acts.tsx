import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { type Alarm, alarmStates } from '../../data/alarms.ts';
import { useText } from '../../messages/text-context.tsx';
import { ActButton } from '../../views/act-button.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { ChoiceField } from '../../views/choice-field.tsx';
import { TextField } from '../../views/text-field.tsx';

export function AlarmActs({ alarm }: { readonly alarm: Alarm }) {
  const text = useText();
  const navigate = useNavigate();
  const { AlarmName = '', ActionsEnabled = false } = alarm;
  const AlarmNames = [AlarmName];
  const operation = ActionsEnabled ? 'DisableAlarmActions' : 'EnableAlarmActions';
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <SetState name={AlarmName} />
      <ActButton
        label={text(ActionsEnabled ? 'alarm.disable-actions' : 'alarm.enable-actions')}
        call={{ service: 'monitoring', operation, input: { AlarmNames } }}
      />
      <AskedAct
        label={text('services.delete')}
        question={text('services.delete.question', { name: AlarmName })}
        call={{ service: 'monitoring', operation: 'DeleteAlarms', input: { AlarmNames } }}
        onDone={() => void navigate('/alarms')}
      />
    </SpaceBetween>
  );
}

/** Tries what an alarm does: it stays so until it is looked at next. */
function SetState({ name }: { readonly name: string }) {
  const text = useText();
  const [StateValue, setState] = useState<string>('ALARM');
  const [StateReason, setReason] = useState('');
  return (
    <AskedAct
      label={text('alarm.set-state')}
      question={text('alarm.set-state.question')}
      call={{ service: 'monitoring', operation: 'SetAlarmState', input: { AlarmName: name, StateValue, StateReason } }}
    >
      <ChoiceField
        label={text('services.state')}
        value={StateValue}
        options={alarmStates.map((value) => ({ value }))}
        onChange={setState}
      />
      <TextField label={text('alarms.reason')} value={StateReason} onChange={setReason} />
    </AskedAct>
  );
}
