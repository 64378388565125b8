import type { Json } from '../../../src/asl/index.ts';
import { type Case, machine, parameters, parametersFail, type RunCase } from '../case.ts';
import { check, schema } from '../check.ts';

const guide = 'Developer guide, Intrinsic functions for JSONPath states';
const recorded = 'Recorded on AWS';
const java = 'Java, which AWS runs';

function gives(call: string, input: Json, value: Json, proves = guide): RunCase {
  const name = `${call} of ${shortened(input)} is ${shortened(value)}`;
  return parameters(name, proves, { 'v.$': call }, input, { v: value });
}

function fails(call: string, input: Json, why: string, proves = guide): RunCase {
  const cause = `The function '${call}' had the following error: ${why}`;
  const name = `${call} of ${shortened(input)} fails: ${why}`;
  return parametersFail(name, proves, { 'v.$': call }, input, 'States.IntrinsicFailure', cause);
}

function shortened(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}... (${text.length})` : text;
}

function refused(call: string): Case {
  const definition = machine({ P: { Type: 'Pass', Parameters: { v: { 'x.$': call } }, End: true } });
  const message = "The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call";
  return check(`${call} is refused`, `${guide}; cfn-lint issue 4085`, definition, [
    schema('/States/P/Parameters/v', message),
  ]);
}

const format: Case[] = [
  gives("States.Format('{}', $.o)", { o: { a: 1, b: [] } }, '{a=1, b=[]}', recorded),
  gives("States.Format('{}', $.o)", { o: {} }, '{}', java),
  gives("States.Format('{}', $.o)", { o: { a: { b: 'x y' }, c: null, d: true } }, '{a={b=x y}, c=null, d=true}', java),
  gives("States.Format('{}', $.a)", { a: [] }, '[]', java),
  gives(
    "States.Format('{}', $.a)",
    { a: [1, 'two', null, [false], { x: 1.5 }] },
    '[1, two, null, [false], {x=1.5}]',
    java,
  ),
  gives("States.Format('{}-{}', $.a[*], $.b)", { a: [1, 2], b: 'c' }, '[1, 2]-c', java),
  gives("States.Format('{}', 1.0)", {}, '1.0', java),
  gives("States.Format('{}', -0.5)", {}, '-0.5', java),
  gives("States.Format('{}', 1e3)", {}, '1000.0', java),
  gives("States.Format('{}', 12345678.0)", {}, '1.2345678E7', java),
  gives("States.Format('{}', 0.00099)", {}, '9.9E-4', java),
  gives("States.Format('{}', $.n)", { n: 0.001 }, '0.001', java),
  gives("States.Format('{}', $.n)", { n: 0.0001 }, '1.0E-4', java),
  gives("States.Format('{}', $.n)", { n: 9999999.5 }, '9999999.5', java),
  gives("States.Format('{}', $.n)", { n: 12345678.5 }, '1.23456785E7', java),
  gives("States.Format('{}', $.n)", { n: 12345678 }, '12345678', java),
  gives("States.Format('{}', $.n)", { n: 1.5e300 }, '1.5E300', java),
  gives("States.Format('{}', $.n)", { n: 0.1 + 0.2 }, '0.30000000000000004', java),
  gives("States.Format('{}', $.s)", { s: '' }, ''),
  gives("States.Format('{}', $.s)", { s: 'a {} b' }, 'a {} b', `${guide}: a value is no template`),
  gives("States.Format('')", {}, ''),
  gives('States.Format($.t)', { t: 'plain' }, 'plain'),
  fails('States.Format($.t)', { t: 5 }, 'argument 1 must be a string, but was number'),
  fails('States.Format($.t)', { t: '{}' }, 'there are more placeholders than arguments'),
  fails("States.Format('', 1)", {}, 'there are more arguments than placeholders'),
  fails("States.Format('{}}', 1)", {}, "a brace that is part of the text must be written '\\{' or '\\}'"),
];

const json: Case[] = [
  gives("States.StringToJson('')", {}, null, recorded),
  gives("States.StringToJson(' ')", {}, null, recorded),
  gives('States.StringToJson($.t)', { t: ' \n\t\r ' }, null, recorded),
  gives('States.StringToJson($.t)', { t: 'null' }, null),
  gives('States.StringToJson($.t)', { t: '"text"' }, 'text'),
  gives('States.StringToJson($.t)', { t: ' [1, {"a": true}] ' }, [1, { a: true }]),
  gives('States.StringToJson($.t)', { t: '-1.5e3' }, -1500),
  fails('States.StringToJson($.t)', { t: '{"a":' }, 'the string is not valid JSON'),
  fails('States.StringToJson($.t)', { t: "{'a':1}" }, 'the string is not valid JSON'),
  fails('States.StringToJson($.t)', { t: {} }, 'argument 1 must be a string, but was object'),
  fails('States.StringToJson($.t)', { t: null }, 'argument 1 must be a string, but was null'),
  gives('States.JsonToString($.o)', { o: {} }, '{}'),
  gives('States.JsonToString($.o)', { o: { a: [1, 'x "y"', null] } }, '{"a":[1,"x \\"y\\"",null]}'),
  gives('States.StringToJson(States.JsonToString($.o))', { o: { a: ['ü', '\n'] } }, { a: ['ü', '\n'] }),
  gives('States.JsonMerge($.a, $.b, false)', { a: {}, b: {} }, {}),
  gives('States.JsonMerge($.a, $.b, false)', { a: { x: { y: 1 } }, b: { x: null } }, { x: null }),
  fails('States.JsonMerge($.a, $.b, false)', { a: {}, b: null }, 'argument 2 must be an object, but was null'),
  fails(
    'States.JsonMerge($.a, $.b, null)',
    { a: {}, b: {} },
    'argument 3 must be false: deep merging is not supported',
  ),
];

const arrays: Case[] = [
  gives('States.Array(null)', {}, [null]),
  gives('States.Array($.a)', { a: [] }, [[]]),
  gives('States.Array(States.Array())', {}, [[]]),
  gives('States.ArrayPartition($.a, 1)', { a: [1, 2] }, [[1], [2]]),
  gives('States.ArrayPartition($.a, 2)', { a: [1, 2] }, [[1, 2]]),
  gives('States.ArrayPartition($.a, 3)', { a: [1, 2] }, [[1, 2]]),
  gives('States.ArrayPartition($.a, 2147483647)', { a: [1] }, [[1]]),
  gives('States.ArrayPartition($.a, 1.5)', { a: [1, 2, 3] }, [[1, 2], [3]], `${guide}: rounded to the nearest integer`),
  gives('States.ArrayPartition($.a, 0.5)', { a: [1, 2] }, [[1], [2]], `${guide}: rounded to the nearest integer`),
  fails('States.ArrayPartition($.a, 0.4)', { a: [1] }, 'the chunk size must be a positive integer'),
  fails('States.ArrayPartition($.a, -2)', { a: [1] }, 'the chunk size must be a positive integer'),
  fails("States.ArrayPartition($.a, '2')", { a: [1] }, 'argument 2 must be a number, but was string'),
  fails('States.ArrayPartition($.a, 2)', { a: null }, 'argument 1 must be an array, but was null'),
  gives('States.ArrayContains($.a, $.x)', { a: [], x: 1 }, false),
  gives('States.ArrayContains($.a, null)', { a: [null] }, true),
  gives('States.ArrayContains($.a, $.x)', { a: [[1, 2]], x: [1, 2] }, true),
  gives('States.ArrayContains($.a, $.x)', { a: ['1'], x: 1 }, false),
  gives('States.ArrayContains($.a, 1.0)', { a: [1] }, true),
  gives('States.ArrayRange(1, 1, 1)', {}, [1]),
  gives('States.ArrayRange(1, 9, 9)', {}, [1], `${guide}: an array, of one element too`),
  gives('States.ArrayRange(0, -3, -1)', {}, [0, -1, -2, -3]),
  gives('States.ArrayRange(1, 5, -1)', {}, []),
  gives('States.ArrayRange(0.5, 2.4, 1.4)', {}, [1, 2], `${guide}: rounded to the nearest integer`),
  gives('States.ArrayRange(-1.5, 1, 1)', {}, [-1, 0, 1], `${guide}: rounded to the nearest integer; Math.round`),
  {
    ...gives('States.ArrayLength(States.ArrayRange(1, 1000, 1))', {}, 1000),
    name: 'A range has a thousand items at most',
  },
  fails('States.ArrayRange(1, 1001, 1)', {}, 'the range has more than 1000 items'),
  fails('States.ArrayRange(1, 2, 0.4)', {}, 'the step must not be 0', `${guide}: rounded to the nearest integer`),
  fails("States.ArrayRange('1', 2, 1)", {}, 'argument 1 must be a number, but was string'),
  gives('States.ArrayGetItem($.a, 0)', { a: [null] }, null),
  gives('States.ArrayGetItem($.a, 1)', { a: ['x', { y: 1 }] }, { y: 1 }),
  fails('States.ArrayGetItem($.a, 0)', { a: [] }, 'index 0 is outside the array'),
  fails('States.ArrayGetItem($.a, 2147483647)', { a: [1] }, 'index 2147483647 is outside the array'),
  fails('States.ArrayGetItem($.a, 0)', { a: { '0': 1 } }, 'argument 1 must be an array, but was object'),
  gives('States.ArrayLength($.a)', { a: [] }, 0),
  gives('States.ArrayLength($.a)', { a: [null, null] }, 2),
  gives('States.ArrayLength($)', [1, 2, 3], 3),
  gives('States.ArrayUnique($.a)', { a: [] }, []),
  gives('States.ArrayUnique($.a)', { a: [[1], [1], [2], {}, {}] }, [[1], [2], {}]),
  gives('States.ArrayUnique($.a)', { a: [true, 'true', 1, true] }, [true, 'true', 1]),
  fails('States.ArrayUnique($.a)', { a: 'aab' }, 'argument 1 must be an array, but was string'),
];

const decoder = `${java}: java.util.Base64`;

const encoding: Case[] = [
  gives("States.Base64Encode('')", {}, ''),
  gives("States.Base64Decode('')", {}, ''),
  gives("States.Base64Decode('YQ')", {}, 'a', decoder),
  gives("States.Base64Decode('YWI')", {}, 'ab', decoder),
  fails("States.Base64Decode('YQ=')", {}, 'Input byte array has wrong 4-byte ending unit', decoder),
  fails("States.Base64Decode('YQ=a')", {}, 'Input byte array has wrong 4-byte ending unit', decoder),
  fails("States.Base64Decode('YWJj====')", {}, 'Input byte array has wrong 4-byte ending unit', decoder),
  fails("States.Base64Decode('YQ===')", {}, 'Input byte array has incorrect ending byte at 4', decoder),
  fails("States.Base64Decode('YWI=YQ==')", {}, 'Input byte array has incorrect ending byte at 4', decoder),
  fails("States.Base64Decode('YWJjZ')", {}, 'Last unit does not have enough valid bits', decoder),
  fails("States.Base64Decode('Y')", {}, 'Input byte[] should at least have 2 bytes for base64 bytes', decoder),
  fails("States.Base64Decode('YWJj!')", {}, 'Illegal base64 character 21', decoder),
  fails("States.Base64Decode('-_')", {}, 'Illegal base64 character 2d', decoder),
  fails('States.Base64Decode($.t)', { t: 'YWJj\n' }, 'Illegal base64 character a', decoder),
  fails("States.Base64Decode('Yé')", {}, 'Illegal base64 character -17', decoder),
  fails("States.Base64Decode('Y√')", {}, 'Illegal base64 character 3f', decoder),
  {
    ...gives('States.Base64Decode(States.Base64Encode($.t))', { t: 'x'.repeat(7_000) }, 'x'.repeat(7_000)),
    name: 'Base64 there and back, near its limit',
  },
  fails('States.Base64Decode(null)', {}, 'argument 1 must be a string, but was null'),
  gives("States.Hash('', 'MD5')", {}, 'd41d8cd98f00b204e9800998ecf8427e', 'RFC 1321, A.5'),
  gives("States.Hash('input', 'SHA-1')", {}, '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1', 'Report of a user of AWS'),
  gives(
    "States.Hash($.o, 'MD5')",
    { o: { a: 1 } },
    'bb6cb5c68df4652941caf652a366f2d8',
    `${guide}: the JSON of an object`,
  ),
  fails("States.Hash('a', 'sha-1')", {}, "unknown hash algorithm 'sha-1'"),
  fails("States.Hash('a', 'SHA-224')", {}, "unknown hash algorithm 'SHA-224'"),
  fails("States.Hash('a', 1)", {}, 'argument 2 must be a string, but was number'),
  {
    ...fails("States.Hash($.t, 'MD5')", { t: 'x'.repeat(10_001) }, 'the data is longer than 10000 characters'),
    name: 'States.Hash takes 10,000 characters',
  },
];

const seeded = `${java}: java.util.Random`;

const numbers: Case[] = [
  gives('States.MathAdd(2147483646, 1)', {}, 2147483647),
  gives('States.MathAdd(-2147483647, -1)', {}, -2147483648),
  gives('States.MathAdd(0.5, 0.5)', {}, 2, `${guide}: rounded to the nearest integer`),
  gives('States.MathAdd(-0.5, -1.5)', {}, -1, `${guide}: rounded to the nearest integer; Math.round`),
  gives('States.MathAdd($.a, $.b)', { a: 1e3, b: 0 }, 1000),
  fails('States.MathAdd(-2147483648, -1)', {}, '-2147483649 is no 32 bit integer'),
  fails('States.MathAdd(2147483648, 0)', {}, '2147483648 is no 32 bit integer'),
  fails('States.MathAdd(null, 0)', {}, 'argument 1 must be a number, but was null'),
  fails('States.MathAdd($.a, 0)', { a: true }, 'argument 1 must be a number, but was boolean'),
  gives('States.MathRandom(0, 10, 42)', {}, 0, seeded),
  gives('States.MathRandom(1, 999, 7)', {}, 853, seeded),
  gives('States.MathRandom(1, 999, -42)', {}, 486, seeded),
  gives('States.MathRandom(-2147483648, 2147483647, 7)', {}, -1156638823, seeded),
  gives('States.MathRandom(0, 1, 5)', {}, 0),
  gives('States.MathRandom(0.6, 1.6)', {}, 1, `${guide}: rounded to the nearest integer`),
  fails('States.MathRandom(3, 2)', {}, 'the end must be greater than the start'),
  fails('States.MathRandom(0, 2147483648)', {}, '2147483648 is no 32 bit integer'),
  fails("States.MathRandom(0, 10, 'x')", {}, 'argument 3 must be a number, but was string'),
];

const apart = 'Report of a user of AWS: empty parts are left out, every character of the second text splits';

const splits: Case[] = [
  gives("States.StringSplit('', ',')", {}, []),
  gives("States.StringSplit('', '')", {}, [], `${java}: StringUtils.split`),
  gives("States.StringSplit('abc', '')", {}, ['abc'], `${java}: StringUtils.split`),
  gives("States.StringSplit('abc', ',')", {}, ['abc']),
  gives("States.StringSplit(',a,,b,', ',')", {}, ['a', 'b'], apart),
  gives("States.StringSplit(',,', ',')", {}, [], apart),
  gives("States.StringSplit('a.b-c', '-.')", {}, ['a', 'b', 'c'], apart),
  gives("States.StringSplit('a, b', ', ')", {}, ['a', 'b'], apart),
  gives("States.ArrayGetItem(States.StringSplit($$.Execution.Id, ':'), 3)", {}, 'us-west-2', apart),
  fails("States.StringSplit('a', 1)", {}, 'argument 2 must be a string, but was number'),
  fails("States.StringSplit(null, ',')", {}, 'argument 1 must be a string, but was null'),
];

const syntax: Case[] = [
  gives("States.Array('a, b', ')')", {}, ['a, b', ')']),
  gives('States.Array( 1 ,2 )', {}, [1, 2]),
  gives("States.Array($['a,b'], $.x.['c)'])", { 'a,b': 1, x: { 'c)': 2 } }, [1, 2]),
  gives('States.Array($.a[(@.length-1)], $.b)', { a: [1, 2], b: 3 }, [2, 3]),
  gives('States.Array($.a[0,1], $.b)', { a: [1, 2], b: 3 }, [[1, 2], 3]),
  gives("States.Array($['a','b'])", { a: 1, b: 2 }, [{ a: 1, b: 2 }]),
  gives("States.Array('it\\'s', 'a\\\\b')", {}, ["it's", 'a\\b']),
  ...[
    'States.Nope()',
    'States.Array(1',
    'States.Array(1))',
    "States.Array('a)",
    'States.Array(1,)',
    'States.Array(a)',
    'States.Array("a")',
    "States.Array('\\n')",
    'States.MathAdd(1)',
    'States.MathAdd(1, 2, 3)',
    'States.MathRandom(1)',
    'States.UUID(1)',
    'States.Format()',
    'States.ArrayGetItem($.a)',
    'States.MathAdd(1e999, 1)',
    'states.Array(1)',
    'States.Array(1)[0]',
  ].map(refused),
];

export const intrinsicEdges: readonly Case[] = [
  ...format,
  ...json,
  ...arrays,
  ...encoding,
  ...numbers,
  ...splits,
  ...syntax,
];
