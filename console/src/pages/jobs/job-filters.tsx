import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { jobStatuses } from '../../data/jobs.ts';
import { useText } from '../../messages/text-context.tsx';

interface JobFiltersProps {
  readonly queues: readonly string[];
  readonly queue: string | undefined;
  readonly status: string;
  readonly onChange: (change: { readonly queue: string } | { readonly status: string }) => void;
}

export function JobFilters({ queues, queue, status, onChange }: JobFiltersProps) {
  const text = useText();
  return (
    <SpaceBetween direction="horizontal" size="m">
      <FormField label={text('jobs.queue')}>
        <Select
          selectedOption={queue === undefined ? null : { value: queue }}
          options={queues.map((value) => ({ value }))}
          onChange={({ detail }) => onChange({ queue: detail.selectedOption.value ?? '' })}
        />
      </FormField>
      <FormField label={text('jobs.status')}>
        <Select
          selectedOption={{ value: status }}
          options={jobStatuses.map((value) => ({ value }))}
          onChange={({ detail }) => onChange({ status: detail.selectedOption.value ?? '' })}
        />
      </FormField>
    </SpaceBetween>
  );
}
