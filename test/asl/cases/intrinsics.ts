import type { Json } from '../../../src/asl/index.ts';
import { type Case, parameters, parametersFail, type RunCase } from '../case.ts';

const guide = 'Developer guide, Intrinsic functions';

function gives(call: string, input: Json, value: Json, name = `${call} gives ${JSON.stringify(value)}`): RunCase {
  return parameters(name, `${guide}, ${call.slice(0, call.indexOf('('))}`, { 'v.$': call }, input, { v: value });
}

function refuses(call: string, input: Json, why: string): RunCase {
  const proves = `${guide}, ${call.slice(0, call.indexOf('('))}; error name States.IntrinsicFailure`;
  return parametersFail(
    `${call} of ${JSON.stringify(input)} fails: ${why}`,
    proves,
    { 'v.$': call },
    input,
    'States.IntrinsicFailure',
    why,
  );
}

const arrays: RunCase[] = [
  gives('States.Array($.Id)', { Id: 123456 }, [123456]),
  gives('States.Array()', {}, []),
  gives("States.Array('a', 1, true, null, $.x)", { x: { y: 1 } }, ['a', 1, true, null, { y: 1 }]),
  gives('States.ArrayPartition($.inputArray, 4)', { inputArray: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
    [9],
  ]),
  gives('States.ArrayPartition($.a, 2)', { a: [] }, []),
  gives('States.ArrayPartition($.a, 2.4)', { a: [1, 2, 3] }, [[1, 2], [3]]),
  refuses('States.ArrayPartition($.a, 0)', { a: [1] }, 'positive integer'),
  refuses('States.ArrayPartition($.a, 2)', { a: 'x' }, 'must be an array'),
  gives(
    'States.ArrayContains($.inputArray, $.lookingFor)',
    { inputArray: [1, 2, 3, 4, 5, 6, 7, 8, 9], lookingFor: 5 },
    true,
  ),
  gives("States.ArrayContains($.a, 'z')", { a: ['x', 'y'] }, false),
  gives('States.ArrayContains($.a, $.o)', { a: [{ x: 1, y: [2] }], o: { y: [2], x: 1 } }, true),
  refuses('States.ArrayContains($.a, 1)', { a: {} }, 'must be an array'),
  gives('States.ArrayRange(1, 9, 2)', {}, [1, 3, 5, 7, 9]),
  gives('States.ArrayRange(5, 1, -2)', {}, [5, 3, 1]),
  gives('States.ArrayRange(0, 5, 2)', {}, [0, 2, 4]),
  gives('States.ArrayRange(3, 1, 1)', {}, []),
  refuses('States.ArrayRange(0, 10, 0)', {}, 'must not be 0'),
  refuses('States.ArrayRange(0, 1000, 1)', {}, 'more than 1000'),
  gives('States.ArrayGetItem($.inputArray, $.index)', { inputArray: [1, 2, 3, 4, 5, 6, 7, 8, 9], index: 5 }, 6),
  refuses('States.ArrayGetItem($.a, 3)', { a: [1, 2, 3] }, 'outside the array'),
  refuses('States.ArrayGetItem($.a, -1)', { a: [1, 2, 3] }, 'outside the array'),
  gives('States.ArrayLength($.inputArray)', { inputArray: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, 9),
  gives('States.ArrayLength($.a[*].b)', { a: [{ b: 1 }, {}, { b: 2 }] }, 2),
  refuses('States.ArrayLength($.a)', { a: 'three' }, 'must be an array'),
  gives('States.ArrayUnique($.inputArray)', { inputArray: [1, 2, 3, 3, 3, 3, 3, 3, 4] }, [1, 2, 3, 4]),
  gives('States.ArrayUnique($.a)', { a: [{ x: 1, y: 2 }, { y: 2, x: 1 }, 1, '1', null, null, '{"x":1,"y":2}'] }, [
    { x: 1, y: 2 },
    1,
    '1',
    null,
    '{"x":1,"y":2}',
  ]),
];

const encoding: RunCase[] = [
  gives('States.Base64Encode($.input)', { input: 'Data to encode' }, 'RGF0YSB0byBlbmNvZGU='),
  gives('States.Base64Decode($.base64)', { base64: 'RGF0YSB0byBlbmNvZGU=' }, 'Data to encode'),
  gives("States.Base64Encode('ü')", {}, 'w7w='),
  gives("States.Base64Decode('w7w=')", {}, 'ü'),
  {
    ...refuses('States.Base64Encode($.t)', { t: 'x'.repeat(10_001) }, 'longer than 10000'),
    name: 'States.Base64Encode of 10,001 characters fails',
  },
  refuses('States.Base64Encode($.t)', { t: 5 }, 'must be a string'),
  // Digests are those of RFC 1321 and FIPS 180 for the text 'abc'.
  gives("States.Hash('abc', 'MD5')", {}, '900150983cd24fb0d6963f7d28e17f72'),
  gives("States.Hash('abc', 'SHA-1')", {}, 'a9993e364706816aba3e25717850c26c9cd0d89d'),
  gives("States.Hash('abc', 'SHA-256')", {}, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'),
  gives(
    "States.Hash('abc', 'SHA-384')",
    {},
    'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
  ),
  gives(
    "States.Hash('abc', 'SHA-512')",
    {},
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  ),
  gives(
    'States.Hash($.Data, $.Algorithm)',
    { Data: 'input data', Algorithm: 'SHA-1' },
    'aaff4a450a104cd177d28d18d74485e8cae074b7',
  ),
  refuses("States.Hash('abc', 'SHA-3')", {}, 'unknown hash algorithm'),
];

const data: RunCase[] = [
  gives(
    'States.JsonMerge($.json1, $.json2, false)',
    { json1: { a: { a1: 1, a2: 2 }, b: 2 }, json2: { a: { a3: 1, a4: 2 }, c: 3 } },
    { a: { a3: 1, a4: 2 }, b: 2, c: 3 },
  ),
  refuses('States.JsonMerge($.a, $.b, true)', { a: {}, b: {} }, 'deep merging is not supported'),
  refuses('States.JsonMerge($.a, $.b, false)', { a: [], b: {} }, 'must be an object'),
  gives('States.StringToJson($.escapedJsonString)', { escapedJsonString: '{"foo": "bar"}' }, { foo: 'bar' }),
  gives("States.StringToJson('[1, 2]')", {}, [1, 2]),
  refuses('States.StringToJson($.t)', { t: '{oops' }, 'not valid JSON'),
  gives('States.JsonToString($.unescapedJson)', { unescapedJson: { foo: 'bar' } }, '{"foo":"bar"}'),
  gives("States.JsonToString('x')", {}, '"x"'),
  gives('States.JsonToString(null)', {}, 'null'),
];

const numbers: RunCase[] = [
  gives('States.MathAdd($.value1, $.step)', { value1: 111, step: -1 }, 110),
  gives('States.MathAdd(1.4, 1.6)', {}, 3),
  refuses('States.MathAdd(2147483647, 1)', {}, '32 bit'),
  refuses("States.MathAdd('1', 1)", {}, 'must be a number'),
  gives('States.MathRandom(5, 6)', {}, 5),
  gives('States.MathRandom(-3, -2)', {}, -3),
  refuses('States.MathRandom(5, 5)', {}, 'greater than the start'),
];

const strings: RunCase[] = [
  gives('States.StringSplit($.inputString, $.splitter)', { inputString: '1,2,3,4,5', splitter: ',' }, [
    '1',
    '2',
    '3',
    '4',
    '5',
  ]),
  gives(
    'States.StringSplit($.inputString, $.splitter)',
    { inputString: 'This.is+a,test=string', splitter: '.+,=' },
    ['This', 'is', 'a', 'test', 'string'],
    'States.StringSplit splits at each of several delimiters',
  ),
  refuses("States.StringSplit($.t, ',')", { t: [] }, 'must be a string'),
  gives("States.Format('Hello, my name is {}.', $.name)", { name: 'Arnav' }, 'Hello, my name is Arnav.'),
  gives(
    'States.Format($.template, $.name)',
    { template: 'Hello, my name is {}.', name: 'Arnav' },
    'Hello, my name is Arnav.',
  ),
  gives("States.Format('{} {} {} {}', 1.5, true, null, 'x')", {}, '1.5 true null x'),
  gives("States.Format('no placeholder')", {}, 'no placeholder'),
  refuses("States.Format('{} {}', 1)", {}, 'more placeholders than arguments'),
  refuses("States.Format('{}', 1, 2)", {}, 'more arguments than placeholders'),
  gives("States.Format('\\{\\}{}', 1)", {}, '{}1', 'A backslash makes a brace a character'),
  gives("States.Format('it\\'s {}', 1)", {}, "it's 1", 'A backslash makes a quote a character'),
  gives("States.Format('a\\\\b')", {}, 'a\\b', 'A backslash makes a backslash a character'),
  refuses("States.Format('{ {}', 1)", {}, 'must be written'),
];

const nesting: RunCase[] = [
  gives(
    "States.ArrayGetItem(States.StringSplit($.arn, ':'), 5)",
    { arn: 'arn:aws:batch:us-west-2:123456789012:job-queue/q' },
    'job-queue/q',
  ),
  gives(
    "States.Format('{}.{}.{}', States.ArrayGetItem(States.StringSplit(States.ArrayGetItem(States.StringSplit($.ImageRecipe.Arn, '/'), 2), '.'), 0), States.ArrayGetItem(States.StringSplit(States.ArrayGetItem(States.StringSplit($.ImageRecipe.Arn, '/'), 2), '.'), 1), 'z')",
    { ImageRecipe: { Arn: 'arn/recipe/1.2.3' } },
    '1.2.z',
    'Functions nest, as the example of the guide does',
  ),
  gives(
    "States.ArrayLength($.a[?(@.b == 'x,)')])",
    { a: [{ b: 'x,)' }, { b: 'y' }] },
    1,
    'A path argument may hold commas and brackets of its own',
  ),
  gives("States.Format('{}', $$.Execution.Name)", {}, 'run', 'An argument may be of the context object'),
  parametersFail(
    'An argument path that leads nowhere fails the state',
    guide,
    { 'v.$': 'States.ArrayLength($.missing)' },
    {},
    'States.Runtime',
    'could not be found in the input',
  ),
];

export const intrinsics: readonly Case[] = [
  ...arrays,
  ...encoding,
  ...data,
  ...numbers,
  ...strings,
  ...nesting,
  parameters(
    'States.MathRandom with the same seed gives the same number',
    `${guide}, States.MathRandom`,
    {
      'n.$':
        'States.ArrayLength(States.ArrayUnique(States.Array(States.MathRandom(0, 1000000, 7), States.MathRandom(0, 1000000, 7))))',
    },
    {},
    { n: 1 },
  ),
  parameters(
    'Two calls of States.UUID give different UUIDs',
    `${guide}, States.UUID`,
    { 'n.$': 'States.ArrayLength(States.ArrayUnique(States.Array(States.UUID(), States.UUID())))' },
    {},
    { n: 2 },
  ),
  parameters(
    'States.UUID has the five groups of a UUID',
    `${guide}, States.UUID`,
    { 'n.$': "States.ArrayLength(States.StringSplit(States.UUID(), '-'))" },
    {},
    { n: 5 },
  ),
];
