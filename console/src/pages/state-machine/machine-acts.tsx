import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { machinePath } from '../../data/states/arns.ts';
import type { Machine } from '../../data/states/machines.ts';
import { useText } from '../../messages/text-context.tsx';
import { CallDialog } from '../../views/call-dialog.tsx';
import { PathButton } from '../../views/path-button.tsx';
import { StartExecution } from '../../views/states/start-execution.tsx';
import { PublishVersion } from './publish-version.tsx';

interface MachineActsProps {
  readonly name: string;
  readonly machine: Machine;
  /** One that was published never changes. */
  readonly isVersion: boolean;
}

export function MachineActs({ name, machine, isVersion }: MachineActsProps) {
  const text = useText();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<'start' | 'publish' | 'delete'>();
  const close = () => setAsking(undefined);
  const { stateMachineArn = '' } = machine;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {!isVersion && (
        <>
          <Button onClick={() => setAsking('delete')}>{text('machine.delete')}</Button>
          <Button onClick={() => setAsking('publish')}>{text('version.publish')}</Button>
          <PathButton to={`${machinePath(name)}/edit`}>{text('machine.edit')}</PathButton>
        </>
      )}
      <Button variant="primary" onClick={() => setAsking('start')}>
        {text('execution.start')}
      </Button>
      {asking === 'start' && <StartExecution machineArn={stateMachineArn} input="{}" onClose={close} />}
      {asking === 'publish' && <PublishVersion machine={machine} onClose={close} />}
      {asking === 'delete' && (
        <CallDialog
          title={text('machine.delete')}
          call={{ service: 'states', operation: 'DeleteStateMachine', input: { stateMachineArn } }}
          onClose={close}
          onDone={() => void navigate('/states/machines')}
        >
          {text('machine.delete.about')}
        </CallDialog>
      )}
    </SpaceBetween>
  );
}
