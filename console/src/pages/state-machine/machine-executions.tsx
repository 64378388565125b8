import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSearchParams } from 'react-router';
import { executionStatuses } from '../../data/states/executions.ts';
import type { Machine } from '../../data/states/machines.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { ExecutionTable } from '../../views/states/execution-table.tsx';

/** The executions of a machine, or of a version of it, by status and by whether they were redriven: the address holds both. */
export function MachineExecutions({ machine }: { readonly machine: Machine }) {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const { stateMachineArn = '', type } = machine;
  const status = search.get('status') ?? '';
  const redriven = search.get('redriven') ?? '';
  if (type === 'EXPRESS') return <Box>{text('executions.express')}</Box>;
  const look = (name: string, value: string) => {
    setSearch((now) => {
      const { [name]: _before, ...rest } = Object.fromEntries(now);
      return new URLSearchParams(value === '' ? rest : { ...rest, [name]: value });
    });
  };
  const filter = {
    ...(status !== '' && { statusFilter: status }),
    ...(redriven !== '' && { redriveFilter: redriven }),
  };
  const any = { value: '', label: text('executions.any') };
  const redrives = [any, ...['REDRIVEN', 'NOT_REDRIVEN'].map((value) => ({ value, label: value }))];
  const statuses = [any, ...executionStatuses.map((value) => ({ value, label: value }))];
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="m">
        <FormField label={text('executions.status')}>
          <Select
            selectedOption={statuses.find(({ value }) => value === status) ?? { value: status }}
            options={statuses}
            onChange={({ detail }) => look('status', detail.selectedOption.value ?? '')}
          />
        </FormField>
        <FormField label={text('executions.redrives')}>
          <Select
            selectedOption={redrives.find(({ value }) => value === redriven) ?? { value: redriven }}
            options={redrives}
            onChange={({ detail }) => look('redriven', detail.selectedOption.value ?? '')}
          />
        </FormField>
      </SpaceBetween>
      <ExecutionTable
        of={{ stateMachineArn }}
        filter={filter}
        empty={
          <SpaceBetween size="s">
            <Box>{text(status + redriven === '' ? 'executions.none' : 'executions.none-so')}</Box>
            <AwsLine call={{ service: 'states', operation: 'StartExecution', input: { stateMachineArn } }} />
          </SpaceBetween>
        }
      />
    </SpaceBetween>
  );
}
