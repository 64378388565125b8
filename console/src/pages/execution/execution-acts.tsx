import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Execution } from '../../data/states/executions.ts';
import { useText } from '../../messages/text-context.tsx';
import { CallDialog } from '../../views/call-dialog.tsx';
import { StartExecution } from '../../views/states/start-execution.tsx';
import { StopExecution } from './stop-execution.tsx';

/** What can be done to an execution as it is now; the service says which can be redriven, and why others cannot. */
export function ExecutionActs({ execution }: { readonly execution: Execution }) {
  const text = useText();
  const [asking, setAsking] = useState<'stop' | 'redrive' | 'again'>();
  const close = () => setAsking(undefined);
  const { executionArn = '', status, redriveStatus, input = '{}' } = execution;
  const machineArn = execution.stateMachineVersionArn ?? execution.stateMachineArn ?? '';
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={status !== 'RUNNING'} onClick={() => setAsking('stop')}>
        {text('execution.stop')}
      </Button>
      <Button disabled={redriveStatus !== 'REDRIVABLE'} onClick={() => setAsking('redrive')}>
        {text('execution.redrive')}
      </Button>
      <Button disabled={machineArn.includes('/')} onClick={() => setAsking('again')}>
        {text('execution.again')}
      </Button>
      {asking === 'stop' && <StopExecution executionArn={executionArn} onClose={close} />}
      {asking === 'redrive' && (
        <CallDialog
          title={text('execution.redrive')}
          call={{ service: 'states', operation: 'RedriveExecution', input: { executionArn } }}
          onClose={close}
        >
          {text('execution.redrive.about')}
        </CallDialog>
      )}
      {asking === 'again' && <StartExecution machineArn={machineArn} input={input} onClose={close} />}
    </SpaceBetween>
  );
}
