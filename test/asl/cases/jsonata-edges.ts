import type { Json } from '../../../src/asl/index.ts';
import { type Case, expression, expressionFails, jsonata, machine, type RunCase } from '../case.ts';
import { check, find, schema } from '../check.ts';

const added = 'Developer guide, JSONata functions provided by Step Functions';
const measured = 'Report of a user who measured it on AWS';
const recorded = 'Recorded on AWS';
const engine = 'JSONata 2.0.6, which AWS runs';

function gives(text: string, value: Json, proves = measured, input: Json = {}): RunCase {
  return expression(`${text} is ${JSON.stringify(value).slice(0, 60)}`, proves, text, input, value);
}

function fails(text: string, why: string, proves = measured, input: Json = {}): RunCase {
  const cause = `The JSONata expression '${text}' specified for the field 'Output' ${why}`;
  return expressionFails(`${text} ${why}`, proves, text, input, cause);
}

const nothing = 'returned nothing (undefined).';

const ranges: Case[] = [
  gives('$range(0, 6, 2)', [0, 2, 4, 6]),
  gives('$range(3, 3, 1)', 3),
  gives('$range(1, 9, 9)', 1, recorded),
  gives('[$range(3, 3, 1)]', [3], engine),
  gives('$range(3, 3, 1)[]', [3], engine),
  gives('{"r": $range(1, 2, 1)}', { r: [1, 2] }, engine),
  gives('$range(-1.7, 2, 1)', [-1, 0, 1, 2]),
  gives('$range(0.9, 3.9, 1.9)', [0, 1, 2, 3]),
  gives('$range(3, 1, -1)', [3, 2, 1]),
  gives('$count($range(1, 150000, 1))', 150000),
  gives('$range(1, 5, 3)', [1, 4]),
  fails('$range(1, 5, -1)', nothing, `${engine}: a sequence of none`),
  fails('$range(1, 5)', nothing),
  fails('$range(1)', nothing),
  fails('$range()', nothing),
  fails('$range($states.input.no, 5, 1)', nothing),
  fails('$range(1, 5, 0.9)', 'threw an error during evaluation: the step must not be 0', 'Truncation towards zero'),
  fails("$range('1', 5, 1)", 'threw an error during evaluation. T0410: Argument 1 of function "range"', engine),
  fails(
    '$range(1, 400000, 1)',
    'threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage',
  ),
];

const chunks: Case[] = [
  gives('$partition([1,2,3,4], 2)', [
    [1, 2],
    [3, 4],
  ]),
  gives('$partition([1,2,3])', [[1, 2, 3]]),
  gives('$partition([1,2,3], 2.9)', [[1, 2], [3]]),
  gives('$partition([1,2,3], 5)', [[1, 2, 3]], added),
  gives('$partition([], 2)', [], added),
  gives('$partition(7, 2)', [[7]], engine),
  fails('$partition()', nothing),
  fails('$partition($states.input.no, 2)', nothing),
  fails('$partition([1], -1)', 'threw an error during evaluation', measured),
  fails('$partition([1], 0.9)', 'threw an error during evaluation', 'Truncation towards zero'),
  fails("$partition([1], 'x')", 'threw an error during evaluation. T0410: Argument 2 of function "partition"', engine),
];

const digests: Case[] = [
  gives("$hash('input', 'SHA-1')", '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1'),
  gives("$hash('', 'MD5')", 'd41d8cd98f00b204e9800998ecf8427e', added),
  gives("$hash({'a': 1}, 'MD5')", 'bb6cb5c68df4652941caf652a366f2d8', added),
  fails("$hash('input')", nothing),
  fails('$hash()', nothing),
  fails("$hash($states.input.no, 'MD5')", nothing),
  fails("$hash('a', 'SHA-3')", "threw an error during evaluation: unknown hash algorithm 'SHA-3'", added),
  fails("$hash('a', 5)", 'threw an error during evaluation. T0410: Argument 2 of function "hash"', engine),
];

const draws: Case[] = [
  gives('$random(42)', 0.7275636800328681),
  gives('$random(42.9)', 0.7275636800328681, 'java.util.Random takes a long'),
  gives('$random(7)', 0.7306990420600421, 'java.util.Random'),
  gives('$random(-42)', 0.2726154686397476, 'java.util.Random'),
  gives('$random(0)', 0.730967787376657, 'java.util.Random'),
  fails("$random('x')", 'threw an error during evaluation. T0410: Argument 1 of function "random"', engine),
  gives('$parse("{\\"a\\":1}").a', 1),
  gives("$parse('null')", null, added),
  gives("$parse(' [1] ')", [1], added),
  fails('$parse($states.input.no)', nothing, added),
  fails("$parse('{')", 'threw an error during evaluation', added),
  fails('$parse(1)', 'threw an error during evaluation. T0410: Argument 1 of function "parse"', engine),
  gives('$match($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/).index', 0, added),
];

