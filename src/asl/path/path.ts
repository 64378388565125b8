import type { Json } from '../json/json.ts';

/** Where a path begins: the state's data (`$`), the context object (`$$`), or a workflow variable (`$name`). */
export type PathRoot =
  | { readonly kind: 'data' }
  | { readonly kind: 'context' }
  | { readonly kind: 'variable'; readonly name: string };

/** One step of a path. Only `name` and `index` (and functions of a definite path) lead to exactly one node. */
export type Selector =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descend' }
  | { readonly kind: 'filter'; readonly test: FilterTest }
  | { readonly kind: 'function'; readonly name: PathFunction };

export const pathFunctions = ['length', 'min', 'max', 'avg', 'sum', 'keys'] as const;
export type PathFunction = (typeof pathFunctions)[number];

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'nin';

/** The condition of a filter `[?(...)]`. */
export type FilterTest =
  | { readonly kind: 'or' | 'and'; readonly tests: readonly FilterTest[] }
  | { readonly kind: 'not'; readonly test: FilterTest }
  | { readonly kind: 'exists'; readonly operand: FilterOperand }
  | {
      readonly kind: 'compare';
      readonly left: FilterOperand;
      readonly operator: Comparison;
      readonly right: FilterOperand;
    };

export type FilterOperand =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'current' | 'root'; readonly selectors: readonly Selector[] };

/** A parsed path. `definite` means that it leads to one node at most. */
export interface Path {
  readonly text: string;
  readonly root: PathRoot;
  readonly selectors: readonly Selector[];
  readonly definite: boolean;
}

/** A step of a reference path. */
export type ReferenceStep = string | number;

/**
 * The steps of a reference path, or undefined when `path` is none: a reference path names a single node with plain
 * names and indexes (Amazon States Language, "Reference Paths").
 */
export function referenceSteps(path: Path): readonly ReferenceStep[] | undefined {
  const steps: ReferenceStep[] = [];
  for (const selector of path.selectors) {
    if (selector.kind === 'name') steps.push(selector.name);
    else if (selector.kind === 'index' && selector.index >= 0) steps.push(selector.index);
    else return undefined;
  }
  return steps;
}
