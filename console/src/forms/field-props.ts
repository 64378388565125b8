import type { Problem, Sources } from '../fields/check.ts';
import type { Field } from '../fields/field.ts';
import type { Input } from '../fields/path.ts';

/** What all fields of a form share. */
export interface FormFacts {
  readonly sources: Sources;
  /** What is to be said at a field. */
  readonly problemAt: (path: string) => Problem | undefined;
  /** What the server said of a field. */
  readonly refusalAt: (path: string) => string | undefined;
}

/** A field in the object that it belongs to: the input, or a row. */
export interface FieldProps<Kind extends Field = Field> {
  readonly field: Kind;
  readonly scope: Input;
  /** From the input's root to `scope`: empty, or `dependsOn[0].` */
  readonly prefix: string;
  readonly onScope: (scope: Input) => void;
  readonly facts: FormFacts;
}

/** What shows a value and takes another. */
export interface ValueProps<Kind extends Field = Field> {
  readonly field: Kind;
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
  readonly facts: FormFacts;
  /** From the input's root. */
  readonly path: string;
}
