import FormField from '@cloudscape-design/components/form-field';
import Toggle from '@cloudscape-design/components/toggle';
import { valueAt, withValue } from '../fields/path.ts';
import { useText } from '../messages/text-context.tsx';
import { ChoiceValue } from './choice-value.tsx';
import type { FieldProps, ValueProps } from './field-props.ts';
import { ListValue } from './list-value.tsx';
import { MapValue } from './map-value.tsx';
import { NumberValue } from './number-value.tsx';
import { RowsValue } from './rows-value.tsx';
import { TextValue } from './text-value.tsx';
import { WordsValue } from './words-value.tsx';

/** A field with its name, its help and what is wrong with it; nothing where it is not asked for. */
export function FieldView({ field, scope, prefix, onScope, facts }: FieldProps) {
  const text = useText();
  if (field.when && !field.when(scope)) return null;
  const path = prefix + field.path;
  const value = valueAt(scope, field.path);
  const problem = facts.problemAt(path);
  const error = problem ? text(problem.message, problem.values) : facts.refusalAt(path);
  const onValue = (next: unknown) => onScope(withValue(scope, field.path, next));
  if (field.kind === 'toggle') {
    return (
      <FormField errorText={error}>
        <Toggle
          checked={value === true}
          description={field.help && text(field.help)}
          onChange={({ detail }) => onValue(detail.checked)}
        >
          {text(field.label)}
        </Toggle>
      </FormField>
    );
  }
  const needed = typeof field.required === 'function' ? field.required(scope) : field.required;
  const optional = needed ? '' : ` – ${text('form.optional')}`;
  return (
    <FormField
      label={
        <span>
          {text(field.label)}
          <i>{optional}</i>
        </span>
      }
      description={field.help && text(field.help)}
      constraintText={bounds(field, text)}
      errorText={error}
      stretch={field.kind === 'rows' || field.kind === 'map'}
    >
      <Value field={field} value={value} onValue={onValue} facts={facts} path={path} />
    </FormField>
  );
}

/** What numbers may be. */
function bounds(field: FieldProps['field'], text: ReturnType<typeof useText>): string | undefined {
  if (field.kind !== 'number') return undefined;
  const { min, max } = field;
  if (min !== undefined && max !== undefined) return text('form.between', { min, max });
  return min === undefined ? undefined : text('form.at-least', { min });
}

function Value(props: ValueProps) {
  const { field } = props;
  switch (field.kind) {
    case 'text':
      return <TextValue {...props} field={field} />;
    case 'number':
      return <NumberValue {...props} field={field} />;
    case 'choice':
      return <ChoiceValue {...props} field={field} />;
    case 'words':
      return <WordsValue {...props} field={field} />;
    case 'list':
      return <ListValue {...props} field={field} />;
    case 'map':
      return <MapValue {...props} field={field} />;
    case 'rows':
      return <RowsValue {...props} field={field} FieldView={FieldView} />;
    case 'toggle':
      return null;
  }
}
