import { matchesWildcard } from '../../core/wildcard.ts';
import type { ChoiceRule, ComparedType, Ordering, PresenceTest } from '../definition/choice-rule.ts';
import { StateError, stateErrors } from '../errors.ts';
import { findPath } from '../evaluate/path.ts';
import type { Scope } from '../evaluate/scope.ts';
import type { Json } from '../json/json.ts';
import type { Path } from '../path/path.ts';
import { parseTimestamp } from './timestamp.ts';

/**
 * Whether a choice rule applies. A value of another type than the operator's never matches; a variable that is not there
 * fails the execution, except for `IsPresent`.
 */
export function applies(rule: ChoiceRule, scope: Scope): boolean {
  scope.meter.spend(1);
  switch (rule.kind) {
    case 'and':
      return rule.rules.every((each) => applies(each, scope));
    case 'or':
      return rule.rules.some((each) => applies(each, scope));
    case 'not':
      return !applies(rule.rule, scope);
    case 'is':
      return is(rule.test, rule.variable, scope) === rule.expected;
    case 'matches': {
      const value = variable(rule.variable, scope);
      scope.meter.spendOn(value);
      for (const piece of rule.pattern) scope.meter.spend(1 + (piece.length >> 3));
      return typeof value === 'string' && matchesWildcard(rule.pattern, value);
    }
    case 'compare': {
      const value = variable(rule.variable, scope);
      const other = 'path' in rule.with ? variable(rule.with.path, scope) : rule.with.constant;
      if (typeof value === 'string') scope.meter.spendOn(value);
      return compare(rule.type, rule.ordering, value, other);
    }
  }
}

function variable(path: Path, scope: Scope): Json {
  const value = findPath(path, scope);
  if (value !== undefined) return value;
  throw new StateError(
    stateErrors.runtime,
    `Invalid path '${path.text}': The choice state's condition path references an invalid value.`,
  );
}

function is(test: PresenceTest, path: Path, scope: Scope): boolean {
  if (test === 'IsPresent') return isPresent(path, scope);
  const value = variable(path, scope);
  switch (test) {
    case 'IsNull':
      return value === null;
    case 'IsNumeric':
      return typeof value === 'number';
    case 'IsString':
      return typeof value === 'string';
    case 'IsBoolean':
      return typeof value === 'boolean';
    case 'IsTimestamp':
      return typeof value === 'string' && parseTimestamp(value) !== undefined;
  }
}

/** A path that may lead to many nodes is present when it leads to any. */
function isPresent(path: Path, scope: Scope): boolean {
  const value = findPath(path, scope);
  return path.definite ? value !== undefined : Array.isArray(value) && value.length > 0;
}

function compare(type: ComparedType, ordering: Ordering, value: Json, other: Json): boolean {
  const left = comparable(type, value);
  const right = comparable(type, other);
  if (left === undefined || right === undefined) return false;
  switch (ordering) {
    case 'Equals':
      return left === right;
    case 'LessThan':
      return left < right;
    case 'LessThanEquals':
      return left <= right;
    case 'GreaterThan':
      return left > right;
    case 'GreaterThanEquals':
      return left >= right;
  }
}

/** The value as the operator compares it, or undefined when it is of another type. */
function comparable(type: ComparedType, value: Json): string | number | boolean | undefined {
  switch (type) {
    case 'String':
      return typeof value === 'string' ? value : undefined;
    case 'Numeric':
      return typeof value === 'number' ? value : undefined;
    case 'Boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'Timestamp':
      return typeof value === 'string' ? parseTimestamp(value) : undefined;
  }
}
