import type { Template } from '../definition/machine.ts';
import { StateError, stateErrors } from '../errors.ts';
import { type Json, typeName } from '../json/json.ts';

/** What a field fails with when its expression or path gives a value of another type than it needs. */
export function wrongType(template: Template, wanted: string, value: Json, more = ''): StateError {
  if (template.kind === 'jsonata') {
    const about = `The JSONata expression '${template.expression.text}' specified for the field '${template.field}'`;
    const cause = `${about} returned an unexpected result type. Expected '${wanted}', but was '${typeName(value)}' for value: ${JSON.stringify(value)}`;
    return new StateError(stateErrors.queryEvaluationError, cause, { location: template.field });
  }
  const field = 'field' in template ? template.field : '';
  const kind = more === '' ? wanted : `${wanted} ${more}`;
  return new StateError(
    stateErrors.runtime,
    `The ${field} parameter does not reference a valid ${kind}: ${JSON.stringify(value)}`,
  );
}
