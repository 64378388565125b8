import type { Span } from './malformed-query.ts';

export const comparisons = ['=', '!=', '<=', '>=', '<', '>'] as const;
export type Comparison = (typeof comparisons)[number];
export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^';

/** Units of periods: milliseconds, or whole months of the calendar. */
export type Period = { readonly milliseconds: number } | { readonly months: number };

export interface FieldName {
  readonly kind: 'field';
  /** As it is written, without backticks. */
  readonly name: string;
  /** The way into JSON. */
  readonly path: readonly string[];
  readonly span: Span;
}

export interface RegexSource {
  readonly kind: 'regex';
  readonly source: string;
  readonly span: Span;
}

export interface TextSource {
  readonly kind: 'text';
  readonly text: string;
}

export interface Call {
  readonly kind: 'call';
  /** In lower case. */
  readonly name: string;
  readonly args: readonly Expression[];
  readonly period?: Period;
  readonly span: Span;
}

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | FieldName
  | Call
  | { readonly kind: 'negate' | 'not'; readonly of: Expression }
  | {
      readonly kind: 'arithmetic';
      readonly operator: Arithmetic;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'and' | 'or'; readonly all: readonly Expression[] }
  | { readonly kind: 'in'; readonly of: Expression; readonly list: readonly Expression[] }
  | { readonly kind: 'like'; readonly of: Expression; readonly pattern: RegexSource | TextSource };

/** An expression and what its value is called. */
export interface Column {
  readonly expression: Expression;
  readonly name: string;
  /** It is a field itself, and not something made. */
  readonly isField: boolean;
  readonly span: Span;
}

export interface SortKey {
  readonly expression: Expression;
  readonly descending: boolean;
}

export type Command =
  | { readonly kind: 'fields' | 'display'; readonly columns: readonly Column[] }
  | { readonly kind: 'filter'; readonly condition: Expression }
  | { readonly kind: 'stats'; readonly values: readonly Column[]; readonly by: readonly Column[] }
  | { readonly kind: 'sort'; readonly keys: readonly SortKey[] }
  | { readonly kind: 'limit'; readonly count: number }
  | { readonly kind: 'dedup'; readonly fields: readonly FieldName[] }
  | {
      readonly kind: 'parse';
      readonly from: FieldName;
      readonly pattern: RegexSource | TextSource;
      readonly names: readonly string[];
      readonly span: Span;
    };
