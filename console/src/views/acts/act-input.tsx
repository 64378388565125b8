import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import Textarea from '@cloudscape-design/components/textarea';
import { useText } from '../../messages/text-context.tsx';
import type { ActField } from './act.ts';

interface ActInputProps {
  readonly field: ActField;
  readonly value: string;
  /** Key of what is wrong with it. */
  readonly wrong: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A field of a form, of its kind. */
export function ActInput({ field, value, wrong, onChange }: ActInputProps) {
  const text = useText();
  const { label, help, kind = 'text', choices = [] } = field;
  const change = ({ detail }: { readonly detail: { readonly value: string } }) => onChange(detail.value);
  return (
    <FormField
      label={text(label)}
      description={help === undefined ? undefined : text(help)}
      errorText={wrong === undefined ? undefined : text(wrong)}
      stretch
    >
      {kind === 'choice' ? (
        <Select
          selectedOption={{ value, label: value }}
          options={choices.map((choice) => ({ value: choice, label: choice }))}
          onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
        />
      ) : kind === 'json' || kind === 'long' ? (
        <Textarea value={value} rows={kind === 'json' ? 14 : 4} spellcheck={false} onChange={change} />
      ) : (
        <Input value={value} type={kind === 'secret' ? 'password' : 'text'} onChange={change} autoComplete={false} />
      )}
    </FormField>
  );
}
