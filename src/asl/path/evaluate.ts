import type { Meter } from '../evaluate/meter.ts';
import { javaTextStart } from '../json/java-text.ts';
import { isArray, isObject, type Json, type JsonObject, member, setMember } from '../json/json.ts';
import { compare } from './compare.ts';
import {
  areDefinite,
  type FilterOperand,
  type FilterTest,
  isDefiniteStep,
  type Selector,
  writtenSelector,
  writtenSelectors,
} from './path.ts';

/** Nodes that one path may visit: far above any honest path over 256 KiB. */
const visitLimit = 500_000;

/** Characters of a value that stand in a message. */
const shownCharacters = 1_000;

/** A path did more work than it may. */
export class PathTooCostly extends Error {
  override readonly name = 'PathTooCostly';
}

/** A path leads nowhere. `why` says it in the words of Jayway's JSONPath 2.0.0, which AWS passes on. */
export class Nowhere {
  readonly #words: () => string;
  /** The path cannot be asked of such data at all: this is not passed over, as what is merely missing may be. */
  readonly unfit: boolean;

  constructor(words: () => string, unfit = false) {
    this.#words = words;
    this.unfit = unfit;
  }

  get why(): string {
    return this.#words();
  }
}

/** The value that `selectors` lead to from `root`: of a definite path its node, of any other the array of all it finds. */
export function evaluateSelectors(root: Json, selectors: readonly Selector[], meter: Meter): Json | Nowhere {
  return evaluateFrom(root, selectors, { root, meter, visits: 0 });
}

/** What the paths of one evaluation share, those in filters among them. */
interface Walk {
  readonly root: Json;
  readonly meter: Meter;
  visits: number;
}

function evaluateFrom(from: Json, selectors: readonly Selector[], walk: Walk): Json | Nowhere {
  const definite = areDefinite(selectors);
  const node = definite ? follow(from, selectors, walk.meter) : undefined;
  if (node !== undefined) return node;
  const path = new PathWalk(selectors, walk);
  return path.step(from, 0, undefined) ?? (definite ? (path.found[0] ?? null) : path.found);
}

/** The short way of a definite path that leads somewhere. */
function follow(from: Json, selectors: readonly Selector[], meter: Meter): Json | undefined {
  let node: Json | undefined = from;
  for (const selector of selectors) {
    meter.spend(1);
    if (selector.kind === 'name') node = isObject(node) ? member(node, selector.name) : undefined;
    else if (selector.kind === 'index') node = isArray(node) ? node[selector.index] : undefined;
    else return undefined;
    if (node === undefined) return undefined;
  }
  return node;
}

/** Where a walk is, from its end to the root. */
interface Place {
  readonly before: Place | undefined;
  readonly step: Selector;
}

/** One path on its way. Each step answers undefined, or why the path ends there. */
class PathWalk {
  readonly found: Json[] = [];
  readonly #selectors: readonly Selector[];
  readonly #walk: Walk;
  /** From which selector on all lead to one node. */
  readonly #definiteFrom: number;

  constructor(selectors: readonly Selector[], walk: Walk) {
    this.#selectors = selectors;
    this.#walk = walk;
    this.#definiteFrom =
      selectors.findLastIndex((selector) => !isDefiniteStep(selector) && selector.kind !== 'names') + 1;
  }

