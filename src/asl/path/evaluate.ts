import type { Meter } from '../evaluate/meter.ts';
import { isArray, isObject, type Json, type JsonObject, member, setMember } from '../json/json.ts';
import { compare } from './compare.ts';
import { areDefinite, type FilterOperand, type FilterTest, isDefiniteStep, type Selector } from './path.ts';

/** Nodes that one path may visit: far above any honest path over 256 KiB. */
const visitLimit = 500_000;

/** A path did more work than it may. */
export class PathTooCostly extends Error {
  override readonly name = 'PathTooCostly';
}

/** One evaluation of a path, with what it may still visit. */
interface Walk {
  readonly root: Json;
  readonly meter: Meter;
  visits: number;
}

/**
 * The value that `selectors` lead to from `root`. A definite path answers its node, or undefined when there is none; any
 * other path answers the array of all nodes found, which may be empty, or undefined when what comes before its first
 * choice leads nowhere. `whyNothing` says why there is none.
 */
export function evaluateSelectors(root: Json, selectors: readonly Selector[], meter: Meter): Json | undefined {
  return evaluateIn(root, selectors, { root, meter, visits: 0 });
}

/** The same as a part of another walk: for the paths in filters. */
function evaluateIn(from: Json, selectors: readonly Selector[], walk: Walk): Json | undefined {
  if (areDefinite(selectors)) return followDefinite(from, selectors, walk.meter);
  const prefix = selectors.findIndex((selector) => !isDefiniteStep(selector));
  const node = followDefinite(from, selectors.slice(0, prefix), walk.meter);
  const first = selectors[prefix];
  if (node === undefined || first === undefined || !canBeApplied(first, node)) return undefined;
  const found: Json[] = [];
  goOn(node, selectors, prefix, walk, found);
  return found;
}

function followDefinite(from: Json, selectors: readonly Selector[], meter: Meter): Json | undefined {
  let node: Json | undefined = from;
  for (const selector of selectors) {
    if (node === undefined) return undefined;
    meter.spend(1);
    node = definiteStep(selector, node, meter);
  }
  return node;
}

/** One step that leads to one node at most. */
export function definiteStep(selector: Selector, node: Json, meter: Meter): Json | undefined {
  if (selector.kind === 'name') return isObject(node) ? member(node, selector.name) : undefined;
  if (selector.kind === 'index') return isArray(node) ? node[selector.index] : undefined;
  if (selector.kind === 'fromEnd') return isArray(node) ? node[node.length - selector.distance] : undefined;
  if (selector.kind !== 'names' || !isObject(node)) return undefined;
  meter.spend(selector.names.length);
  return selected(node, selector.names);
}

function selected(node: JsonObject, names: readonly string[]): Json {
  const object: Record<string, Json> = {};
  for (const name of names) {
    const value = member(node, name);
    if (value !== undefined) setMember(object, name, value);
  }
  return object;
}

/** Whether a selector that may lead to many nodes can be asked of this one at all; a wildcard and a search always can. */
export function canBeApplied(selector: Selector, node: Json): boolean {
  switch (selector.kind) {
    case 'indexes':
    case 'slice':
      return isArray(node);
    case 'names':
      return isObject(node);
    case 'filter':
      return isArray(node) || isObject(node);
    default:
      return true;
  }
}

function visit(walk: Walk, count = 1): void {
  walk.meter.spend(count);
  walk.visits += count;
  if (walk.visits > visitLimit) throw new PathTooCostly(`the path visits more than ${visitLimit} nodes`);
}

/** Collects what the selectors from `at` on lead to. What does not fit a node is skipped: others may. */
function goOn(node: Json, selectors: readonly Selector[], at: number, walk: Walk, found: Json[]): void {
  visit(walk);
  const selector = selectors[at];
  if (selector === undefined) {
    found.push(node);
    return;
  }
  if (selector.kind === 'descend') {
    search(node, selectors, at + 1, walk, found);
    return;
  }
  for (const next of candidates(selector, node, at === selectors.length - 1, walk)) {
    goOn(next, selectors, at + 1, walk, found);
  }
}