const numbers: Case[] = [
  gives('1/0', 'Infinity', recorded),
  gives('-1/0', '-Infinity', recorded),
  gives('0/0', 'NaN', 'Java writes what JSON has no digits for by its name'),
  gives('[1/0]', ['Infinity']),
  gives("{'k': 1/0}", { k: 'Infinity' }),
  fails('1/0 + 1', 'threw an error during evaluation. D1001: Number out of range: Infinity', engine),
  gives('$string(1e20)', '100000000000000000000', measured),
  gives('$string(-1e20)', '-100000000000000000000', measured),
  gives('$string(999999999999999868928)', '999999999999999900000', measured),
  gives("$string($parse('9223372036854775808'))", '9223372036854776000', measured),
  gives('$string(1e21)', '1e+21', engine),
  gives('1/3', 0.3333333333333333, engine),
  gives('0.1 + 0.2', 0.30000000000000004, engine),
  gives('$string(0.1 + 0.2)', '0.3', engine),
  gives('5 % 3', 2, engine),
  gives('-5 % 3', -2, engine),
  gives('$round(2.5) & $round(3.5) & $round(-0.5)', '240', engine),
  gives('$floor(-1.5)', -2, engine),
  gives('$power(2, 10)', 1024, engine),
  fails('$sqrt(-1)', 'threw an error during evaluation. D3060', engine),
  gives("$number('0x1F')", 31, engine),
  fails("$number('1,000')", 'threw an error during evaluation. D3030', engine),
  gives('$formatBase(255, 16)', 'ff', engine),
  gives("$formatNumber(1234.5, '#,##0.00')", '1,234.50', engine),
  fails("$formatNumber(1, 'x')", 'threw an error during evaluation. D3086: The sub-picture must not contain a passive'),
];

const sequences: Case[] = [
  gives('$states.input.xs[n > 1].n', 2, engine, { xs: [{ n: 1 }, { n: 2 }] }),
  gives('$states.input.xs[n > 0].n', [1, 2], engine, { xs: [{ n: 1 }, { n: 2 }] }),
  gives('$states.input.xs[n > 1].n[]', [2], engine, { xs: [{ n: 1 }, { n: 2 }] }),
  fails('$states.input.xs[n > 5]', nothing, engine, { xs: [{ n: 1 }] }),
  gives('[$states.input.xs[n > 5]]', [], engine, { xs: [{ n: 1 }] }),
  gives('{"a": $states.input.no, "b": 1}', { b: 1 }, engine),
  gives('$map([1], function($v) { $v })', 1, engine),
  gives('$filter([1, 2], function($v) { $v = 2 })', 2, engine),
  gives("$split('a', ',')", ['a'], engine),
  gives("$join([], ',')", '', engine),
  gives('$sum([])', 0, engine),
  fails('$max([])', nothing, engine),
  gives('$reverse([1])', [1], engine),
  gives('$distinct([1, 1])', [1], engine),
  gives('$keys({"a": 1})', 'a', engine),
  gives('$lookup({"a": null}, "a")', null, engine),
  gives('$states.input.xs[-1]', 3, engine, { xs: [1, 2, 3] }),
  gives('$states.input.xs[0.9]', 1, engine, { xs: [1, 2, 3] }),
  gives('$states.input.xs[[0..1]]', [1, 2], engine, { xs: [1, 2, 3] }),
  fails('$states.input.xs[9]', nothing, engine, { xs: [1, 2, 3] }),
];

const texts: Case[] = [
  gives("$substring('abc', -2)", 'bc', engine),
  gives("$substring('abc', 5)", '', engine),
  gives("$substringBefore('abc', 'x')", 'abc', engine),
  gives("$pad('abc', 2)", 'abc', engine),
  gives("$base64encode('ü')", '/A==', engine),
  gives("$base64decode('/A==')", 'ü', engine),
  gives("$base64decode('YQ')", 'a', 'Java: java.util.Base64'),
  fails("$base64decode('!!!')", 'threw an internal error during evaluation.'),
  gives("$string({'a': [1, null]})", '{"a":[1,null]}', engine),
  fails(
    "$sum(['a'])",
    'threw an error during evaluation. T0412: Argument 1 of function "sum" must be an array of "numbers"',
  ),
  fails('$uppercase(1)', 'threw an error during evaluation. T0410: Argument 1 of function "uppercase"', engine),
  fails("$eval('1+1')", 'threw an error during evaluation. T1006: Attempted to invoke a non-function'),
  fails(
    '($f := function($n) { 1 + $f($n + 1) }; $f(0))',
    'threw an error during evaluation: Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive',
  ),
  fails(
    '$count([1..900000])',
    'threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage',
  ),
  gives('$count([1..150000])', 150000),
];

function output(text: string): object {
  return jsonata({ E: { Type: 'Pass', Output: { v: `{% ${text} %}` }, End: true } });
}

const atOutput = '/States/E/Output/v';

