import type { Input } from './path.ts';

/** What there is already, of which a field offers names. */
export type Source =
  | 'queues'
  | 'environments'
  | 'definitions'
  | 'policies'
  | 'policyNames'
  | 'consumables'
  | 'instanceTypes';

/** A value that a form asks for. Texts are keys of messages. */
interface Common {
  /** Where it stands in the operation's input, or in its row: see `path.ts`. */
  readonly path: string;
  readonly label: string;
  readonly help?: string;
  /** @default false */
  readonly required?: boolean | ((input: Input) => boolean);
  /** Whether it is asked for at all. @default it is */
  readonly when?: (input: Input) => boolean;
  /** What the server calls it where it refuses it. @default the last member of `path` */
  readonly named?: RegExp;
}

export interface TextField extends Common {
  readonly kind: 'text';
  readonly pattern?: RegExp;
  readonly longest?: number;
  /** Offers these, and takes others. */
  readonly suggest?: Source;
  /** Refuses what is called so already. */
  readonly newIn?: Source;
}

/** A number. With `text` the API wants it as one: `"2"`. */
export interface NumberField extends Common {
  readonly kind: 'number';
  readonly min?: number;
  readonly max?: number;
  /** @default true */
  readonly whole?: boolean;
  /** @default false */
  readonly text?: boolean;
}

/** One of a few words of the API, shown as they are. */
export interface ChoiceField extends Common {
  readonly kind: 'choice';
  readonly options: readonly string[];
}

export interface ToggleField extends Common {
  readonly kind: 'toggle';
}

/** A command: words, typed as at a prompt or as JSON. */
export interface WordsField extends Common {
  readonly kind: 'words';
}

/** Names, one after the other. */
export interface ListField extends Common {
  readonly kind: 'list';
  readonly suggest?: Source;
  readonly options?: readonly string[];
  readonly most?: number;
}

/** Keys with values. */
export interface MapField extends Common {
  readonly kind: 'map';
  readonly keyLabel?: string;
}

/** Objects, each with fields of its own. */
export interface RowsField extends Common {
  readonly kind: 'rows';
  readonly fields: readonly Field[];
  readonly add: string;
  readonly most?: number;
  /** The member that counts them: they have an order. */
  readonly order?: string;
  /** What a new one is. @default empty */
  readonly start?: Input;
  /** Of these members at least one is needed. */
  readonly oneOf?: readonly string[];
}

export type Field = TextField | NumberField | ChoiceField | ToggleField | WordsField | ListField | MapField | RowsField;

/** A part of a form: a page of a wizard. */
export interface Step {
  readonly title: string;
  readonly fields: readonly Field[];
  /** What most leave as it is: shown on demand. */
  readonly more?: readonly Field[];
}

/** What an operation is asked by a form. */
export interface FormPlan {
  readonly service: 'batch';
  readonly operation: string;
  readonly steps: readonly Step[];
}

/** All that a step asks for. */
export function fieldsOf({ fields, more = [] }: Step): readonly Field[] {
  return [...fields, ...more];
}

/** Names of resources (spec 01 §4). */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
