import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { alarmStates } from '../../data/alarms.ts';
import { useText } from '../../messages/text-context.tsx';
import { ChoiceField } from '../../views/choice-field.tsx';
import { useAddress } from '../../views/use-address.ts';
import { AlarmTable } from './alarm-table.tsx';

/** The address bar holds the `state` of the alarms that are shown, and how their names begin (`q`). */
export function Page() {
  const text = useText();
  const address = useAddress();
  const [state, prefix] = [address.get('state'), address.get('q')];
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('alarms.purpose')}>
        {text('alarms.title')}
      </Header>
      <ChoiceField
        label={text('services.state')}
        value={state}
        options={[{ value: '', label: text('alarms.any-state') }, ...alarmStates.map((value) => ({ value }))]}
        onChange={(chosen) => address.set({ state: chosen })}
      />
      <AlarmTable key={`${state} ${prefix}`} state={state} prefix={prefix} />
    </SpaceBetween>
  );
}
