import { type SimpleExpression, simpleExpression } from './simple.ts';

/** A JSONata expression as a definition has it, without its `{% %}`. Compiled only where it is evaluated. */
export interface Expression {
  readonly text: string;
  readonly simple?: SimpleExpression;
}

export function writtenExpression(text: string): Expression {
  const simple = simpleExpression(text);
  return simple ? { text, simple } : { text };
}

/** The expression inside `{% %}`, or undefined when the string is no expression: no space may stand around it. */
export function expressionIn(text: string): string | undefined {
  if (!text.startsWith('{%') || !text.endsWith('%}') || text.length < 4) return undefined;
  return text.slice(2, -2).trim();
}

export function isExpression(text: string): boolean {
  return expressionIn(text) !== undefined;
}
