import { useText } from '../messages/text-context.tsx';
import { ActButton } from './act-button.tsx';

interface RuleStateProps {
  readonly bus: string;
  readonly name: string;
  readonly state: string | undefined;
  readonly inline?: boolean;
}

/** Puts a rule into force, or aside. */
export function RuleState({ bus, name, state, inline = false }: RuleStateProps) {
  const text = useText();
  const isEnabled = state?.startsWith('ENABLED') ?? false;
  return (
    <ActButton
      inline={inline}
      label={text(isEnabled ? 'services.disable' : 'services.enable')}
      ariaLabel={text(isEnabled ? 'services.disable-named' : 'services.enable-named', { name })}
      call={{
        service: 'events',
        operation: isEnabled ? 'DisableRule' : 'EnableRule',
        input: { Name: name, EventBusName: bus },
      }}
    />
  );
}
