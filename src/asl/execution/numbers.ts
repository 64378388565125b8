import type { Template } from '../definition/machine.ts';
import { StateError, stateErrors } from '../errors.ts';
import type { Scope } from '../evaluate/scope.ts';
import { evaluateTemplate } from '../evaluate/template.ts';
import { type Json, typeName } from '../json/json.ts';

/** The value of a number field; throws when what it comes from is no number of the range. */
export async function evaluateNumber(
  template: Template,
  scope: Scope,
  range: { readonly least: number; readonly most: number; readonly fraction?: boolean },
): Promise<number> {
  const value = await evaluateTemplate(template, scope);
  const whole = range.fraction || Number.isInteger(value);
  if (typeof value === 'number' && whole && value >= range.least && value <= range.most) return value;
  throw wrongType(template, 'number', value, `between ${range.least} and ${range.most}`);
}

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
