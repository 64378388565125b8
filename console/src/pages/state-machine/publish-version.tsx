import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import type { Machine } from '../../data/states/machines.ts';
import { useText } from '../../messages/text-context.tsx';
import { CallDialog } from '../../views/call-dialog.tsx';

/** Publishes the revision that is shown: where somebody has changed the machine since, the call is refused. */
export function PublishVersion({ machine, onClose }: { readonly machine: Machine; readonly onClose: () => void }) {
  const text = useText();
  const [description, setDescription] = useState('');
  const [shown] = useState(machine);
  const { stateMachineArn, revisionId } = shown;
  const input = {
    stateMachineArn,
    ...(revisionId !== undefined && { revisionId }),
    ...(description !== '' && { description }),
  };
  const call = { service: 'states', operation: 'PublishStateMachineVersion', input } as const;
  return (
    <CallDialog title={text('version.publish')} call={call} onClose={onClose}>
      {text('version.publish.about')}
      <FormField label={text('version.description')}>
        <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
      </FormField>
    </CallDialog>
  );
}
