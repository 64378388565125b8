import { splitWildcard } from '../../core/wildcard.ts';
import { parseTimestamp } from '../choice/timestamp.ts';
import { isObject, type Json, type JsonObject } from '../json/json.ts';
import { bounds } from '../limits.ts';
import { type ChoiceRule, type Comparand, comparisonOperators, presenceTests } from './choice-rule.ts';
import { readAssign, readJsonata, readPathField } from './data-flow.ts';
import { Fields } from './fields.ts';
import type { Choice, QueryLanguage } from './machine.ts';
import { readExpression } from './payload.ts';

/** Reads `Choices` of a Choice state. */
export function readChoices(fields: Fields, language: QueryLanguage): readonly Choice[] {
  return fields.objects('Choices', true).map(({ object, at }, i) => {
    const rule = new Fields(object, at, fields.problems);
    rule.take('Comment');
    const field = `Choices[${i}]`;
    const choice: Choice = {
      when: (language === 'JSONata' ? readCondition(rule, field) : readRule(rule, object, 0)) ?? {
        kind: 'or',
        rules: [],
      },
      next: rule.string('Next', true) ?? '',
      assign: readAssign(rule, language, {}, `${field}/Assign`),
      output: language === 'JSONata' ? readJsonata(rule, 'Output', {}, `${field}/Output`) : undefined,
    };
    rule.finish();
    return choice;
  });
}

function readCondition(fields: Fields, field: string): Choice['when'] | undefined {
  const value = fields.required('Condition');
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') return { kind: value ? 'and' : 'or', rules: [] };
  if (typeof value === 'string') {
    const place = { field: `${field}/Condition`, at: fields.locate('Condition') };
    const problemsBefore = fields.problems.list.length;
    const expression = readExpression(value, place, fields.problems);
    if (expression) return { kind: 'jsonata', expression, field: place.field };
    if (fields.problems.list.length > problemsBefore) return undefined;
  }
  fields.fault('Condition', 'Expected a Boolean or a JSONata expression');
  return undefined;
}

function readRule(fields: Fields, object: JsonObject, depth: number): ChoiceRule | undefined {
  if (depth > bounds.jsonDepth) {
    fields.problems.schema('The rule nests too deeply', fields.at);
    return undefined;
  }
  const operators = Object.keys(object).filter(isOperator);
  const [operator] = operators;
  if (operator === undefined || operators.length > 1) {
    fields.problems.schema('A choice rule must have exactly one comparison operator', fields.at);
    for (const each of operators) fields.take(each);
    fields.take('Variable');
    return undefined;
  }
  if (operator === 'And' || operator === 'Or') return readAll(fields, operator, depth);
  return operator === 'Not' ? readNot(fields, depth) : readTest(fields, operator);
}

function isOperator(name: string): boolean {
  return (
    ['And', 'Or', 'Not', 'StringMatches'].includes(name) ||
    comparisonOperators.has(name) ||
    presenceTests.some((test) => test === name)
  );
}

function readAll(fields: Fields, operator: 'And' | 'Or', depth: number): ChoiceRule {
  const rules = fields.objects(operator).map(({ object, at }) => nested(fields, object, at, depth));
  return { kind: operator === 'And' ? 'and' : 'or', rules: rules.filter((rule) => rule !== undefined) };
}

function readNot(fields: Fields, depth: number): ChoiceRule | undefined {
  const value = fields.object('Not');
  const rule = value && nested(fields, value, fields.locate('Not'), depth);
  return rule && { kind: 'not', rule };
}

/** A nested rule has no `Next`: it is not supported there. */
function nested(fields: Fields, object: Json, at: string, depth: number): ChoiceRule | undefined {
  if (!isObject(object)) return undefined;
  const inner = new Fields(object, at, fields.problems);
  inner.take('Comment');
  const rule = readRule(inner, object, depth + 1);
  inner.finish();
  return rule;
}

function readTest(fields: Fields, operator: string): ChoiceRule | undefined {
  const text = fields.required('Variable');
  const variable = text === undefined ? undefined : readPathField(fields, 'Variable', text);
  const value = fields.take(operator) ?? null;
  if (!variable) return undefined;
  const test = presenceTests.find((each) => each === operator);
  if (test) {
    if (typeof value === 'boolean') return { kind: 'is', variable, test, expected: value };
    fields.fault(operator, 'Expected value of type Boolean');
    return undefined;
  }
  if (operator === 'StringMatches') {
    const pattern = typeof value === 'string' ? splitWildcard(value) : undefined;
    if (pattern) return { kind: 'matches', variable, pattern };
    fields.fault(operator, "Expected a String in which '\\' stands only before '*' and '\\'");
    return undefined;
  }
  const comparison = comparisonOperators.get(operator);
  const comparand = comparison && readComparand(fields, operator, comparison, value);
  return comparison && comparand && { kind: 'compare', variable, ...comparison, with: comparand };
}

const constantTypes = { String: 'string', Numeric: 'number', Boolean: 'boolean', Timestamp: 'string' } as const;

function readComparand(
  fields: Fields,
  operator: string,
  { type, path }: { type: keyof typeof constantTypes; path: boolean },
  value: Json,
): Comparand<string | number | boolean> | undefined {
  if (path) {
    const parsed = readPathField(fields, operator, value);
    return parsed && { path: parsed };
  }
  const isConstant = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (isConstant && typeof value === constantTypes[type]) {
    if (type !== 'Timestamp' || parseTimestamp(String(value)) !== undefined) return { constant: value };
    fields.fault(operator, 'String does not match RFC3339 timestamp');
    return undefined;
  }
  fields.fault(operator, `Expected value of type ${type === 'Timestamp' ? 'Timestamp' : type}`);
  return undefined;
}
