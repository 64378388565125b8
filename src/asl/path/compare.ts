import { isArray, type Json, sameJson } from '../json/json.ts';
import type { Comparison } from './path.ts';

/**
 * A comparison of a filter, as Jayway makes it: a text is compared as a text, with a number as it is written too; a number
 * with what is a number. What is not there is neither equal nor unequal.
 */
export function compare(left: Json | undefined, operator: Comparison, right: Json | undefined): boolean {
  if (operator === 'in' || operator === 'nin') {
    const found = left !== undefined && isArray(right) && right.some((item) => same(item, left));
    return operator === 'in' ? found : !found;
  }
  if (left === undefined || right === undefined) return false;
  if (operator === '==') return same(left, right);
  if (operator === '!=') return !same(left, right);
  return isOrdered(left, operator, right);
}

function same(left: Json, right: Json): boolean {
  if (typeof left === typeof right) return sameJson(left, right);
  if (typeof left === 'number') return left === numberOf(right);
  return isScalar(left) && isScalar(right) && String(left) === String(right);
}

function isScalar(value: Json): value is string | number | boolean {
  return typeof value !== 'object';
}

function isOrdered(left: Json, operator: '<' | '<=' | '>' | '>=', right: Json): boolean {
  if (typeof left === 'string' && (typeof right === 'string' || typeof right === 'number')) {
    return isBefore(left, operator, String(right));
  }
  const number = numberOf(right);
  return typeof left === 'number' && number !== undefined && isBefore(left, operator, number);
}

function isBefore<T extends string | number>(left: T, operator: '<' | '<=' | '>' | '>=', right: T): boolean {
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

const decimal = /^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?$/;

function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && decimal.test(value) ? Number(value) : undefined;
}
