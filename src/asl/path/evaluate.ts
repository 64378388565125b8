import type { Meter } from '../evaluate/meter.ts';
import { isArray, isObject, type Json, member, sameJson } from '../json/json.ts';
import type { Comparison, FilterOperand, FilterTest, PathFunction, Selector } from './path.ts';

/** Nodes that one path may visit: far above any honest path over 256 KiB. */
const visitLimit = 500_000;

/** A path did more work than it may. */
export class PathTooCostly extends Error {
  override readonly name = 'PathTooCostly';
}

interface Walk {
  readonly root: Json;
  readonly meter: Meter;
  visits: number;
}

/**
 * The value that `selectors` lead to from `root`. A definite path answers its node, or undefined when there is none;
 * any other path answers the array of all nodes found, which may be empty.
 */
export function evaluateSelectors(
  root: Json,
  selectors: readonly Selector[],
  definite: boolean,
  meter: Meter,
): Json | undefined {
  return definite ? evaluateDefinite(root, selectors, meter) : evaluateAny(root, selectors, { root, meter, visits: 0 });
}

function evaluateDefinite(root: Json, selectors: readonly Selector[], meter: Meter): Json | undefined {
  let node: Json | undefined = root;
  for (const selector of selectors) {
    if (node === undefined) return undefined;
    meter.spend(1);
    if (selector.kind === 'name') node = isObject(node) ? member(node, selector.name) : undefined;
    else if (selector.kind === 'index') node = isArray(node) ? node.at(selector.index) : undefined;
    else if (selector.kind === 'function') node = applyFunction(selector.name, node, meter);
  }
  return node;
}

function evaluateAny(root: Json, selectors: readonly Selector[], walk: Walk): Json | undefined {
  let nodes: Json[] = [root];
  for (const [i, selector] of selectors.entries()) {
    if (selector.kind === 'function') {
      return evaluateDefinite(nodes, selectors.slice(i), walk.meter);
    }
    const next: Json[] = [];
    for (const node of nodes) select(node, selector, walk, next);
    nodes = next;
  }
  return nodes;
}

function visit(walk: Walk, count = 1): void {
  walk.meter.spend(count);
  walk.visits += count;
  if (walk.visits > visitLimit) throw new PathTooCostly(`the path visits more than ${visitLimit} nodes`);
}

function select(node: Json, selector: Selector, walk: Walk, into: Json[]): void {
  visit(walk);
  switch (selector.kind) {
    case 'name':
      add(isObject(node) ? member(node, selector.name) : undefined, into);
      return;
    case 'index':
      add(isArray(node) ? node.at(selector.index) : undefined, into);
      return;
    case 'names':
      visit(walk, selector.names.length);
      for (const name of selector.names) add(isObject(node) ? member(node, name) : undefined, into);
      return;
    case 'indexes':
      visit(walk, selector.indexes.length);
      for (const index of selector.indexes) add(isArray(node) ? node.at(index) : undefined, into);
      return;
    case 'slice':
      if (!isArray(node)) return;
      addAll(node.slice(selector.from ?? 0, selector.to ?? node.length), walk, into);
      return;
    case 'wildcard':
      addAll(children(node), walk, into);
      return;
    case 'descend':
      descend(node, walk, into);
      return;
    case 'filter':
      for (const child of isArray(node) ? node : [node]) {
        visit(walk);
        if (passes(selector.test, child, walk)) into.push(child);
      }
      return;
    case 'function':
      return;
  }
}

function add(value: Json | undefined, into: Json[]): void {
  if (value !== undefined) into.push(value);
}

function addAll(values: readonly Json[], walk: Walk, into: Json[]): void {
  visit(walk, values.length);
  for (const value of values) into.push(value);
}

function children(node: Json): readonly Json[] {
  if (isArray(node)) return node;
  return isObject(node) ? Object.values(node) : [];
}

/** The node and everything below it, in document order. */
function descend(node: Json, walk: Walk, into: Json[]): void {
  visit(walk);
  into.push(node);
  for (const child of children(node)) descend(child, walk, into);
}

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
  if (operand.kind === 'literal' || operand.selectors.every(({ kind }) => kind === 'name' || kind === 'index')) {
    return value !== undefined;
  }
  return isArray(value) ? value.length > 0 : value !== undefined;
}

function operandValue(operand: FilterOperand, current: Json, walk: Walk): Json | undefined {
  if (operand.kind === 'literal') return operand.value;
  const from = operand.kind === 'current' ? current : walk.root;
  const definite = operand.selectors.every(({ kind }) => kind === 'name' || kind === 'index' || kind === 'function');
  return definite ? evaluateDefinite(from, operand.selectors, walk.meter) : evaluateAny(from, operand.selectors, walk);
}

/** A comparison looks at no more of either side than the other has, or at each item of a list. */
function payForComparing(left: Json | undefined, right: Json | undefined, walk: Walk): void {
  if (typeof left === 'string' && typeof right === 'string') visit(walk, Math.min(left.length, right.length) >> 3);
  if (typeof left === 'object' && left !== null && right !== undefined) walk.meter.spendOn(left);
  if (typeof right === 'object' && right !== null && left !== undefined) walk.meter.spendOn(right);
}

function compare(left: Json | undefined, operator: Comparison, right: Json | undefined): boolean {
  if (operator === 'in' || operator === 'nin') {
    const found = left !== undefined && isArray(right) && right.some((item) => sameJson(item, left));
    return operator === 'in' ? found : !found;
  }
  if (left === undefined || right === undefined) return operator === '!=' && left !== right;
  if (operator === '==') return sameJson(left, right);
  if (operator === '!=') return !sameJson(left, right);
  const comparable =
    (typeof left === 'number' && typeof right === 'number') || (typeof left === 'string' && typeof right === 'string');
  if (!comparable) return false;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

function applyFunction(name: PathFunction, node: Json, meter: Meter): Json | undefined {
  if (isArray(node)) meter.spend(node.length);
  else if (isObject(node)) meter.spend(Object.keys(node).length);
  if (name === 'keys') return isObject(node) ? Object.keys(node) : undefined;
  if (name === 'length') {
    if (isArray(node) || typeof node === 'string') return node.length;
    return isObject(node) ? Object.keys(node).length : undefined;
  }
  const numbers = isArray(node) ? node.filter((item) => typeof item === 'number') : [];
  if (numbers.length === 0) return undefined;
  const sum = numbers.reduce((total, item) => total + item, 0);
  if (name === 'sum') return sum;
  if (name === 'avg') return sum / numbers.length;
  return numbers.reduce((a, b) => (name === 'min' ? Math.min(a, b) : Math.max(a, b)));
}
