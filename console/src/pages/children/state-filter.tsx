import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import type { countStates } from '../../data/child-states.ts';
import { useText } from '../../messages/text-context.tsx';

interface StateFilterProps {
  readonly counts: ReturnType<typeof countStates>;
  readonly status: string | undefined;
  /** With nothing: all. */
  readonly onChange: (status: string) => void;
}

export function StateFilter({ counts, status, onChange }: StateFilterProps) {
  const text = useText();
  const all = { value: '', label: text('jobs.all') };
  const options = [all, ...counts.map(([value, count]) => ({ value, label: `${value} (${count})` }))];
  return (
    <FormField label={text('jobs.status')}>
      <Select
        selectedOption={options.find(({ value }) => value === (status ?? '')) ?? all}
        options={options}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}
