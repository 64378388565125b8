import type { Call } from '../../api/protocol.ts';

/** What a form asks for. Labels and helps are keys of messages. */
export interface ActField {
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  /** @default text */
  readonly kind?: 'text' | 'long' | 'json' | 'secret' | 'choice';
  readonly choices?: readonly string[];
  readonly initial?: string;
  /** @default it must be filled */
  readonly optional?: boolean;
}

export type Values = Readonly<Record<string, string>>;

/** Something that a page can do: asked for in a dialog, which shows the line of the `aws` CLI that does the same. */
export interface Act {
  /** Key of the words on its button. */
  readonly title: string;
  /** Key of what is to be known before. */
  readonly warning?: string;
  readonly fields?: readonly ActField[];
  readonly call: (values: Values) => Call;
  readonly done?: (answer: unknown, values: Values) => void;
}

/** What the fields hold before somebody has typed. */
export function initialValues(fields: readonly ActField[]): Values {
  return Object.fromEntries(fields.map(({ name, initial = '' }) => [name, initial]));
}

/** Key of what is wrong with a value; undefined where nothing is. */
export function wrongWith({ kind, optional = false }: ActField, value: string): string | undefined {
  if (value.trim() === '') return optional ? undefined : 'act.required';
  return kind === 'json' && !isJson(value) ? 'act.not-json' : undefined;
}

/** The values with those hidden that nobody is to read over a shoulder. */
export function withoutSecrets(fields: readonly ActField[], values: Values): Values {
  const secret = fields.filter(({ kind }) => kind === 'secret').map(({ name }) => name);
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, secret.includes(name) && value !== '' ? '****' : value]),
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Its place in the form says so.
    return false;
  }
}