  step(node: Json, at: number, place: Place | undefined): Nowhere | undefined {
    visit(this.#walk);
    const selector = this.#selectors[at];
    if (selector === undefined) {
      this.found.push(node);
      return undefined;
    }
    switch (selector.kind) {
      case 'name':
        return this.#name(node, selector, at, place);
      case 'names':
        return this.#names(node, selector, at, place);
      case 'wildcard':
        return this.#all(node, at, place);
      case 'descend':
        return this.#search(node, at + 1, place);
      case 'filter':
        return this.#filter(node, selector, at, place);
      default:
        return this.#elements(node, selector, at, place);
    }
  }

  #name(node: Json, selector: Selector & { kind: 'name' }, at: number, place: Place | undefined) {
    if (!isObject(node)) return noObject(selector, place);
    const value = member(node, selector.name);
    const here = { before: place, step: selector };
    if (value !== undefined) return this.step(value, at + 1, here);
    if (at === this.#selectors.length - 1) return new Nowhere(() => `No results for path: ${written(here)}`);
    // Whether others could be meant Jayway sees by one step back and all to the end.
    const isMissed = this.#definiteFrom <= Math.max(0, at - 1);
    return isMissed ? new Nowhere(() => `Missing property in path ${written(here)}`) : undefined;
  }

  #names(node: Json, selector: Selector & { kind: 'names' }, at: number, place: Place | undefined) {
    if (!isObject(node)) return noObject(selector, place);
    if (at < this.#selectors.length - 1) {
      const here = { before: place, step: selector };
      return new Nowhere(() => `Multi properties can only be used as path leafs: ${written(here)}`, true);
    }
    visit(this.#walk, selector.names.length);
    this.found.push(selected(node, selector.names));
    return undefined;
  }

  /** What is missing below an element of an array is passed over, below a member of an object it is not. */
  #all(node: Json, at: number, place: Place | undefined): Nowhere | undefined {
    if (isArray(node)) {
      for (const [index, item] of node.entries()) {
        const nowhere = this.step(item, at + 1, { before: place, step: { kind: 'index', index } });
        if (nowhere?.unfit) return nowhere;
      }
    } else if (isObject(node)) {
      for (const [name, value] of Object.entries(node)) {
        const nowhere = this.step(value, at + 1, { before: place, step: { kind: 'name', name } });
        if (nowhere) return nowhere;
      }
    }
    return undefined;
  }

