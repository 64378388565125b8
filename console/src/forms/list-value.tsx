import Autosuggest from '@cloudscape-design/components/autosuggest';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TokenGroup from '@cloudscape-design/components/token-group';
import { useState } from 'react';
import type { ListField } from '../fields/field.ts';
import { useText } from '../messages/text-context.tsx';
import type { ValueProps } from './field-props.ts';

/** Names one after the other: chosen or typed, and taken away again. */
export function ListValue({ field, value, onValue, facts }: ValueProps<ListField>) {
  const text = useText();
  const [typed, setTyped] = useState('');
  const items = Array.isArray(value) ? value.map(String) : [];
  const offered = field.options ?? (field.suggest ? facts.sources[field.suggest] : undefined) ?? [];
  const add = (item: string) => {
    const trimmed = item.trim();
    setTyped('');
    if (trimmed !== '' && !items.includes(trimmed)) onValue([...items, trimmed]);
  };
  const remove = (index: number) => {
    const left = items.filter((_item, place) => place !== index);
    onValue(left.length === 0 ? undefined : left);
  };
  return (
    <SpaceBetween size="xs">
      <SpaceBetween direction="horizontal" size="xs">
        <Autosuggest
          value={typed}
          options={offered.filter((item) => !items.includes(item)).map((item) => ({ value: item }))}
          onChange={({ detail }) => setTyped(detail.value)}
          onSelect={({ detail }) => add(detail.value)}
        />
        <Button
          disabled={typed.trim() === ''}
          ariaLabel={text('form.add-to', { list: text(field.label) })}
          onClick={() => add(typed)}
        >
          {text('form.add')}
        </Button>
      </SpaceBetween>
      <TokenGroup
        items={items.map((item) => ({ label: item, dismissLabel: text('form.remove', { what: item }) }))}
        onDismiss={({ detail }) => remove(detail.itemIndex)}
      />
    </SpaceBetween>
  );
}
