import Autosuggest from '@cloudscape-design/components/autosuggest';
import Input from '@cloudscape-design/components/input';
import type { TextField } from '../fields/field.ts';
import type { ValueProps } from './field-props.ts';

/** A text; what there is already is offered where the field says so. */
export function TextValue({ field, value, onValue, facts }: ValueProps<TextField>) {
  const typed = value === undefined ? '' : String(value);
  const set = (text: string) => onValue(text === '' ? undefined : text);
  if (field.suggest === undefined) return <Input value={typed} onChange={({ detail }) => set(detail.value)} />;
  return (
    <Autosuggest
      value={typed}
      options={(facts.sources[field.suggest] ?? []).map((option) => ({ value: option }))}
      onChange={({ detail }) => set(detail.value)}
    />
  );
}