  #elements(node: Json, selector: ElementSelector, at: number, place: Place | undefined): Nowhere | undefined {
    if (node === null) return new Nowhere(() => `The path ${written(place)} is null`);
    if (!isArray(node)) return this.#unfit('can only be applied to arrays', node, at);
    for (const index of indexesOf(selector, node.length)) {
      const nowhere = this.#element(node, index, at, place);
      if (nowhere) return nowhere;
    }
    return undefined;
  }

  #element(node: readonly Json[], index: number, at: number, place: Place | undefined): Nowhere | undefined {
    const here: Place = { before: place, step: { kind: 'index', index } };
    const item = node[index];
    if (item === undefined) return new Nowhere(() => `Index out of bounds when evaluating path ${written(here)}`);
    return this.step(item, at + 1, here);
  }

  #filter(
    node: Json,
    { test }: Selector & { kind: 'filter' },
    at: number,
    place: Place | undefined,
  ): Nowhere | undefined {
    if (isObject(node)) return passes(test, node, this.#walk) ? this.step(node, at + 1, place) : undefined;
    if (!isArray(node)) return this.#unfit('can not be applied to primitives', node, at);
    for (const [index, item] of node.entries()) {
      const nowhere = passes(test, item, this.#walk) ? this.#element(node, index, at, place) : undefined;
      if (nowhere) return nowhere;
    }
    return undefined;
  }

  #unfit(reason: string, node: Json, at: number): Nowhere {
    const here = writtenSelectors(this.#selectors.slice(at));
    const words = () => `Filter: ${here} ${reason}. Current context is: ${javaTextStart(node, shownCharacters)}`;
    return new Nowhere(words, true);
  }

  /** `..`: asks the selector at `at` of the node and of everything below it that it fits, in document order. */
  #search(node: Json, at: number, place: Place | undefined): Nowhere | undefined {
    visit(this.#walk);
    const target = this.#selectors[at];
    if (target !== undefined && this.#fits(target, node)) {
      const nowhere = this.#below(node, at, place);
      if (nowhere) return nowhere;
    }
    for (const [step, inner] of below(node)) {
      const nowhere = this.#search(inner, at, { before: place, step });
      if (nowhere) return nowhere;
    }
    return undefined;
  }

  /** Below an array that fits, Jayway goes on with each element, whichever of them the selector means. */
  #below(node: Json, at: number, place: Place | undefined): Nowhere | undefined {
    if (!isArray(node) || at === this.#selectors.length - 1) return this.step(node, at, place);
    for (const [index, item] of node.entries()) {
      const nowhere = this.step(item, at + 1, { before: place, step: { kind: 'index', index } });
      if (nowhere) return nowhere;
    }
    return undefined;
  }

  #fits(target: Selector, node: Json): boolean {
    switch (target.kind) {
      case 'name':
        return isObject(node) && Object.hasOwn(node, target.name);
      case 'names':
        return isObject(node) && target.names.every((name) => Object.hasOwn(node, name));
      case 'wildcard':
        return isArray(node) || isObject(node);
      case 'filter':
        return (isArray(node) || isObject(node)) && passes(target.test, node, this.#walk);
      case 'descend':
        return false;
      default:
        return isArray(node);
    }
  }
}

type ElementSelector = Selector & { kind: 'index' | 'fromEnd' | 'indexes' | 'slice' };

/** Between two numbers a slice means the places as they are, negative ones too; with one number it counts from the end. */
function indexesOf(selector: ElementSelector, length: number): Iterable<number> {
  switch (selector.kind) {
    case 'index':
      return [selector.index];
    case 'fromEnd':
      return [length - selector.distance];
    case 'indexes':
      return selector.indexes;
    case 'slice': {
      const { from, to } = selector;
      if (from === undefined)
        return upTo(0, to === undefined || to >= 0 ? Math.min(length, to ?? length) : length + to);
      return to === undefined
        ? upTo(from < 0 ? Math.max(0, length + from) : from, length)
        : upTo(from, Math.min(length, to));
    }
  }
}

function* upTo(from: number, to: number): Iterable<number> {
  for (let index = from; index < to; index += 1) yield index;
}

function selected(node: JsonObject, names: readonly string[]): Json {
  const object: Record<string, Json> = {};
  for (const name of names) {
    const value = member(node, name);
    if (value !== undefined) setMember(object, name, value);
  }
  return object;
}

function* below(node: Json): Iterable<readonly [Selector, Json]> {
  if (isArray(node)) for (const [index, item] of node.entries()) yield [{ kind: 'index', index }, item];
  else if (isObject(node)) for (const [name, value] of Object.entries(node)) yield [{ kind: 'name', name }, value];
}

function noObject(selector: Selector, place: Place | undefined): Nowhere {
  return new Nowhere(() => `Property ${writtenSelector(selector)} not found in path ${written(place)}`);
}

function written(place: Place | undefined): string {
  const steps: Selector[] = [];
  for (let here = place; here; here = here.before) steps.push(here.step);
  return `$${writtenSelectors(steps.reverse())}`;
}

function visit(walk: Walk, count = 1): void {
  walk.meter.spend(count);
  walk.visits += count;
  if (walk.visits > visitLimit) throw new PathTooCostly(`the path visits more than ${visitLimit} nodes`);
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

/** What is null does not exist for a filter. */
function exists(operand: FilterOperand, current: Json, walk: Walk): boolean {
  const value = operandValue(operand, current, walk);
  if (operand.kind === 'literal' || areDefinite(operand.selectors)) return value !== undefined && value !== null;
  return isArray(value) && value.length > 0;
}

function operandValue(operand: FilterOperand, current: Json, walk: Walk): Json | undefined {
  if (operand.kind === 'literal') return operand.value;
  // "The @ operator does not match scalar values. It only matches objects" (developer guide, "Reference Paths").
  if (operand.kind === 'current' && operand.selectors.length === 0 && !isObject(current)) return undefined;
  const value = evaluateFrom(operand.kind === 'root' ? walk.root : current, operand.selectors, walk);
  return value instanceof Nowhere ? undefined : value;
}

/** A comparison looks at no more of either side than the other has, or at each item of a list. */
function payForComparing(left: Json | undefined, right: Json | undefined, walk: Walk): void {
  if (typeof left === 'string' && typeof right === 'string') visit(walk, Math.min(left.length, right.length) >> 3);
  if (typeof left === 'object' && left !== null && right !== undefined) walk.meter.spendOn(left);
  if (typeof right === 'object' && right !== null && left !== undefined) walk.meter.spendOn(right);
}
