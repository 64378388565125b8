import type { Template } from '../definition/machine.ts';
import type { StateScope } from '../evaluate/scope.ts';
import { evaluateTemplate } from '../evaluate/template.ts';
import { wrongType } from '../evaluate/wrong-type.ts';

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
