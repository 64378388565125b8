import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { auditKeys } from '../../data/audit.ts';
import { useText } from '../../messages/text-context.tsx';
import { spans } from './spans.ts';

interface AuditFiltersProps {
  readonly attribute: string;
  readonly value: string;
  readonly since: string;
}

/** CloudTrail finds by one attribute, and by time. */
export function AuditFilters({ attribute, value, since }: AuditFiltersProps) {
  const text = useText();
  const [, setSearch] = useSearchParams();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const change = (changes: Readonly<Record<string, string>>) =>
    setSearch((before) => {
      for (const [name, to] of Object.entries(changes)) to === '' ? before.delete(name) : before.set(name, to);
      return before;
    });
  const find = (event: FormEvent) => {
    event.preventDefault();
    change({ value: typed.trim() });
  };
  const span = (id: string) => ({ value: id, label: text(id === 'all' ? 'audit.all' : 'audit.since', { span: id }) });
  return (
    <form onSubmit={find}>
      <SpaceBetween direction="horizontal" size="xs">
        <Select
          ariaLabel={text('audit.attribute')}
          selectedOption={{ value: attribute, label: attribute }}
          options={auditKeys.map((key) => ({ value: key, label: key }))}
          onChange={({ detail }) => change({ key: detail.selectedOption.value ?? '' })}
        />
        <Input
          type="search"
          value={typed}
          ariaLabel={text('audit.value')}
          placeholder={text('audit.value')}
          onChange={({ detail }) => setTyped(detail.value)}
        />
        <Select
          ariaLabel={text('audit.time')}
          selectedOption={span(since)}
          options={['all', ...Object.keys(spans)].map(span)}
          onChange={({ detail }) => change({ since: detail.selectedOption.value ?? '' })}
        />
        <Button formAction="submit">{text('audit.find')}</Button>
      </SpaceBetween>
    </form>
  );
}
