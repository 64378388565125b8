import { type Field, type FormPlan, fieldsOf } from './field.ts';
import { type Input, valueAt, withValue } from './path.ts';

/** A value as the review shows it; undefined for one that is not said. */
export function reviewText(field: Field, scope: Input): string | undefined {
  const value = valueAt(scope, field.path);
  if (value === undefined || (field.when && !field.when(scope))) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What an input says that no field is for: it is sent all the same. */
export function unasked({ steps }: FormPlan, input: Input): Input {
  return steps.flatMap(fieldsOf).reduce((rest, { path }) => withValue(rest, path, undefined), input);
}
