import fc from 'fast-check';
import type { Json } from '../../src/asl/index.ts';

/** Whatever a user may write between `{%` and `%}`, and data to have it work on. */
export interface WrittenExpression {
  readonly text: string;
  readonly input: Json;
}

const built = [
  ...[
    'string',
    'length',
    'uppercase',
    'lowercase',
    'trim',
    'base64encode',
    'base64decode',
    'encodeUrl',
    'number',
    'abs',
  ],
  ...['sqrt', 'floor', 'round', 'sum', 'max', 'average', 'boolean', 'not', 'exists', 'count', 'reverse', 'shuffle'],
  ...['distinct', 'keys', 'spread', 'merge', 'type', 'toMillis', 'fromMillis', 'sort', 'zip', 'parse', 'hash', 'uuid'],
];
const builtOfTwo = [
  'append',
  'split',
  'contains',
  'join',
  'match',
  'pad',
  'substring',
  'lookup',
  'map',
  'filter',
  'each',
];
const patterns = ['/a/', '/(a|b)*c/', '/((a*)*)*$/', '/[^,]+/i', '/^$/m', '/(?=a)/', '/(a{100}){100}/', '/\\d{1,9}/'];
const joints = ['+', '*', '&', '/', '%', '=', '<', 'in', 'and', 'or', '~>', '..', ','];

const atom = fc.constantFrom(
  ...[
    '$states.input',
    '$states.input.t',
    '$states.input.n',
    '$states.input.o',
    '$states.input.o.a',
    '$states',
    '$',
    '$i',
  ],
  ...['1', '-1.5', '1e300', '"a"', '""', 'null', 'true', '[]', '{}', '[1..1000]', '[1..100000]', '*', '**', '%', '`a`'],
);

/** Expressions of JSONata by its grammar, most of which mean something, nested to a few levels. */
const expressions: fc.Memo<string> = fc.memo((depth) => {
  if (depth <= 1) return atom;
  const inner = expressions(depth - 1);
  return fc.oneof(
    atom,
    fc.tuple(fc.constantFrom(...built), inner).map(([name, one]) => `$${name}(${one})`),
    fc.tuple(fc.constantFrom(...builtOfTwo), inner, inner).map(([name, one, two]) => `$${name}(${one}, ${two})`),
    fc.tuple(inner, fc.constantFrom(...patterns)).map(([one, pattern]) => `$contains($string(${one}), ${pattern})`),
    fc.tuple(inner, fc.constantFrom(...patterns), inner).map(([one, by, two]) => `$replace(${one}, ${by}, ${two})`),
    fc.tuple(inner, fc.constantFrom(...joints), inner).map(([one, joint, two]) => `(${one} ${joint} ${two})`),
    fc.tuple(inner, inner).map(([one, two]) => `${one}.(${two})`),
    fc.tuple(inner, inner).map(([one, two]) => `${one}[${two}]`),
    fc.tuple(inner, inner).map(([one, two]) => `${one}^(${two})`),
    fc.tuple(inner, inner).map(([one, two]) => `$map(${one}, function($i) { ${two} })`),
    fc.tuple(inner, inner).map(([one, two]) => `$reduce(${one}, function($r, $i) { [$r, ${two}] })`),
    fc.tuple(inner, inner).map(([one, two]) => `($f := function($n) { ${one} ? $f(${two}) : $n }; $f(1))`),
    fc.tuple(inner, inner).map(([one, two]) => `{ "k": ${one}, $string(${two}): 1 }`),
    fc.tuple(inner, inner).map(([one, two]) => `${one} ~> |**|{ "x": ${two} }|`),
    fc.array(inner, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    inner.map((one) => `${one}{ $string($): $count($) }`),
  );
});

/** Data up to the size that a state may have. */
const inputs = fc.constantFrom(1, 100, 20_000).map((size) => ({
  t: 'ab,c1 '.repeat(size),
  n: Array.from({ length: size }, (_, at) => at % 97),
  o: Array.from({ length: Math.ceil(size / 2) }, (_, a) => ({ a })),
}));

export const writtenExpressions: fc.Arbitrary<WrittenExpression> = fc.record({
  text: fc.oneof(expressions(4), expressions(4), fc.string({ maxLength: 40 })),
  input: inputs,
});
