import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { MapField } from '../fields/field.ts';
import { isTaken, type MapRow, mapOf, rowsOf } from '../fields/map-rows.ts';
import { useText } from '../messages/text-context.tsx';
import type { ValueProps } from './field-props.ts';

/** Keys and values, a row each. */
export function MapValue({ field, value, onValue }: ValueProps<MapField>) {
  const text = useText();
  const [typed, setTyped] = useState<readonly MapRow[]>([]);
  const rows = rowsOf(value, typed);
  const set = (next: readonly MapRow[]) => {
    setTyped(next);
    onValue(mapOf(next));
  };
  return (
    <SpaceBetween size="xs">
      {rows.map(([key, entry], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row has nothing else of its own while its key is typed.
        <ColumnLayout key={index} columns={3}>
          <FormField
            label={text('form.key')}
            errorText={key !== '' && isTaken(rows, index) ? text('problem.key-taken') : undefined}
          >
            <Input value={key} onChange={({ detail }) => set(rows.with(index, [detail.value, entry]))} />
          </FormField>
          <FormField label={text('form.value')}>
            <Input value={entry} onChange={({ detail }) => set(rows.with(index, [key, detail.value]))} />
          </FormField>
          <Button
            ariaLabel={text('form.remove', { what: `${text(field.label)} ${index + 1}` })}
            onClick={() => set(rows.filter((_row, place) => place !== index))}
          >
            {text('form.remove-row')}
          </Button>
        </ColumnLayout>
      ))}
      <Button
        iconName="add-plus"
        disabled={rows.some(([key]) => key === '')}
        ariaLabel={text('form.add-to', { list: text(field.label) })}
        onClick={() => set([...rows, ['', '']])}
      >
        {text('form.add')}
      </Button>
    </SpaceBetween>
  );
}
