import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';

interface ChoiceFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  /** Values, with words where the value is none. */
  readonly options: readonly { readonly value: string; readonly label?: string }[];
  readonly onChange: (value: string) => void;
}

/** A field for one of several values, with its name. */
export function ChoiceField({ label, description, value, options, onChange }: ChoiceFieldProps) {
  const chosen = options.find((option) => option.value === value) ?? { value };
  return (
    <FormField label={label} description={description}>
      <Select
        selectedOption={chosen}
        options={options}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}
