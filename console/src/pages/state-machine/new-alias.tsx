import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { lastPart } from '../../data/states/arns.ts';
import { useVersions } from '../../data/states/machines.ts';
import { useText } from '../../messages/text-context.tsx';
import { CallDialog } from '../../views/call-dialog.tsx';

/** A name for one version; executions that are started by it run that one. */
export function NewAlias({ arn, onClose }: { readonly arn: string; readonly onClose: () => void }) {
  const text = useText();
  const { data } = useVersions(arn);
  const [name, setName] = useState('');
  const versions = (data?.stateMachineVersions ?? []).flatMap(({ stateMachineVersionArn: it }) => (it ? [it] : []));
  const [chosen, setChosen] = useState<string>();
  const version = chosen ?? versions[0];
  const routingConfiguration = version === undefined ? [] : [{ stateMachineVersionArn: version, weight: 100 }];
  const call = {
    service: 'states',
    operation: 'CreateStateMachineAlias',
    input: { name, routingConfiguration },
  } as const;
  return (
    <CallDialog title={text('alias.new')} call={call} disabled={name === '' || version === undefined} onClose={onClose}>
      <FormField label={text('queues.name')}>
        <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
      </FormField>
      <FormField label={text('version.number')} description={versions.length === 0 ? text('versions.none') : undefined}>
        <Select
          selectedOption={version === undefined ? null : { value: version, label: lastPart(version) }}
          options={versions.map((value) => ({ value, label: lastPart(value) }))}
          onChange={({ detail }) => setChosen(detail.selectedOption.value)}
        />
      </FormField>
    </CallDialog>
  );
}
