import type { Comparison, ConditionOperator } from './policy.ts';

interface Named {
  readonly comparison: Comparison;
  readonly isNot?: boolean;
}

/** Operators by the name that they have without a prefix or `IfExists`. `ArnEquals` is `ArnLike`. */
const named: Readonly<Record<string, Named>> = {
  StringEquals: { comparison: 'StringEquals' },
  StringNotEquals: { comparison: 'StringEquals', isNot: true },
  StringEqualsIgnoreCase: { comparison: 'StringEqualsIgnoreCase' },
  StringNotEqualsIgnoreCase: { comparison: 'StringEqualsIgnoreCase', isNot: true },
  StringLike: { comparison: 'StringLike' },
  StringNotLike: { comparison: 'StringLike', isNot: true },
  NumericEquals: { comparison: 'NumericEquals' },
  NumericNotEquals: { comparison: 'NumericEquals', isNot: true },
  NumericLessThan: { comparison: 'NumericLessThan' },
  NumericLessThanEquals: { comparison: 'NumericLessThanEquals' },
  NumericGreaterThan: { comparison: 'NumericGreaterThan' },
  NumericGreaterThanEquals: { comparison: 'NumericGreaterThanEquals' },
  DateEquals: { comparison: 'DateEquals' },
  DateNotEquals: { comparison: 'DateEquals', isNot: true },
  DateLessThan: { comparison: 'DateLessThan' },
  DateLessThanEquals: { comparison: 'DateLessThanEquals' },
  DateGreaterThan: { comparison: 'DateGreaterThan' },
  DateGreaterThanEquals: { comparison: 'DateGreaterThanEquals' },
  Bool: { comparison: 'Bool' },
  BinaryEquals: { comparison: 'BinaryEquals' },
  IpAddress: { comparison: 'IpAddress' },
  NotIpAddress: { comparison: 'IpAddress', isNot: true },
  ArnEquals: { comparison: 'ArnLike' },
  ArnNotEquals: { comparison: 'ArnLike', isNot: true },
  ArnLike: { comparison: 'ArnLike' },
  ArnNotLike: { comparison: 'ArnLike', isNot: true },
};

/** Reads `ForAnyValue:StringLikeIfExists`; undefined for a name that no operator has. */
export function readOperator(name: string): ConditionOperator | undefined {
  if (name === 'Null') return { kind: 'null' };
  const [, set, base = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name) ?? [];
  const found = Object.hasOwn(named, base) ? named[base] : undefined;
  if (!found) return undefined;
  const { comparison, isNot = false } = found;
  const of = set === 'ForAllValues' || set === 'ForAnyValue' ? { set } : {};
  return { kind: 'compare', comparison, isNot, ...of, ifExists: ifExists !== undefined } as ConditionOperator;
}
