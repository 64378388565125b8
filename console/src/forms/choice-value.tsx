import Select from '@cloudscape-design/components/select';
import type { ChoiceField } from '../fields/field.ts';
import { useText } from '../messages/text-context.tsx';
import type { ValueProps } from './field-props.ts';

const none = '';

/** One of the API's own words; the first says nothing, where that may be. */
export function ChoiceValue({ field, value, onValue }: ValueProps<ChoiceField>) {
  const text = useText();
  const left = { value: none, label: text('form.not-said') };
  const options = field.options.map((option) => ({ value: option }));
  const chosen = value === undefined ? (field.required ? null : left) : { value: String(value) };
  return (
    <Select
      selectedOption={chosen}
      options={field.required ? options : [left, ...options]}
      placeholder={text('form.choose')}
      onChange={({ detail }) => {
        const next = detail.selectedOption.value ?? none;
        onValue(next === none ? undefined : next);
      }}
    />
  );
}
