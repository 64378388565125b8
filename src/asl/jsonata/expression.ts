import jsonata from 'jsonata';
import { bounds } from '../limits.ts';
import { LinearRegExp } from './linear-reg-exp.ts';
import { laterOperator } from './top-level.ts';

/** A compiled JSONata expression. */
export type CompiledExpression = jsonata.Expression;

/** The text is no JSONata; `message` is JSONata's own, without its code, as AWS reports it. */
export class JsonataSyntaxFault extends Error {
  override readonly name = 'JsonataSyntaxFault';
}

/** Compiles an expression. Throws `JsonataSyntaxFault`. */
export function compileExpression(text: string): CompiledExpression {
  try {
    const RegexEngine = LinearRegExp as unknown as RegExpConstructor;
    const options = { stack: bounds.jsonataDepth, sequence: bounds.jsonataSequence, RegexEngine };
    const program = jsonata(text, options);
    const tree = program.ast();
    checkPatterns(tree);
    checkOperators(tree);
    installHooks(program);
    return program;
  } catch (fault) {
    throw fault instanceof JsonataSyntaxFault ? fault : new JsonataSyntaxFault(messageOf(fault));
  }
}

/** What is later than AWS's version of JSONata is refused in the words that the earlier one has for it. */
function checkOperators(tree: unknown): void {
  const operator = laterOperator(tree);
  if (operator === undefined) return;
  throw new JsonataSyntaxFault(`The symbol "${operator.slice(-1)}" cannot be used as a unary operator`);
}

/** Compiles the regular expressions in a syntax tree, so that one that cannot be run is found now. */
function checkPatterns(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if (node instanceof RegExp) new LinearRegExp(node);
  else for (const inner of Object.values(node)) checkPatterns(inner);
}

/** What an evaluation binds its `Watch` under: a name that no expression can write. */
export const watchName = ' watch';

/** Sees each syntax node before and after it is evaluated. */
export interface Watch {
  enter(input: unknown, environment: JsonataEnvironment): void;
  leave(result: unknown): void;
}

export interface JsonataEnvironment {
  readonly base: JsonataEnvironment;
  timestamp: Date;
  lookup(name: string): unknown;
}

/** The hooks belong to the parsed expression, the watch to one evaluation of it: they meet in the environment. */
function installHooks(program: jsonata.Expression): void {
  const assign = program.assign as (name: string | symbol, value: unknown) => void;
  const watchOf = (environment: JsonataEnvironment) => environment.lookup(watchName) as Watch;
  assign(Symbol.for('jsonata.__evaluate_entry'), (_node: unknown, input: unknown, environment: JsonataEnvironment) =>
    watchOf(environment).enter(input, environment),
  );
  assign(
    Symbol.for('jsonata.__evaluate_exit'),
    (_node: unknown, _input: unknown, environment: JsonataEnvironment, result: unknown) =>
      watchOf(environment).leave(result),
  );
}

/** JSONata throws plain objects with `code` and `message`; the message has no code in it. */
export function describeFault(fault: unknown): { readonly code?: string; readonly message: string } {
  const { code } = (typeof fault === 'object' && fault !== null ? fault : {}) as { code?: unknown };
  return { ...(typeof code === 'string' ? { code } : {}), message: messageOf(fault) };
}

function messageOf(fault: unknown): string {
  if (typeof fault !== 'object' || fault === null) return String(fault);
  const { code, value, message } = fault as { code?: unknown; value?: unknown; message?: unknown };
  // JSONata writes the number as JSON, which has none for it.
  return code === 'D1001' ? `Number out of range: ${value}` : String(message);
}
