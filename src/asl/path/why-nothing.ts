import type { Meter } from '../evaluate/meter.ts';
import { javaTextStart } from '../json/java-text.ts';
import { isArray, isObject, type Json } from '../json/json.ts';
import { canBeApplied, definiteStep } from './evaluate.ts';
import { isDefiniteStep, type Selector, writtenSelectors } from './path.ts';

/** Characters of a value that stand in a message. */
const shownCharacters = 1_000;

/** Why a path that leads to nothing does so, in the words of Jayway's JSONPath, which AWS passes on. */
export function whyNothing(root: Json, selectors: readonly Selector[], meter: Meter): string {
  let node = root;
  for (const [at, selector] of selectors.entries()) {
    if (!fitsType(selector, node)) return misfit(node, selectors, at);
    if (!isDefiniteStep(selector)) break;
    const next = definiteStep(selector, node, meter);
    if (next === undefined) {
      const missing = selector.kind === 'name' && at < selectors.length - 1;
      if (missing) return `Missing property in path $${writtenSelectors(selectors.slice(0, at + 1))}`;
      break;
    }
    node = next;
  }
  return `No results for path: $${writtenSelectors(selectors)}`;
}

function fitsType(selector: Selector, node: Json): boolean {
  if (selector.kind === 'name') return isObject(node);
  if (selector.kind === 'index' || selector.kind === 'fromEnd') return isArray(node);
  return canBeApplied(selector, node);
}

function misfit(node: Json, selectors: readonly Selector[], at: number): string {
  const selector = selectors[at];
  const before = `$${writtenSelectors(selectors.slice(0, at))}`;
  const here = writtenSelectors(selectors.slice(at));
  if (selector?.kind === 'name' || selector?.kind === 'names') {
    return `Property ${writtenSelectors([selector])} not found in path ${before}`;
  }
  if (selector?.kind === 'filter') {
    return `Filter: ${here} can not be applied to primitives. Current context is: ${shown(node)}`;
  }
  if (node === null) return `The path ${before} is null`;
  return `Filter: ${here} can only be applied to arrays. Current context is: ${shown(node)}`;
}

function shown(node: Json): string {
  return javaTextStart(node, shownCharacters);
}
