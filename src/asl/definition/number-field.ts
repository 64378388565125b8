import { type Path, referenceSteps } from '../path/path.ts';
import { readPathField } from './data-flow.ts';
import type { Fields } from './fields.ts';
import type { QueryLanguage, Template } from './machine.ts';
import { readExpression } from './payload.ts';

/** What numbers a field takes. */
export interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly fraction?: boolean;
  /** Its path must be a reference path into the input or a variable. */
  readonly reference?: boolean;
}

function isReference(path: Path): boolean {
  return path.root.kind !== 'context' && referenceSteps(path) !== undefined;
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
      if (parsed && range.reference && !isReference(parsed)) {
        fields.fault(`${name}Path`, 'Value is not a Reference Path');
        return undefined;
      }
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
  if (typeof value !== 'number') fields.fault(name, 'Expected value of type Number');
  else
    fields.fault(name, value < range.least ? `Minimum value is ${range.least}.0` : `Maximum value is ${range.most}.0`);
  return undefined;
}
