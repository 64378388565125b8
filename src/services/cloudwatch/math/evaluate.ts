import { callFunction, type Filling, filled, type MathWindow, periodOf } from './functions.ts';
import { type BinaryOperator, type Expression, parseExpression, partsOf } from './parse.ts';
import { MathRefused, mapSeries, numberValue, type Series, type Value } from './value.ts';

/** What expressions may name: the metrics of a request, and its other expressions. */
export interface MathScope extends MathWindow {
  readonly metrics: ReadonlyMap<string, Series>;
  /** Texts of expressions by their ids. */
  readonly expressions: ReadonlyMap<string, string>;
}

/** Parts of expressions times points of metrics: some tenths of a second. */
const mostWork = 10_000_000;
const boolean = (holds: boolean) => (holds ? 1 : 0);

const operators: Readonly<Record<BinaryOperator, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': (left, right) => left ** right,
  '==': (left, right) => boolean(left === right),
  '!=': (left, right) => boolean(left !== right),
  '<': (left, right) => boolean(left < right),
  '<=': (left, right) => boolean(left <= right),
  '>': (left, right) => boolean(left > right),
  '>=': (left, right) => boolean(left >= right),
  AND: (left, right) => boolean(left !== 0 && right !== 0),
  OR: (left, right) => boolean(left !== 0 || right !== 0),
};

/** Computes the expressions of a request, each once, whatever order they stand in. */
export class MetricMath {
  readonly #scope: MathScope;
  readonly #done = new Map<string, Value>();
  readonly #underWay = new Set<string>();
  readonly #parsed: ReadonlyMap<string, Expression>;

  /** Throws `MathRefused` for what cannot be read, names nothing, or is too much. */
  constructor(scope: MathScope) {
    this.#scope = scope;
    this.#parsed = new Map([...scope.expressions].map(([id, text]) => [id, parseExpression(text)]));
    const points = [...scope.metrics.values()].reduce(
      (sum, series) => sum + series.points.size + slotsOf(series, scope),
      1,
    );
    const parts = [...this.#parsed.values()].reduce((sum, expression) => sum + partsOf(expression), 0);
    if (parts * points > mostWork) throw new MathRefused('The expressions of the request are too much work.');
  }

  /** What the metric or expression `id` comes to. Throws `MathRefused`. */
  valueOf(id: string): Value {
    const known = this.#scope.metrics.get(id) ?? this.#done.get(id);
    if (known) return known;
    const expression = this.#parsed.get(id);
    if (!expression) throw new MathRefused(`Error in expression: '${id}' is no id of the request.`);
    if (this.#underWay.has(id)) throw new MathRefused(`Error in expression '${id}': it refers to itself.`);
    this.#underWay.add(id);
    const value = this.#compute(expression);
    this.#underWay.delete(id);
    this.#done.set(id, value);
    return value;
  }

  #compute(expression: Expression): Value {
    switch (expression.kind) {
      case 'number':
        return numberValue(expression.value);
      case 'text':
        throw new MathRefused('Error in expression: a text stands where a metric is expected.');
      case 'name':
        return this.valueOf(expression.name);
      case 'list':
        return { kind: 'list', items: expression.items.flatMap((item) => this.#itemsOf(this.#compute(item))) };
      case 'negative':
        return this.#binary('-', numberValue(0), this.#compute(expression.of));
      case 'binary':
        return this.#binary(expression.operator, this.#compute(expression.left), this.#compute(expression.right));
      case 'call':
        return this.#call(expression.name, expression.args);
    }
  }

  #itemsOf(value: Value): readonly Series[] {
    if (value.kind === 'list') return value.items;
    if (value.kind === 'series') return [value];
    throw new MathRefused('Error in expression: a list holds metrics.');
  }

  #call(name: string, args: readonly Expression[]): Value {
    const [first, second] = args;
    if (name === 'METRICS') return this.#metrics(first, args.length);
    if (name === 'FILL' && first && second && args.length === 2) return this.#fill(this.#compute(first), second);
    if (name === 'TIME_SERIES' && first && args.length === 1) return this.#timeSeries(this.#compute(first));
    return callFunction(
      name,
      args.map((arg) => this.#compute(arg)),
      this.#scope,
    );
  }

  /** All metrics, or those whose ids hold a text. */
  #metrics(part: Expression | undefined, count: number): Value {
    if (count > 1 || (part && part.kind !== 'text')) throw new MathRefused('METRICS takes at most one text.');
    const text = part?.kind === 'text' ? part.text : '';
    return {
      kind: 'list',
      items: [...this.#scope.metrics].flatMap(([id, series]) => (id.includes(text) ? [series] : [])),
    };
  }

  #fill(value: Value, given: Expression): Value {
    const filling = this.#filling(given);
    if (value.kind === 'number') throw new MathRefused('FILL takes a metric or a list of metrics.');
    const fill = (series: Series) => filled(series, filling, this.#scope);
    return value.kind === 'series' ? fill(value) : { kind: 'list', items: value.items.map(fill) };
  }

  #filling(given: Expression): Filling {
    if (given.kind === 'name' && (given.name === 'REPEAT' || given.name === 'LINEAR')) return given.name;
    const value = this.#compute(given);
    if (value.kind === 'number') return value.value;
    throw new MathRefused('FILL takes a number, REPEAT or LINEAR.');
  }

  #timeSeries(value: Value): Value {
    if (value.kind !== 'number') throw new MathRefused('TIME_SERIES takes a number.');
    const period = periodOf([...this.#scope.metrics.values()]);
    const empty: Series = { kind: 'series', period, points: new Map(), label: 'TIME_SERIES' };
    return filled(empty, value.value, this.#scope);
  }

  #binary(operator: BinaryOperator, left: Value, right: Value): Value {
    const compute = operators[operator];
    if (left.kind === 'number' && right.kind === 'number') return numberValue(compute(left.value, right.value));
    if (left.kind === 'list') {
      if (right.kind === 'list') throw new MathRefused(`Error in expression: ${operator} stands between two lists.`);
      return { kind: 'list', items: left.items.map((item) => this.#join(compute, item, right)) };
    }
    if (right.kind === 'list')
      return { kind: 'list', items: right.items.map((item) => this.#join(compute, left, item)) };
    return this.#join(compute, left, right);
  }

  /** At times that both have; a number is there at all times. */
  #join(
    compute: (left: number, right: number) => number,
    left: Exclude<Value, { kind: 'list' }>,
    right: Exclude<Value, { kind: 'list' }>,
  ): Series {
    if (left.kind === 'number') {
      if (right.kind === 'number') throw new Error('two numbers make no series');
      return mapSeries(right, (value) => compute(left.value, value));
    }
    return mapSeries(left, (value, time) => {
      const other = right.kind === 'number' ? right.value : right.points.get(time);
      return other === undefined ? undefined : compute(value, other);
    });
  }
}

/** How many points a series has when its gaps are filled. */
function slotsOf({ period }: Series, { from, to }: MathWindow): number {
  return Math.ceil((to - from) / period);
}
