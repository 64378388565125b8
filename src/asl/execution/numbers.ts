import type { Template } from '../definition/machine.ts';
import { StateError, stateErrors } from '../errors.ts';
import type { StateScope } from '../evaluate/scope.ts';
import { evaluateTemplate } from '../evaluate/template.ts';
import { rawText, wrongType } from '../evaluate/wrong-type.ts';
import type { Json } from '../json/json.ts';

/** The value of a number field; throws when what it comes from is no number of the range. */
export async function evaluateNumber(
  template: Template,
  scope: StateScope,
  range: { readonly least: number; readonly most: number; readonly fraction?: boolean },
): Promise<number> {
  const value = await evaluateTemplate(template, scope);
  const whole = range.fraction || Number.isInteger(value);
  if (typeof value === 'number' && whole && value >= range.least && value <= range.most) return value;
  throw wrongType(template, 'number', value, `between ${range.least} and ${range.most}`);
}

/**
 * The value of a number field of a Map state. A path may lead to a number or to the text of one, and what else it leads to
 * is refused in words of its own. Those for integers and for what is negative are recorded; `not a valid float` and `cannot be
 * greater than` are guesses after them: no source is known.
 */
export async function evaluateMapNumber(
  template: Template,
  scope: StateScope,
  range: { readonly most: number; readonly fraction?: boolean },
): Promise<number> {
  if (template.kind !== 'path') return evaluateNumber(template, scope, { least: 0, ...range });
  const value = await evaluateTemplate(template, scope);
  const number = range.fraction ? decimalOf(value) : integerOf(value);
  const { field, path } = template;
  if (number === undefined) {
    const kind = range.fraction ? 'float' : 'integer';
    throw refused(`The ${field} field refers to value "${rawText(value)}" which is not a valid ${kind}: ${path.text}`);
  }
  const name = field.replace(/Path$/, '');
  if (number < 0) throw refused(`${name} cannot be negative.`);
  if (number > range.most) throw refused(`${name} cannot be greater than ${range.most}.`);
  return number;
}

function refused(cause: string): StateError {
  return new StateError(stateErrors.runtime, cause);
}

/** As Java's `Integer.parseInt` takes it. */
function integerOf(value: Json): number | undefined {
  const number = typeof value === 'string' && /^[+-]?\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number === (number | 0) ? number : undefined;
}

function decimalOf(value: Json): number | undefined {
  const number = typeof value === 'string' && /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(value) ? Number(value) : value;
  return typeof number === 'number' ? number : undefined;
}
