import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import Textarea from '@cloudscape-design/components/textarea';

interface TextFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly error?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly inputMode?: InputProps['inputMode'];
  /** As many lines; one where it is absent. */
  readonly rows?: number;
}

/** A field for a text, with its name. */
export function TextField({
  label,
  description,
  error,
  value,
  onChange,
  placeholder,
  inputMode,
  rows,
}: TextFieldProps) {
  const change = ({ detail }: { readonly detail: { readonly value: string } }) => onChange(detail.value);
  const shared = { value, onChange: change, placeholder: placeholder ?? '' };
  return (
    <FormField label={label} description={description} errorText={error}>
      {rows === undefined ? (
        <Input {...shared} {...(inputMode && { inputMode })} />
      ) : (
        <Textarea {...shared} rows={rows} spellcheck={false} />
      )}
    </FormField>
  );
}
