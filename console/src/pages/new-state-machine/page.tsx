import type { StateMachineType } from '@aws-sdk/client-sfn';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { machinePath } from '../../data/states/arns.ts';
import { useAct } from '../../data/use-act.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { Failure } from '../../views/failure.tsx';
import { machineMembers, newMachine } from '../../views/states/machine-draft.ts';
import { MachineForm } from '../../views/states/machine-form.tsx';
import { WrittenDefinition } from '../../views/states/written-definition.tsx';

const types: Readonly<Record<StateMachineType, string>> = {
  STANDARD: 'machine.type.standard',
  EXPRESS: 'machine.type.express',
};

/** A machine is written on one page: what is wrong shows while it is. */
export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const act = useAct();
  const [name, setName] = useState('');
  const [type, setType] = useState<StateMachineType>('STANDARD');
  const [draft, setDraft] = useState(newMachine);
  const change = (changed: Partial<typeof draft>) => setDraft((now) => ({ ...now, ...changed }));
  const input = { name, type, ...machineMembers(draft) };
  const call = { service: 'states', operation: 'CreateStateMachine', input } as const;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{text('new-machine.title')}</Header>
      <SpaceBetween direction="horizontal" size="m">
        <FormField label={text('queues.name')}>
          <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
        </FormField>
        <FormField label={text('machine.type')}>
          <Select
            selectedOption={{ value: type }}
            options={Object.entries(types).map(([value, about]) => ({ value, description: text(about) }))}
            onChange={({ detail }) => setType(detail.selectedOption.value as StateMachineType)}
          />
        </FormField>
      </SpaceBetween>
      <MachineForm draft={draft} onChange={change} />
      <WrittenDefinition draft={draft} type={type} onChange={(definition) => change({ definition })} />
      <AwsLine call={call} />
      {act.error && <Failure error={act.error} />}
      <Button
        variant="primary"
        disabled={name === ''}
        loading={act.isPending}
        onClick={() => act.mutate(call, { onSuccess: () => void navigate(machinePath(name)) })}
      >
        {text('new-machine.create')}
      </Button>
    </SpaceBetween>
  );
}
