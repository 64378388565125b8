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
  return new StateError(stateErrors.runtime, badReference(template, more === '' ? wanted : `${wanted} ${more}`, value));
}

/** AWS's words for a path that leads to what its field cannot use: with the path, and the value as it is. */
export function badReference(template: Template, wanted: string, value: Json): string {
  const field = 'field' in template ? template.field : '';
  const path = template.kind === 'path' ? `${template.path.text} == ` : '';
  return `The ${field} parameter does not reference a valid ${wanted}: ${path}${rawText(value)}`;
}

/** A text as it is, anything else as JSON. */
export function rawText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
