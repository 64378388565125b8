import Input from '@cloudscape-design/components/input';
import type { NumberField } from '../fields/field.ts';
import { typedNumber } from '../fields/typed-number.ts';
import type { ValueProps } from './field-props.ts';

/** A number, typed as text: what is none yet stays, and is said to be none. */
export function NumberValue({ field, value, onValue }: ValueProps<NumberField>) {
  return (
    <Input
      value={value === undefined ? '' : String(value)}
      inputMode={field.whole === false ? 'decimal' : 'numeric'}
      onChange={({ detail }) => onValue(typedNumber(field, detail.value))}
    />
  );
}