function candidates(selector: Selector, node: Json, last: boolean, walk: Walk): readonly Json[] {
  switch (selector.kind) {
    case 'name':
    case 'index':
    case 'fromEnd':
      return present(definiteStep(selector, node, walk.meter));
    case 'names':
      return isObject(node) ? someMembers(node, selector.names, last, walk) : [];
    case 'indexes':
      visit(walk, selector.indexes.length);
      return isArray(node) ? selector.indexes.flatMap((index) => present(node[index])) : [];
    case 'slice':
      return isArray(node) ? slice(node, selector.from, selector.to) : [];
    case 'wildcard':
      return children(node);
    case 'filter':
      return filtered(node, selector, walk);
    case 'descend':
      return [];
  }
}

function present(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : [value];
}

function someMembers(node: JsonObject, names: readonly string[], last: boolean, walk: Walk): readonly Json[] {
  visit(walk, names.length);
  return last ? [selected(node, names)] : names.flatMap((name) => present(member(node, name)));
}

/** `[from:]` and `[:to]` count from the end when negative; between two numbers negative places lead nowhere. */
function slice(node: readonly Json[], from: number | undefined, to: number | undefined): readonly Json[] {
  if (from === undefined) return node.slice(0, to);
  return to === undefined ? node.slice(from) : node.slice(Math.max(0, from), Math.max(0, to));
}

function filtered(node: Json, { test }: Selector & { kind: 'filter' }, walk: Walk): readonly Json[] {
  if (isArray(node)) return node.filter((item) => passes(test, item, walk));
  return isObject(node) && passes(test, node, walk) ? [node] : [];
}

function children(node: Json): readonly Json[] {
  if (isArray(node)) return node;
  return isObject(node) ? Object.values(node) : [];
}

/** `..`: asks the next selector of the node and of everything below it that it fits, in document order. */
function search(node: Json, selectors: readonly Selector[], at: number, walk: Walk, found: Json[]): void {
  visit(walk);
  const target = selectors[at];
  if (target !== undefined && fits(target, node, at === selectors.length - 1, walk)) {
    goOn(node, selectors, at, walk, found);
  }
  for (const child of children(node)) search(child, selectors, at, walk, found);
}

function fits(target: Selector, node: Json, last: boolean, walk: Walk): boolean {
  switch (target.kind) {
    case 'names':
      return isObject(node) && (!last || target.names.every((name) => Object.hasOwn(node, name)));
    case 'filter':
      // An array's elements are met one by one, as nodes of their own.
      return isObject(node) && passes(target.test, node, walk);
    default:
      return true;
  }
}

/** Whether a node passes a filter. */
function passes(test: FilterTest, current: Json, walk: Walk): boolean {
  visit(walk);
  switch (test.kind) {
    case 'or':
      return test.tests.some((each) => passes(each, current, walk));
    case 'and':
      return test.tests.every((each) => passes(each, current, walk));
    case 'not':
      return !passes(test.test, current, walk);
    case 'exists':
      return exists(test.operand, current, walk);
    case 'compare': {
      const left = operandValue(test.left, current, walk);
      const right = operandValue(test.right, current, walk);
      payForComparing(left, right, walk);
      return compare(left, test.operator, right);
    }
  }
}

function exists(operand: FilterOperand, current: Json, walk: Walk): boolean {
  const value = operandValue(operand, current, walk);
  if (operand.kind === 'literal' || areDefinite(operand.selectors)) return value !== undefined;
  return isArray(value) && value.length > 0;
}

function operandValue(operand: FilterOperand, current: Json, walk: Walk): Json | undefined {
  if (operand.kind === 'literal') return operand.value;
  if (operand.kind === 'root') return evaluateIn(walk.root, operand.selectors, walk);
  // "The @ operator does not match scalar values. It only matches objects" (developer guide, "Reference Paths").
  if (operand.selectors.length === 0 && !isObject(current)) return undefined;
  return evaluateIn(current, operand.selectors, walk);
}

/** A comparison looks at no more of either side than the other has, or at each item of a list. */
function payForComparing(left: Json | undefined, right: Json | undefined, walk: Walk): void {
  if (typeof left === 'string' && typeof right === 'string') visit(walk, Math.min(left.length, right.length) >> 3);
  if (typeof left === 'object' && left !== null && right !== undefined) walk.meter.spendOn(left);
  if (typeof right === 'object' && right !== null && left !== undefined) walk.meter.spendOn(right);
}
