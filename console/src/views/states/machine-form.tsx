import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useText } from '../../messages/text-context.tsx';
import { type LogLevel, logLevels, type MachineDraft } from './machine-draft.ts';

interface MachineFormProps {
  readonly draft: MachineDraft;
  readonly onChange: (change: Partial<MachineDraft>) => void;
}

/** The role that a machine's tasks call with, and what of its executions is logged. */
export function MachineForm({ draft, onChange }: MachineFormProps) {
  const text = useText();
  const { roleArn, logLevel, logGroupArn, logsData } = draft;
  return (
    <Grid gridDefinition={[{ colspan: { default: 12, s: 6 } }, { colspan: { default: 12, s: 6 } }, { colspan: 12 }]}>
      <FormField label={text('machine.role')} description={text('machine.role.about')}>
        <Input
          value={roleArn}
          placeholder="arn:aws:iam::123456789012:role/workflows"
          onChange={({ detail }) => onChange({ roleArn: detail.value })}
        />
      </FormField>
      <FormField label={text('machine.logging')} description={text('machine.logging.about')}>
        <Select
          selectedOption={{ value: logLevel }}
          options={logLevels.map((value) => ({ value }))}
          onChange={({ detail }) => onChange({ logLevel: detail.selectedOption.value as LogLevel })}
        />
      </FormField>
      {logLevel !== 'OFF' && (
        <FormField label={text('machine.log-group')}>
          <Input
            value={logGroupArn}
            placeholder="arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs/states/nightly:*"
            onChange={({ detail }) => onChange({ logGroupArn: detail.value })}
          />
          <Checkbox checked={logsData} onChange={({ detail }) => onChange({ logsData: detail.checked })}>
            {text('machine.logs-data')}
          </Checkbox>
        </FormField>
      )}
    </Grid>
  );
}
