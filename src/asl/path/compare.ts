import { isArray, type Json, sameJson } from '../json/json.ts';
import type { Comparison } from './path.ts';

/** A comparison of a filter. What is not there is unequal to everything, and neither less nor greater. */
export function compare(left: Json | undefined, operator: Comparison, right: Json | undefined): boolean {
  if (operator === 'in' || operator === 'nin') {
    const found = left !== undefined && isArray(right) && right.some((item) => same(item, left));
    return operator === 'in' ? found : !found;
  }
  if (left === undefined || right === undefined) return operator === '!=' && left !== right;
  if (operator === '==') return same(left, right);
  if (operator === '!=') return !same(left, right);
  return isOrdered(left, operator, right);
}

/** A number and a text that is one are compared as numbers, as Jayway does. */
function same(left: Json, right: Json): boolean {
  if (typeof left === typeof right) return sameJson(left, right);
  const numbers = bothNumbers(left, right);
  return numbers !== undefined && numbers[0] === numbers[1];
}

function isOrdered(left: Json, operator: '<' | '<=' | '>' | '>=', right: Json): boolean {
  if (typeof left === 'string' && typeof right === 'string') return isBefore(left, operator, right);
  const numbers = bothNumbers(left, right);
  return numbers !== undefined && isBefore(numbers[0], operator, numbers[1]);
}

function isBefore<T extends string | number>(left: T, operator: '<' | '<=' | '>' | '>=', right: T): boolean {
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

function bothNumbers(left: Json, right: Json): readonly [number, number] | undefined {
  const numbers = [numberOf(left), numberOf(right)] as const;
  return numbers[0] === undefined || numbers[1] === undefined ? undefined : [numbers[0], numbers[1]];
}

const decimal = /^[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})([eE][+-]?\d{1,3})?$/;

function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && decimal.test(value) ? Number(value) : undefined;
}
