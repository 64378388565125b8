import type { Json } from '../json/json.ts';

/** Where a path begins: the state's data (`$`), the context object (`$$`), or a workflow variable (`$name`). */
export type PathRoot =
  | { readonly kind: 'data' }
  | { readonly kind: 'context' }
  | { readonly kind: 'variable'; readonly name: string };

/** One step of a path. */
export type Selector =
  | { readonly kind: 'name'; readonly name: string }
  /** Counted from 0. A negative index is taken, and leads nowhere. */
  | { readonly kind: 'index'; readonly index: number }
  /** `[(@.length-n)]`: so many elements before the end. */
  | { readonly kind: 'fromEnd'; readonly distance: number }
  /** `['a','b']`: an object of these members, at the end of a path. */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descend' }
  | { readonly kind: 'filter'; readonly test: FilterTest };

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

/** The selector that leads to one node at most. */
export function isDefiniteStep(selector: Selector): boolean {
  return selector.kind === 'name' || selector.kind === 'index' || selector.kind === 'fromEnd';
}

/** Whether selectors lead to one node at most, the object that several names at their end make included. */
export function areDefinite(selectors: readonly Selector[]): boolean {
  const before = selectors.at(-1)?.kind === 'names' ? selectors.slice(0, -1) : selectors;
  return before.every(isDefiniteStep);
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

/** How Jayway writes selectors in its messages: in brackets, filters as `[?]`. */
export function writtenSelectors(selectors: readonly Selector[]): string {
  return selectors.map(writtenSelector).join('');
}

export function writtenSelector(selector: Selector): string {
  switch (selector.kind) {
    case 'name':
      return `['${selector.name}']`;
    case 'names':
      return `[${selector.names.map((name) => `'${name}'`).join(', ')}]`;
    case 'index':
      return `[${selector.index}]`;
    case 'indexes':
      return `[${selector.indexes.join(',')}]`;
    case 'fromEnd':
      return `[@.size()-${selector.distance}]`;
    case 'slice':
      return `[${selector.from ?? ''}:${selector.to ?? ''}]`;
    case 'wildcard':
      return '[*]';
    case 'descend':
      return '..';
    case 'filter':
      return '[?]';
  }
}
