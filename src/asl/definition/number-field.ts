import { readPathField } from './data-flow.ts';
import type { Fields } from './fields.ts';
import type { QueryLanguage, Template } from './machine.ts';
import { readExpression } from './payload.ts';

/** What numbers a field takes. */
export interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly fraction?: boolean;
}

/**
 * Reads a number field in any of its forms: a constant, `<name>Path` of the JSONPath language, or a JSONata expression.
 * Values that come from data are checked when they are used.
 */
export function readNumber(
  fields: Fields,
  language: QueryLanguage,
  name: string,
  range: NumberRange,
): Template | undefined {
  if (language === 'JSONPath') {
    fields.atMostOneOf([name, `${name}Path`]);
    const path = fields.take(`${name}Path`);
    if (path !== undefined) {
      const parsed = readPathField(fields, `${name}Path`, path);
      fields.take(name);
      return parsed && { kind: 'path', path: parsed, field: `${name}Path` };
    }
  }
  const value = fields.take(name);
  if (value === undefined) return undefined;
  if (language === 'JSONata' && typeof value === 'string') {
    const expression = readExpression(value, { field: name, at: fields.locate(name) }, fields.problems);
    if (expression) return { kind: 'jsonata', expression, field: name };
  }
  const number = range.fraction
    ? fraction(fields, name, value, range)
    : fields.checkInteger(name, value, range.least, range.most);
  return number === undefined ? undefined : { kind: 'constant', value: number };
}

function fraction(fields: Fields, name: string, value: unknown, range: NumberRange): number | undefined {
  if (typeof value === 'number' && value >= range.least && value <= range.most) return value;
  fields.fault(name, `Value must be a number between ${range.least} and ${range.most}`);
  return undefined;
}
