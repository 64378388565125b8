import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useText } from '../../messages/text-context.tsx';
import type { OrderedWorkload } from '../../simulation/order.ts';

/** Which jobs are simulated: those of the server, or those of a file once one was chosen. */
export type ChosenWorkload =
  | { readonly kind: 'history' }
  | { readonly kind: 'file'; readonly workload?: OrderedWorkload };

interface ChosenWorkloadProps {
  readonly value: ChosenWorkload;
  readonly onChange: (value: ChosenWorkload) => void;
}

/** Asks for the jobs. A file stays in the browser. */
export function WorkloadChoice({ value, onChange }: ChosenWorkloadProps) {
  const text = useText();
  const items = [
    { value: 'history', label: text('simulator.workload.history') },
    { value: 'file', label: text('simulator.workload.file') },
  ];
  return (
    <SpaceBetween size="s">
      <FormField label={text('simulator.workload')}>
        <RadioGroup
          value={value.kind}
          items={items}
          onChange={({ detail }) => onChange(detail.value === 'file' ? { kind: 'file' } : { kind: 'history' })}
        />
      </FormField>
      {value.kind === 'file' && (
        <Box>
          <input
            type="file"
            aria-label={text('simulator.workload.choose')}
            accept=".jsonl,.json,.swf,.txt"
            onChange={async ({ target }) => {
              const file = target.files?.[0];
              if (file) onChange({ kind: 'file', workload: await workloadOf(file) });
            }}
          />
        </Box>
      )}
    </SpaceBetween>
  );
}

async function workloadOf(file: File): Promise<OrderedWorkload> {
  const format = file.name.endsWith('.swf') ? 'swf' : 'json';
  return { name: file.name, format, text: await file.text(), dropped: {} };
}
