import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { defaultBus } from '../../data/event-rules.ts';
import { useText } from '../../messages/text-context.tsx';
import { useAddress } from '../../views/use-address.ts';
import { RuleForm } from './rule-form.tsx';

export function Page() {
  const text = useText();
  const bus = useAddress().get('bus') || defaultBus;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('event-rule-new.on', { bus })}>
        {text('event-rule-new.title')}
      </Header>
      <RuleForm bus={bus} />
    </SpaceBetween>
  );
}
