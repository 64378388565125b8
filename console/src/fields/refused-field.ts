import { type Field, type FormPlan, fieldsOf } from './field.ts';
import { type Input, valueAt } from './path.ts';

/** Which field a refusal speaks of. */
export interface RefusedField {
  readonly step: number;
  readonly path: string;
}

/** The field that a refusal names: the one of whose words most stand in it. Undefined if it names none. */
export function refusedField({ steps }: FormPlan, input: Input, message: string): RefusedField | undefined {
  const found = steps.flatMap((step, index) =>
    fieldsOf(step).flatMap((field) => namings(field, input, '').map((naming) => ({ ...naming, step: index }))),
  );
  const said = found
    .map(({ words, ...rest }) => ({ ...rest, length: words.exec(message)?.[0].length ?? 0 }))
    .filter(({ length }) => length > 0)
    .sort((left, right) => right.length - left.length);
  const [first] = said;
  return first && { step: first.step, path: first.path };
}

interface Naming {
  readonly path: string;
  readonly words: RegExp;
}

/** A field and, of rows, those of the first row that has each. */
function namings(field: Field, scope: Input, prefix: string): readonly Naming[] {
  if (field.when && !field.when(scope)) return [];
  const path = prefix + field.path;
  const own = { path, words: field.named ?? memberWords(field.path) };
  if (field.kind !== 'rows') return [own];
  const rows = valueAt(scope, field.path);
  const inside = (Array.isArray(rows) ? rows : []).flatMap((row: Input, index) =>
    field.fields.flatMap((each) => namings(each, row, `${path}[${index}].`)),
  );
  return [own, ...inside];
}

/** The last member by its name, as a word: `maxvCpus`. */
function memberWords(path: string): RegExp {
  const member =
    path
      .replace(/\[[^\]]*\]/g, '')
      .split('.')
      .at(-1) ?? path;
  return new RegExp(`\\b${member}\\b`, 'i');
}
