import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { machinePath } from '../../data/states/arns.ts';
import type { Machine } from '../../data/states/machines.ts';
import { useAct } from '../../data/use-act.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { Failure } from '../../views/failure.tsx';
import { changedMembers, draftOf } from '../../views/states/machine-draft.ts';
import { MachineForm } from '../../views/states/machine-form.tsx';
import { WrittenDefinition } from '../../views/states/written-definition.tsx';

/** A machine as it was when the page was opened, and what is to become of it. An update says only what differs. */
export function EditMachine({ name, machine }: { readonly name: string; readonly machine: Machine }) {
  const text = useText();
  const navigate = useNavigate();
  const act = useAct();
  const [opened] = useState(machine);
  const [before] = useState(() => draftOf(machine));
  const [draft, setDraft] = useState(before);
  const [publish, setPublish] = useState(false);
  const [description, setDescription] = useState('');
  const change = (changed: Partial<typeof draft>) => setDraft((now) => ({ ...now, ...changed }));
  const changes = changedMembers(before, draft);
  const input = {
    stateMachineArn: machine.stateMachineArn,
    ...changes,
    ...(publish && { publish, ...(description !== '' && { versionDescription: description }) }),
  };
  const call = { service: 'states', operation: 'UpdateStateMachine', input } as const;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('edit-machine.running')}>
        {text('edit-machine.of', { name })}
      </Header>
      {machine.revisionId !== opened.revisionId && <Alert type="warning">{text('edit-machine.changed')}</Alert>}
      <MachineForm draft={draft} onChange={change} />
      <WrittenDefinition
        draft={draft}
        type={machine.type ?? 'STANDARD'}
        onChange={(definition) => change({ definition })}
      />
      <Checkbox checked={publish} onChange={({ detail }) => setPublish(detail.checked)}>
        {text('edit-machine.publish')}
      </Checkbox>
      {publish && (
        <FormField label={text('version.description')}>
          <Input value={description} onChange={({ detail }) => setDescription(detail.value)} />
        </FormField>
      )}
      <AwsLine call={call} />
      {act.error && <Failure error={act.error} />}
      <Button
        variant="primary"
        disabled={Object.keys(changes).length === 0}
        loading={act.isPending}
        onClick={() => act.mutate(call, { onSuccess: () => void navigate(machinePath(name)) })}
      >
        {text('edit-machine.update')}
      </Button>
    </SpaceBetween>
  );
}
