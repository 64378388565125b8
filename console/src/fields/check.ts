import { type Field, fieldsOf, type RowsField, type Source, type Step, type TextField } from './field.ts';
import { type Input, valueAt } from './path.ts';

/** What is wrong with a value. */
export interface Problem {
  /** From the input's root. */
  readonly path: string;
  /** Key of a message. */
  readonly message: string;
  readonly values?: Readonly<Record<string, string | number>>;
  /** Whether it is only not there yet: said when one goes on. */
  readonly missing?: boolean;
}

/** What there is, by name. */
export type Sources = Partial<Readonly<Record<Source, readonly string[]>>>;

type Found = Omit<Problem, 'path'>;

/** What is wrong with a step as it stands. */
export function problemsOf(step: Step, input: Input, sources: Sources = {}): readonly Problem[] {
  return fieldsOf(step).flatMap((field) => fieldProblems(field, input, '', sources));
}

/** `prefix` leads from the root to the row that `scope` is. */
function fieldProblems(field: Field, scope: Input, prefix: string, sources: Sources): readonly Problem[] {
  if (field.when && !field.when(scope)) return [];
  const value = valueAt(scope, field.path);
  const path = prefix + field.path;
  if (field.kind === 'rows' && Array.isArray(value)) return rowsProblems(field, value, path, sources);
  const found = isEmpty(value) ? missing(field, scope) : wrong(field, value, sources);
  return found ? [{ ...found, path }] : [];
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return Array.isArray(value) && value.length === 0;
}

function missing({ required = false }: Field, scope: Input): Found | undefined {
  const needed = typeof required === 'boolean' ? required : required(scope);
  return needed ? { message: 'problem.required', missing: true } : undefined;
}

function wrong(field: Field, value: unknown, sources: Sources): Found | undefined {
  switch (field.kind) {
    case 'text':
      return wrongText(field, String(value), sources);
    case 'number':
      return wrongNumber(field, value);
    case 'choice':
      return field.options.includes(String(value)) ? undefined : { message: 'problem.choice' };
    case 'words':
      return Array.isArray(value) && !value.includes('') ? undefined : { message: 'problem.empty-word' };
    case 'list':
      return tooMany(field.most, value);
    case 'map':
      return Object.hasOwn(value as Input, '') ? { message: 'problem.key', missing: true } : undefined;
    case 'toggle':
      return typeof value === 'boolean' ? undefined : { message: 'problem.toggle' };
    case 'rows':
      return { message: 'problem.rows' };
  }
}

function wrongText({ pattern, longest, newIn }: TextField, text: string, sources: Sources): Found | undefined {
  if (longest !== undefined && text.length > longest) return { message: 'problem.longest', values: { longest } };
  if (pattern && !pattern.test(text)) return { message: 'problem.pattern' };
  if (newIn && sources[newIn]?.includes(text)) return { message: 'problem.taken' };
  return undefined;
}

function wrongNumber(
  { min, max, whole = true, text = false }: Extract<Field, { kind: 'number' }>,
  value: unknown,
): Found | undefined {
  const number = text ? numberOf(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return { message: 'problem.number' };
  if (whole && !Number.isSafeInteger(number)) return { message: 'problem.whole' };
  if (min !== undefined && number < min) return { message: 'problem.min', values: { min } };
  if (max !== undefined && number > max) return { message: 'problem.max', values: { max } };
  return undefined;
}

/** Of a number that the API wants as text. */
function numberOf(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

function tooMany(most: number | undefined, list: unknown): Found | undefined {
  if (!Array.isArray(list)) return { message: 'problem.rows' };
  return most !== undefined && list.length > most ? { message: 'problem.most', values: { most } } : undefined;
}

function rowsProblems(field: RowsField, rows: readonly unknown[], path: string, sources: Sources): readonly Problem[] {
  const many = tooMany(field.most, rows);
  const inside = rows.flatMap((row, index) => {
    const scope = (row ?? {}) as Input;
    const place = `${path}[${index}]`;
    const own = field.fields.flatMap((each) => fieldProblems(each, scope, `${place}.`, sources));
    const lacks = field.oneOf && !field.oneOf.some((member) => !isEmpty(valueAt(scope, member)));
    return lacks ? [...own, { path: place, message: 'problem.one-of', missing: true }] : own;
  });
  return many ? [{ ...many, path }, ...inside] : inside;
}
