import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useText } from '../messages/text-context.tsx';
import { ConfirmAct } from './confirm-act.tsx';

interface ResourceActsProps {
  readonly name: string;
  readonly state: string | undefined;
  /** Of its operations: `UpdateJobQueue`, `DeleteJobQueue`. */
  readonly kind: 'JobQueue' | 'ComputeEnvironment';
  /** What the operations name it by. */
  readonly member: 'jobQueue' | 'computeEnvironment';
  /** Where all of them are: `/queues`. */
  readonly list: string;
}

type Asking = 'enable' | 'disable' | 'delete';

/** What can be done to a queue or an environment: what is enabled is not deleted, as AWS has it. */
export function ResourceActs({ name, state, kind, member, list }: ResourceActsProps) {
  const text = useText();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<Asking>();
  const isEnabled = state === 'ENABLED';
  const close = () => setAsking(undefined);
  const button = (act: Asking, disabled = false) => (
    <Button
      disabled={disabled}
      {...(disabled && { disabledReason: text('act.delete.disable-first') })}
      onClick={() => setAsking(act)}
    >
      {text(titles[act])}
    </Button>
  );
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button onClick={() => void navigate(`${list}/${encodeURIComponent(name)}/edit`)}>{text('form.edit')}</Button>
      {button(isEnabled ? 'disable' : 'enable')}
      {button('delete', isEnabled)}
      {asking === 'delete' && (
        <ConfirmAct
          title={text('act.delete')}
          words={text('act.delete.words', { name })}
          calls={[{ service: 'batch', operation: `Delete${kind}`, input: { [member]: name } }]}
          onClose={close}
          onDone={() => void navigate(list)}
        />
      )}
      {(asking === 'enable' || asking === 'disable') && (
        <ConfirmAct
          title={text(titles[asking])}
          words={text(asking === 'enable' ? 'act.enable.words' : 'act.disable.words', { name })}
          calls={[{ service: 'batch', operation: `Update${kind}`, input: { [member]: name, state: states[asking] } }]}
          onClose={close}
        />
      )}
    </SpaceBetween>
  );
}

const titles: Readonly<Record<Asking, string>> = { enable: 'act.enable', disable: 'act.disable', delete: 'act.delete' };
const states = { enable: 'ENABLED', disable: 'DISABLED' } as const;
