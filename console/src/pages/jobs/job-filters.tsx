import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { jobStatuses } from '../../data/jobs.ts';
import { useQueues } from '../../data/queues.ts';
import { useText } from '../../messages/text-context.tsx';
import type { JobQuery } from './job-query.ts';

interface JobFiltersProps {
  readonly query: JobQuery;
  readonly onChange: (change: JobQuery) => void;
  readonly onClear: () => void;
}

/** What is typed is looked for with Enter or the button; what is chosen from a list at once. */
const fields = {
  name: { label: 'jobs.field.name', example: 'align*' },
  reason: { label: 'jobs.field.reason', example: 'OutOfMemory' },
  definition: { label: 'jobs.field.definition', example: 'align:7' },
  since: { label: 'jobs.field.since', example: '90m, 12h, 7d' },
  share: { label: 'jobs.field.share', example: 'A' },
  tag: { label: 'jobs.field.tag', example: 'team=red' },
  exit: { label: 'jobs.field.exit', example: '137' },
  by: { label: 'jobs.field.by', example: 'ada' },
  instance: { label: 'jobs.field.instance', example: 'i-01a2b3c4' },
} as const;

const first = ['name', 'reason'] as const;
const further = ['definition', 'since', 'share', 'tag', 'exit', 'by', 'instance'] as const;

export function JobFilters({ query, onChange, onClear }: JobFiltersProps) {
  const text = useText();
  const [typed, setTyped] = useState<JobQuery>({});
  const field = (name: keyof typeof fields) => (
    <FormField key={name} label={text(fields[name].label)}>
      <Input
        value={typed[name] ?? query[name] ?? ''}
        placeholder={fields[name].example}
        onChange={({ detail }) => setTyped({ ...typed, [name]: detail.value })}
      />
    </FormField>
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange(typed);
  };
  return (
    <form onSubmit={submit} aria-label={text('jobs.search')}>
      <SpaceBetween size="s">
        <SpaceBetween direction="horizontal" size="m" alignItems="end">
          <Choices query={query} onChange={(change) => onChange({ ...typed, ...change })} />
          {first.map(field)}
          <Button>{text('jobs.search')}</Button>
          <Button formAction="none" disabled={Object.keys(query).length === 0} onClick={onClear}>
            {text('jobs.clear')}
          </Button>
        </SpaceBetween>
        <ExpandableSection
          headerText={text('jobs.more-fields')}
          defaultExpanded={further.some((name) => query[name] !== undefined)}
        >
          <SpaceBetween direction="horizontal" size="m">
            {further.map(field)}
          </SpaceBetween>
        </ExpandableSection>
      </SpaceBetween>
    </form>
  );
}

function Choices({ query, onChange }: Omit<JobFiltersProps, 'onClear'>) {
  const text = useText();
  const queues = (useQueues().data?.queues ?? []).map(({ jobQueueName }) => jobQueueName);
  const all = { value: '', label: text('jobs.all') };
  const choice = (name: 'queue' | 'status', label: string, values: readonly string[]) => {
    const value = query[name];
    return (
      <FormField label={label}>
        <Select
          selectedOption={value === undefined ? all : { value, label: value }}
          options={[all, ...values.map((each) => ({ value: each, label: each }))]}
          onChange={({ detail: { selectedOption } }) => {
            const chosen = selectedOption.value ?? '';
            onChange(name === 'queue' ? { queue: chosen } : { status: chosen });
          }}
        />
      </FormField>
    );
  };
  return (
    <>
      {choice('queue', text('jobs.queue'), queues)}
      {choice('status', text('jobs.status'), jobStatuses)}
    </>
  );
}