/** A definition that AWS refuses for what its expression refers to. */
function unsupported(text: string, ...names: readonly string[]): Case {
  const finds = names.map((name) =>
    find('UNSUPPORTED_JSONATA_EXPRESSION', atOutput, `Reference to '${name}' at the top level is not supported.`),
  );
  return check(`${text} refers to ${names.join(' and ')} at its top level`, measured, output(text), finds);
}

function supported(text: string): Case {
  return check(
    `${text} refers to nothing at its top level`,
    'Developer guide, Transforming data with JSONata',
    output(text),
    [],
  );
}

function invalid(text: string, message: string, proves = measured): Case {
  return check(`${text} is no JSONata: ${message}`, proves, output(text), [
    find('INVALID_JSONATA_EXPRESSION', atOutput, message),
  ]);
}

const references: Case[] = [
  unsupported('phone', 'phone'),
  unsupported('$', '$'),
  unsupported('$$', '$$'),
  unsupported('$.a', '$'),
  unsupported('$$.a.b', '$$'),
  unsupported('a.b', 'a'),
  unsupported('`a b`.c', 'a b'),
  unsupported('a + b + a', 'a', 'b'),
  unsupported('$x := a', 'a'),
  unsupported('(1; a)', 'a'),
  unsupported('$states.input.x ? a : b', 'a', 'b'),
  unsupported('{"k": a}', 'a'),
  unsupported('[1..n]', 'n'),
  unsupported('-a', 'a'),
  unsupported('$sum(a)', 'a'),
  unsupported('a ~> $sum()', 'a'),
  unsupported('$map($states.input, function($v) { a })', 'a'),
  unsupported('a[b > 1]', 'a'),
  unsupported('a^(b)', 'a'),
  unsupported('a{b: c}', 'a'),
  supported('$states.input'),
  supported('$states.input.a[b > 1]'),
  supported('$states.input.a[$.b > 1].c'),
  supported('$states.input.a.$'),
  supported('$states.input.a.{"k": b}'),
  supported('$states.input.a.(b + c)'),
  supported('$states.input.a^(<b, >c)'),
  supported('$states.input.a{b: $sum(c)}'),
  supported('[{"a": 1}][a = 1]'),
  supported('$states.input ~> |a|{"b": c}, ["d"]|'),
  supported('$states.input.a#$i.{"i": $i, "b": b}'),
  supported('$map($states.input.a, function($v) { $v.b })'),
  supported('$states.input.a.$f(b)'),
  supported('$states.input.a.b.%.c'),
  supported('\'a\' & "b" & /c/'),
  supported('function($a) { $a }(1)'),
];

const syntax: Case[] = [
  invalid('1 +', 'Unexpected end of expression'),
  invalid('$x :=', 'Unexpected end of expression'),
  invalid('a[1,2)', 'Expected "]", got ","'),
  invalid('"unterminated', 'String literal must be terminated by a matching quote'),
  invalid('{"a":}', 'The symbol "}" cannot be used as a unary operator'),
  invalid('$match("a", /abc', 'No terminating / in regular expression'),
  invalid('$states.input.a ?? 1', 'The symbol "?" cannot be used as a unary operator', `${engine}: ?? is later`),
  invalid('$states.input.a ?: 1', 'The symbol ":" cannot be used as a unary operator', `${engine}: ?: is later`),
  supported('$exists($states.input.a) ? $states.input.a : 1'),
  supported('$states.input.a ? $states.input.a : 1'),
];

const constants: Case[] = [
  ...[' {% 1 %}', '{% 1 %} ', '{% 1', '1 %}', '{ % 1 % }', '{%%'].map((text) => ({
    name: `'${text}' is a text`,
    proves: recorded,
    definition: jsonata({ P: { Type: 'Pass', Output: text, End: true } }),
    output: text,
  })),
  {
    name: 'An expression may have spaces and lines within its marks',
    proves: recorded,
    definition: jsonata({ P: { Type: 'Pass', Output: '{%\n 1 +\n 1 %}', End: true } }),
    output: 2,
  },
  check(
    'A Condition that is a text is refused',
    'Developer guide, Choice state (JSONata)',
    jsonata({
      C: { Type: 'Choice', Choices: [{ Condition: ' {% true %}', Next: 'S' }], Default: 'S' },
      S: { Type: 'Succeed' },
    }),
    [schema('/States/C/Choices[0]/Condition')],
  ),
  check(
    'An expression of a state within a JSONPath machine is looked at too',
    measured,
    machine({ P: { Type: 'Pass', QueryLanguage: 'JSONata', Assign: { v: '{% a %}' }, End: true } }),
    [find('UNSUPPORTED_JSONATA_EXPRESSION', '/States/P/Assign/v')],
  ),
];

export const jsonataEdges: readonly Case[] = [
  ...ranges,
  ...chunks,
  ...digests,
  ...draws,
  ...numbers,
  ...sequences,
  ...texts,
  ...references,
  ...syntax,
  ...constants,
];
