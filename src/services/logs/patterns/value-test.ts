import type { Literal } from './compiled-pattern.ts';
import type { Expression } from './expression.ts';
import type { PatternReader } from './reader.ts';
import { invalidPattern } from './refusals.ts';

/** What a field of a message is: a text, and a number where it is one. */
export interface Value {
  readonly text: string;
  readonly number: number | undefined;
}

/** A condition on the value of a field. */
export interface ValueTest {
  test(value: Value): boolean;
  /** What stands in a message whose field passes. */
  readonly literal: string | undefined;
  steps(length: number): number;
}

const operators = ['!=', '<=', '>=', '=', '<', '>'] as const;
type Operator = (typeof operators)[number];

const numeral = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** What the text of a number is made of, which may be spelt otherwise where it stands in JSON. */
const ofNumbers = /^[\d.eE+\-Infity]*$/;

/** Reads an operator and what it compares with: a number, a text with `*` at its ends, or a regular expression. */
export function readValueTest(reader: PatternReader, bare: RegExp): ValueTest {
  const operator = reader.sign(...operators);
  if (!operator) throw invalidPattern();
  reader.skipSpace();
  const expression = reader.expression();
  if (expression) return expressionTest(operator, expression);
  const quotation = reader.quotation();
  const text = quotation ?? reader.match(bare)?.[0];
  if (text === undefined || (text === '' && quotation === undefined)) throw invalidPattern();
  const number = quotation === undefined && numeral.test(text) ? Number(text) : undefined;
  if (operator === '=' || operator === '!=') return equalityTest(operator, text, number);
  if (number === undefined) throw invalidPattern(`${operator} compares numbers`);
  return orderTest(operator, number);
}

function expressionTest(operator: Operator, { test, literal, steps }: Expression): ValueTest {
  if (operator === '=') return { test: ({ text }) => test(text), literal: asLiteral(literal), steps };
  if (operator === '!=') return { test: ({ text }) => !test(text), literal: undefined, steps };
  throw invalidPattern(`${operator} compares numbers`);
}

function equalityTest(operator: '=' | '!=', text: string, number: number | undefined): ValueTest {
  const { test, core } = wildcardTest(text);
  const equals = (value: Value) => test(value.text) || (number !== undefined && value.number === number);
  const steps = () => 0;
  if (operator === '!=') return { test: (value) => !equals(value), literal: undefined, steps };
  return { test: equals, literal: number === undefined ? asLiteral(core) : undefined, steps };
}

function orderTest(operator: Exclude<Operator, '=' | '!='>, than: number): ValueTest {
  const compare: Record<typeof operator, (number: number) => boolean> = {
    '<': (number) => number < than,
    '<=': (number) => number <= than,
    '>': (number) => number > than,
    '>=': (number) => number >= than,
  };
  const test = ({ number }: Value) => number !== undefined && compare[operator](number);
  return { test, literal: undefined, steps: () => 0 };
}

/** An asterisk stands for anything at the ends of a text alone; elsewhere it is itself. */
function wildcardTest(text: string): { readonly test: (text: string) => boolean; readonly core: string } {
  if (text === '*') return { test: () => true, core: '' };
  const [before, after] = [text.startsWith('*'), text.endsWith('*')];
  const core = text.slice(before ? 1 : 0, after ? -1 : undefined);
  if (before && after) return { test: (value) => value.includes(core), core };
  if (before) return { test: (value) => value.endsWith(core), core };
  if (after) return { test: (value) => value.startsWith(core), core };
  return { test: (value) => value === core, core };
}

function asLiteral(text: string): string | undefined {
  return ofNumbers.test(text) ? undefined : text;
}

/** As a literal of JSON, where any character may be escaped; of plain lines it stands as it is. */
export function literalOf(test: ValueTest, unlessEscaped: boolean): Literal | undefined {
  return test.literal === undefined ? undefined : { text: test.literal, unlessEscaped };
}

/** The number that a text is, if it is one. */
export function numberIn(text: string): number | undefined {
  return numeral.test(text) ? Number(text) : undefined;
}
