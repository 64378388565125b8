import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What is wrong with an input: a value of the wrong type, or one that breaks a constraint. */
export interface InputProblem {
  readonly kind: 'type' | 'constraint';
  /** In AWS's words, naming the member. */
  readonly message: string;
}

/** Longest value, in characters, that a message repeats: AWS was recorded to repeat 3,097, and no value should be a burden. */
const longestShownValue = 4096;
/** Most problems that a message lists. */
const mostShownProblems = 10;

/**
 * Puts what a schema found into AWS's words: a wrong type is reported alone, as its JSON reader does; constraints are
 * listed together, `2 validation errors detected: Value 'x' at 'jobName' failed to satisfy constraint: ...; Value ...`.
 * A message that the schema itself gives is shown as it is.
 */
export function describeProblem(issues: readonly Issue[], input: unknown): InputProblem {
  const flat = issues.flatMap((issue) => innermost(issue, []));
  const wrongType = flat.find((issue) => issue.code === 'invalid_type' && !isMissing(issue, input));
  if (wrongType?.code === 'invalid_type') return { kind: 'type', message: describeType(wrongType, input) };
  const texts = flat.slice(0, mostShownProblems).map((issue) => describeConstraint(issue, input));
  const only = flat[0];
  if (flat.length === 1 && only && hasOwnWords(only)) return { kind: 'constraint', message: only.message };
  const count = flat.length === 1 ? '1 validation error detected' : `${flat.length} validation errors detected`;
  return { kind: 'constraint', message: `${count}: ${texts.join('; ')}` };
}

/** A parameter that is not there or not known, in EC2's words; undefined where something else is wrong. */
export function parameterProblem(
  issues: readonly Issue[],
  input: unknown,
): { readonly kind: 'missing' | 'unrecognized'; readonly message: string } | undefined {
  for (const issue of issues.flatMap((each) => innermost(each, []))) {
    if (issue.code === 'unrecognized_keys') {
      const name = [...issue.path, issue.keys[0]].map(String).join('.');
      return { kind: 'unrecognized', message: `The parameter ${name} is not recognized` };
    }
    if (isMissing(issue, input)) {
      const name = issue.path.map((part) => (typeof part === 'number' ? part + 1 : String(part))).join('.');
      return { kind: 'missing', message: `The request must contain the parameter ${name}` };
    }
  }
  return undefined;
}

/** A union's issue is that of its likeliest branch: the one that got deepest before it failed. */
function innermost(issue: Issue, path: readonly PropertyKey[]): Issue[] {
  const whole = [...path, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branches = issue.errors.map((branch) => branch.flatMap((inner) => innermost(inner, whole)));
    return branches.reduce((best, branch) => (depthOf(branch) > depthOf(best) ? branch : best));
  }
  return [{ ...issue, path: whole }];
}

function depthOf(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function isMissing(issue: Issue, input: unknown): boolean {
  return valueAt(input, issue.path) === undefined;
}

/** The types of JSON in the words of AWS's reader. */
const tokenNames: Readonly<Record<string, string>> = { string: 'STRING_VALUE', number: 'NUMBER_VALUE' };
const typeNames: Readonly<Record<string, string>> = {
  string: 'a String',
  number: 'a Double',
  int: 'an Integer',
  boolean: 'a Boolean',
};

function describeType(issue: Extract<Issue, { code: 'invalid_type' }>, input: unknown): string {
  const value = valueAt(input, issue.path);
  return `${wrongToken(issue.expected, value)} at '${formatPath(issue.path)}'`;
}

function wrongToken(expected: string, value: unknown): string {
  if (expected === 'array') return 'Expected list or null';
  if (expected === 'object' || expected === 'record') return 'Expected structure, map or null';
  if (Array.isArray(value)) return 'Start of list found where not expected';
  if (typeof value === 'object' && value !== null) return 'Start of structure or map found where not expected';
  const token = tokenNames[typeof value] ?? `${String(value).toUpperCase()}_VALUE`;
  return `${token} can not be converted to ${typeNames[expected] ?? expected}`;
}

/** Zod's own messages begin so; any other is a schema author's. */
const defaultMessage = /^(Invalid |Too (small|big)|Unrecognized key|Input must)/;

function hasOwnWords(issue: Issue): boolean {
  return !defaultMessage.test(issue.message);
}

function describeConstraint(issue: Issue, input: unknown): string {
  if (hasOwnWords(issue)) return issue.message;
  const value = valueAt(input, issue.path);
  const shown = value === undefined ? 'null' : `'${showValue(value)}'`;
  return `Value ${shown} at '${formatPath(issue.path)}' failed to satisfy constraint: Member must ${constraint(issue, value)}`;
}

function constraint(issue: Issue, value: unknown): string {
  if (value === undefined) return 'not be null';
  switch (issue.code) {
    case 'too_small':
      return `have ${measureOf(issue.origin)} ${issue.inclusive === false ? 'greater than' : 'greater than or equal to'} ${issue.minimum}`;
    case 'too_big':
      return `have ${measureOf(issue.origin)} ${issue.inclusive === false ? 'less than' : 'less than or equal to'} ${issue.maximum}`;
    case 'invalid_format':
      return `satisfy regular expression pattern: ${(issue.pattern ?? issue.format).replace(/^\/\^?|\$?\/[a-z]*$/g, '')}`;
    case 'invalid_value':
      return `satisfy enum value set: [${issue.values.map(String).join(', ')}]`;
    case 'not_multiple_of':
      return `be a multiple of ${issue.divisor}`;
    default:
      return `be valid: ${issue.message}`;
  }
}

function measureOf(origin: string): string {
  return origin === 'number' || origin === 'int' || origin === 'bigint' || origin === 'date' ? 'value' : 'length';
}

/** `containerProperties.volumes.1.member.name`: first letters in lower case, lists counted from 1, as AWS has it. */
function formatPath(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === 'number' ? `${part + 1}.member` : lowerFirst(String(part)))).join('.');
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= longestShownValue ? text : `${text.slice(0, longestShownValue)}...`;
}
