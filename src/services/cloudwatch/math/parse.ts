import { MathRefused } from './value.ts';

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'AND' | 'OR';

/** An expression of metric math. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'negative'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

const longest = 2048;
/** Levels of parentheses, calls and signs. */
const deepest = 50;
const token =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_]\w*)|"([^"]*)"|'([^']*)'|(==|!=|<=|>=|&&|\|\||[-+*/%^<>()[\],]))/y;

interface Token {
  readonly kind: 'number' | 'name' | 'text' | 'sign' | 'end';
  readonly text: string;
}

/** Reads an expression. Throws `MathRefused`. */
export function parseExpression(text: string): Expression {
  if (text.length > longest) throw new MathRefused(`An expression has at most ${longest} characters.`);
  if (/^\s*(SELECT|SEARCH)\b/i.test(text)) {
    throw new MathRefused(`${text.trim().slice(0, 6).toUpperCase()} is not supported by this version of Batchyard.`);
  }
  return new Parser(tokensOf(text)).whole();
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (!found) throw new MathRefused(`Error in expression: unexpected '${text.slice(at).trim()[0]}'.`);
    const [, number, name, double, single, sign] = found;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else tokens.push({ kind: 'text', text: double ?? single ?? '' });
  }
  tokens.push({ kind: 'end', text: 'the end' });
  return tokens;
}

const levels: readonly Readonly<Record<string, BinaryOperator>>[] = [
  { '||': 'OR', OR: 'OR' },
  { '&&': 'AND', AND: 'AND' },
  { '==': '==', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' },
  { '+': '+', '-': '-' },
  { '*': '*', '/': '/', '%': '%' },
];

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#binary(0);
    if (this.#next.kind !== 'end') this.#unexpected();
    return expression;
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: 'the end' };
  }

  #unexpected(): never {
    throw new MathRefused(`Error in expression: unexpected '${this.#next.text}'.`);
  }

  #takes(text: string): boolean {
    const { kind, text: found } = this.#next;
    if (kind !== 'sign' || found !== text) return false;
    this.#at += 1;
    return true;
  }

  #demand(text: string): void {
    if (!this.#takes(text)) this.#unexpected();
  }

  #binary(level: number): Expression {
    const operators = levels[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const { kind, text } = this.#next;
      const isOperator = (kind === 'sign' || kind === 'name') && Object.hasOwn(operators, text);
      const operator = isOperator ? operators[text] : undefined;
      if (!operator) return left;
      this.#at += 1;
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): Expression {
    this.#depth += 1;
    if (this.#depth > deepest) throw new MathRefused(`An expression has at most ${deepest} levels.`);
    const isNegative = this.#takes('-');
    if (!isNegative) this.#takes('+');
    const expression: Expression = isNegative ? { kind: 'negative', of: this.#unary() } : this.#power();
    this.#depth -= 1;
    return expression;
  }

  #power(): Expression {
    const left = this.#primary();
    if (!this.#takes('^')) return left;
    return { kind: 'binary', operator: '^', left, right: this.#unary() };
  }

  #primary(): Expression {
    const { kind, text } = this.#next;
    if (this.#takes('(')) {
      const inner = this.#binary(0);
      this.#demand(')');
      return inner;
    }
    if (this.#takes('[')) return { kind: 'list', items: this.#items(']') };
    this.#at += 1;
    if (kind === 'number') return { kind, value: Number(text) };
    if (kind === 'text') return { kind, text };
    if (kind !== 'name') {
      this.#at -= 1;
      return this.#unexpected();
    }
    return this.#takes('(') ? { kind: 'call', name: text.toUpperCase(), args: this.#items(')') } : { kind, name: text };
  }

  #items(end: string): Expression[] {
    if (this.#takes(end)) return [];
    const items = [this.#binary(0)];
    while (this.#takes(',')) items.push(this.#binary(0));
    this.#demand(end);
    return items;
  }
}

/** How many parts an expression has. */
export function partsOf(expression: Expression): number {
  switch (expression.kind) {
    case 'list':
      return 1 + sum(expression.items);
    case 'call':
      return 1 + sum(expression.args);
    case 'negative':
      return 1 + partsOf(expression.of);
    case 'binary':
      return 1 + partsOf(expression.left) + partsOf(expression.right);
    default:
      return 1;
  }
}

function sum(parts: readonly Expression[]): number {
  return parts.reduce((all, part) => all + partsOf(part), 0);
}
