import type { Json } from '../../../src/asl/index.ts';
import { type Case, machine, parameters, parametersFail, type RunCase } from '../case.ts';
import { check, schema } from '../check.ts';

const jayway = 'Jayway JSONPath 2.0.0, which AWS runs';
const guide = 'Developer guide, Using JSONPath paths';
const report = 'Report of a user of AWS';
const recorded = 'Recorded on AWS';

function leads(text: string, input: Json, value: Json, proves = jayway): RunCase {
  return parameters(`${text} of ${JSON.stringify(input)} is ${JSON.stringify(value)}`, proves, { 'v.$': text }, input, {
    v: value,
  });
}

/** The path is taken at creation, and leads nowhere. */
function nowhere(text: string, input: Json, proves = jayway): RunCase {
  const cause = `The JSONPath '${text}' specified for the field 'v.$' could not be found in the input '${JSON.stringify(input)}'`;
  const name = `${text} of ${JSON.stringify(input)} leads nowhere`;
  return parametersFail(name, proves, { 'v.$': text }, input, 'States.Runtime', cause);
}

/** What `InputPath` fails with: Jayway's words stand in it. */
function because(text: string, input: Json, why: string, proves = jayway): RunCase {
  return {
    name: `InputPath ${text} of ${JSON.stringify(input)}: ${why}`,
    proves,
    definition: machine({ P: { Type: 'Pass', InputPath: text, End: true } }),
    input,
    status: 'FAILED',
    error: 'States.Runtime',
    cause: `An error occurred while executing the state 'P' (entered at the event id #2). Invalid path '${text}' : ${why}`,
  };
}

/** The text is no path, and the definition is refused. */
function refused(text: string, proves = jayway): Case {
  const definition = machine({ P: { Type: 'Pass', Parameters: { 'v.$': text }, End: true } });
  return check(`${text} is no path`, proves, definition, [schema('/States/P/Parameters')]);
}

const names: Case[] = [
  leads("$.['a']", { a: 1 }, 1, recorded),
  leads("$.a.['b']", { a: { b: 1 } }, 1, recorded),
  leads(
    "$.Parameters.['metaflow.run_id']",
    { Parameters: { 'metaflow.run_id': 'r' } },
    'r',
    'Metaflow, what it deploys',
  ),
  leads("$.abc.['def ghi']", { abc: { 'def ghi': 1 } }, 1, guide),
  leads('$.[0]', ['x', 'y'], 'x', 'Report of a user of AWS, asl-validator issue 47'),
  leads('$.a.[1]', { a: [1, 2] }, 2),
  leads('$.a.[*]', { a: [1, 2] }, [1, 2]),
  leads("$['']", { '': 1 }, 1),
  leads("$['a.b']", { 'a.b': 1, a: { b: 2 } }, 1),
  leads("$['a']['b']", { a: { b: 1 } }, 1),
  leads("$[ 'a' ]", { a: 1 }, 1),
  leads("$['*']", { '*': 1, a: 2 }, 1),
  leads("$['a\\\"b']", { 'a\\"b': 1, 'a"b': 2 }, 1, recorded),
  leads("$['a\\\\b']", { 'a\\\\b': 1, 'a\\b': 2 }, 1),
  leads('$.a-b', { 'a-b': 1 }, 1),
  leads('$.a@b', { 'a@b': 1 }, 1),
  leads('$.a:b', { 'a:b': 1 }, 1),
  leads('$.$id', { $id: 1 }, 1),
  leads('$.0', { '0': 1 }, 1),
  leads('$.a*', { 'a*': 1, ab: 2 }, 1),
  leads("$['a','b']", { a: 1, b: 2, c: 3 }, { a: 1, b: 2 }, recorded),
  leads("$.['a','b']", { a: 1, b: 2, c: 3 }, { a: 1, b: 2 }, recorded),
  leads("$.x['b', 'a']", { x: { a: 1, b: 2 } }, { a: 1, b: 2 }),
  leads("$['a','no']", { a: 1, b: 2 }, { a: 1 }),
  leads("$['no','nor']", { a: 1 }, {}),
  nowhere("$['a','b'].x", { a: { x: 1 }, b: { x: 2 } }),
  leads("$.xs[*]['a','b']", { xs: [{ a: 1, b: 2, c: 3 }, { a: 4 }] }, [{ a: 1, b: 2 }, { a: 4 }]),
  leads("$..['a','b']", { a: 1, x: { a: 2, b: 3, c: 4 } }, [{ a: 2, b: 3 }]),
  refused('$.a b'),
  refused("$['a'"),
  refused("$['a"),
  refused("$['a',]"),
  refused('$[]'),
  refused('$[a]'),
  refused('$a b'),
  refused('a.b'),
  refused('$.'),
  refused('$.a.'),
  refused('$..'),
  refused('$.a..'),
];

const functions: Case[] = [
  nowhere('$.Jobs.sum()', { Jobs: [0, 1] }, 'Report of a user of AWS, re:Post, sum() is not found'),
  nowhere('$.a.length()', { a: [1] }, `${guide}: functions are not supported`),
  leads('$.a.length()', { a: { 'length()': 1 } }, 1, `${guide}: functions are not supported`),
  because(
    '$.list.length()',
    { list: [1] },
    "Property ['length()'] not found in path $['list']",
    'Report of a user of AWS, developer guide pull request 5',
  ),
  nowhere('$.a.min()', { a: [1, 2] }, `${guide}: functions are not supported`),
  nowhere('$.a.keys()', { a: { x: 1 } }, `${guide}: functions are not supported`),
];

const elements: Case[] = [
  nowhere('$.array[-1].name', { array: [{ name: 'hoge' }] }, `${report}, zenn.dev 9f265419e4fda9`),
  nowhere('$.a[-1]', { a: [1, 2] }),
  leads('$.a[(@.length-1)]', { a: [1, 2, 3] }, 3, `${report}, zenn.dev 9f265419e4fda9`),
  leads('$[(@.length-1)].bar', [{ bar: 1 }, { bar: 2 }], 2, `${report}, asl-validator issue 90`),
  leads('$.a[(@.length-3)]', { a: [1, 2, 3] }, 1),
  leads('$.a[( @.length - 2 )]', { a: [1, 2, 3] }, 2),
  leads('$.a[(@.size()-1)]', { a: [1, 2, 3] }, 3),
  nowhere('$.a[(@.length-4)]', { a: [1, 2, 3] }),
  nowhere('$.a[(@.length-0)]', { a: [1, 2, 3] }),
  nowhere('$.a[(@.length-1)]', { a: [] }),
  leads('$.a[0]', { a: [null] }, null),
  leads('$.a[00]', { a: [5] }, 5),
  leads('$.a[ 1 ]', { a: [5, 6] }, 6),
  leads('$.a[0][1]', { a: [[1, 2]] }, 2),
  nowhere('$.a[2]', { a: [1, 2] }),
  nowhere('$.a[0]', { a: [] }),
  nowhere('$.a[2147483647]', { a: [1] }),
  refused('$.a[2147483648]'),
  refused('$.a[-2147483649]'),
  refused('$.a[1.5]'),
  leads('$.a[0,2]', { a: [1, 2, 3] }, [1, 3]),
  leads('$.a[2,0,0]', { a: [1, 2, 3] }, [3, 1, 1]),
  nowhere('$.a[0,7]', { a: [1, 2, 3] }),
  nowhere('$.a[0,-1]', { a: [1, 2, 3] }),
  leads('$.a[1:]', { a: [1, 2, 3] }, [2, 3]),
  leads('$.a[-2:]', { a: [1, 2, 3] }, [2, 3]),
  leads('$.a[-9:]', { a: [1, 2, 3] }, [1, 2, 3]),
  leads('$.a[3:]', { a: [1, 2, 3] }, []),
  leads('$.a[:2]', { a: [1, 2, 3] }, [1, 2]),
  leads('$.a[:-1]', { a: [1, 2, 3] }, [1, 2]),
  leads('$.a[:9]', { a: [1, 2, 3] }, [1, 2, 3]),
  leads('$.a[:0]', { a: [1, 2, 3] }, []),
  leads('$.a[0:2]', { a: [1, 2, 3, 4] }, [1, 2], 'States Language issue 10: the second number is a higher-than bound'),
  leads('$.a[1:9]', { a: [1, 2, 3] }, [2, 3]),
  leads('$.a[2:1]', { a: [1, 2, 3] }, []),
  leads('$.a[1:-1]', { a: [1, 2, 3] }, []),
  nowhere('$.a[-3:-1]', { a: [1, 2, 3] }),
  nowhere('$.a[-2:2]', { a: [1, 2, 3] }),
  leads('$.a[:-5]', { a: [1, 2, 3] }, []),
  leads('$.a[1:]', { a: [] }, []),
  leads('$.a[:1].x', { a: [{ x: 1 }, { x: 2 }] }, [1]),
  refused('$.a[:]'),
  refused('$.a[0:4:2]'),
  refused('$.a[(@.width-1)]'),
  refused('$.a[(@.length+1)]'),
];

const searches: Case[] = [
  leads('$.*', { a: 1, b: [2] }, [1, [2]]),
  leads('$.*', [], []),
  leads('$.a.*', { a: 5 }, []),
  leads('$.xs[*].n', { xs: [{ n: 1 }, {}, 'x', null, { n: 2 }] }, [1, 2]),
  leads('$.xs[*].n.m', { xs: [{ n: { m: 1 } }, {}, { n: 5 }] }, [1]),
  leads('$.xs[*][0]', { xs: [[1, 2], [], null, [3]] }, [1, 3]),
  nowhere('$.xs[*][0]', { xs: [[1, 2], 'x'] }),
  leads('$.m.*.x', { m: { p: { x: 1 }, q: { x: 2 } } }, [1, 2]),
  nowhere('$.m.*.x', { m: { p: { x: 1 }, q: {} } }),
  nowhere('$.xs[0:2].x', { xs: [{ x: 1 }, {}] }),
  leads('$.xs[0:2].x.y', { xs: [{ x: { y: 1 } }, {}] }, [1]),
  leads('$.xs[*][*]', { xs: [[1, 2], [], [3]] }, [1, 2, 3], `${guide}, Flattening an array of arrays`),
  leads('$..n', { n: 1, a: { n: { n: 2 } } }, [1, { n: 2 }, 2]),
  leads('$..no', { a: 1 }, []),
  leads('$..a[0]', { a: [1, 2], x: { a: [3] } }, [1, 3]),
  leads('$..*', { a: { b: 1 }, c: 2 }, [{ b: 1 }, 2, 1]),
  leads('$.x..n', { x: [{ n: 1 }, [{ n: 2 }]], n: 3 }, [1, 2]),
  leads("$..['n']", { a: [{ n: 1 }] }, [1]),
  leads('$..n', 5, []),
  leads('$.no[*]', {}, []),
  leads('$.no[*].n', {}, []),
  leads('$.no.x[*]', {}, []),
  leads('$.no..n', {}, []),
  leads('$.no[1:]', {}, []),
  leads('$.no[?(@.n)]', {}, []),
  nowhere('$.a.x[*]', { a: 5 }),
  nowhere('$..a.b', { a: { b: 1 }, x: { a: {} } }),
  nowhere('$..[0,1]', { a: [1, 2], b: [3] }),
  leads('$..[0].x', [{ x: 1 }, { x: 2 }], [1, 2]),
  nowhere('$.a[1:]', { a: 'text' }),
  nowhere('$.a[0,1]', { a: {} }),
  nowhere('$.a[?(@.x)]', { a: 5 }),
  nowhere("$.a['x','y']", { a: [] }),
];

const ages = { xs: [{ n: 1 }, { n: 5, s: 'b' }, { n: null }, { s: 'a' }, 7, 'five'] };

const filters: Case[] = [
  leads('$.jar[?(@.a >= 5)]', { jar: [{ a: 1 }, { a: 5 }, { a: 2 }, { a: 7 }, { a: 3 }] }, [{ a: 5 }, { a: 7 }], guide),
  leads('$.xs[?(@.n > 1)]', ages, [{ n: 5, s: 'b' }]),
  leads('$.xs[?(@.n)]', ages, [{ n: 1 }, { n: 5, s: 'b' }]),
  leads('$.xs[?(@.n == null)]', ages, [{ n: null }]),
  leads('$.xs[?(!@.n)]', ages, [{ n: null }, { s: 'a' }, 7, 'five']),
  leads("$.xs[?(@.s <= 'a')].s", ages, ['a']),
  leads("$.xs[?(@.s == 'b' && @.n == 5)].n", ages, [5]),
  leads('$.xs[?(@ > 3)]', { xs: [1, 5] }, [], `${guide}: the @ operator does not match scalar values`),
  leads("$.xs[?(@ == 'a')]", { xs: ['a'] }, [], `${guide}: the @ operator does not match scalar values`),
  leads('$.xs[?(@.n == 5)]', { xs: [{ n: '5' }, { n: 'five' }] }, [{ n: '5' }]),
  leads("$.xs[?(@.n == '5.0')]", { xs: [{ n: 5 }, { n: 6 }] }, [{ n: 5 }]),
  leads("$.xs[?(@.n < '10')]", { xs: [{ n: 9 }, { n: 11 }] }, [{ n: 9 }]),
  leads("$.xs[?(@.n > '5')]", { xs: [{ n: 6 }, { n: '6' }, { n: '10' }] }, [{ n: 6 }, { n: '6' }]),
  leads('$.xs[?(@.n != 5)]', { xs: [{ n: 5 }, { n: '6' }, {}] }, [{ n: '6' }]),
  leads('$.xs[?(@.n != null)]', { xs: [{ n: null }, {}, { n: 0 }] }, [{ n: 0 }]),
  leads('$.xs[?(@.n == true)]', { xs: [{ n: true }, { n: 'true' }] }, [{ n: true }, { n: 'true' }]),
  leads('$.xs[?(@.n > true)]', { xs: [{ n: 1 }] }, []),
  leads("$.xs[?(@['a b'] == 1)]", { xs: [{ 'a b': 1 }, {}] }, [{ 'a b': 1 }]),
  leads('$.xs[?(@.a.b == 1)]', { xs: [{ a: { b: 1 } }, { a: 5 }] }, [{ a: { b: 1 } }]),
  leads('$.xs[?(@.a[0] == 1)]', { xs: [{ a: [1] }, { a: [] }] }, [{ a: [1] }]),
  leads('$.x[?(@.n == 1)]', { x: { n: 1 } }, [{ n: 1 }]),
  leads('$.x[?(@.n == 2)]', { x: { n: 1 } }, []),
  leads('$..[?(@.n)]', { a: [{ n: 1 }], b: { n: 2 } }, [{ n: 1 }, { n: 2 }]),
  leads('$..[?(@.n > 1)].n', { a: [{ n: 1 }, { n: 3 }], b: { n: 2 } }, [3, 2]),
  nowhere('$.xs[?(@.n)].m', { xs: [{ n: 1, m: 2 }, { n: 1 }] }),
  refused('$.xs[?(@.n)'),
  refused('$.xs[?@.n]'),
  refused('$.xs[?(@.n = 1)]'),
  refused('$.xs[?(@.n =~ /a/)]', `${guide}: filtering by regular expression is not supported`),
  refused('$.xs[?(@.n subsetof [1])]', `${guide}: lexical operators such as subsetof are not supported`),
];

const reasons: Case[] = [
  because('$.no', {}, "No results for path: $['no']"),
  because('$.no.x', {}, "Missing property in path $['no']", recorded),
  because('$.a.no.x', { a: {} }, "Missing property in path $['a']['no']"),
  because("$.['no'].x", {}, "Missing property in path $['no']"),
  because('$.a[3]', { a: [] }, "Index out of bounds when evaluating path $['a'][3]"),
  because('$.a[-1]', { a: [1] }, "Index out of bounds when evaluating path $['a'][-1]"),
  because('$.a[(@.length-2)]', { a: [1] }, "Index out of bounds when evaluating path $['a'][-1]"),
  because('$.a[3].x', { a: [] }, "Index out of bounds when evaluating path $['a'][3]"),
  because('$.a[0,3]', { a: [1] }, "Index out of bounds when evaluating path $['a'][3]"),
  because('$.a[:1].x', { a: [{}] }, "No results for path: $['a'][0]['x']"),
  because('$.a.*.x', { a: { b: {} } }, "No results for path: $['a']['b']['x']"),
  because("$['a','b'].x", { a: {} }, "Multi properties can only be used as path leafs: $['a', 'b']"),
  because('$.a[0]', { a: null }, "The path $['a'] is null"),
  because('$.a[0]', { a: 'x' }, 'Filter: [0] can only be applied to arrays. Current context is: x'),
  because(
    '$.a[0].b',
    { a: { c: [1, 'x', null], d: 1.5 } },
    "Filter: [0]['b'] can only be applied to arrays. Current context is: {c=[1, x, null], d=1.5}",
  ),
  because('$.a[1:]', { a: true }, 'Filter: [1:] can only be applied to arrays. Current context is: true'),
  because('$.a[?(@.x)]', { a: 5 }, 'Filter: [?] can not be applied to primitives. Current context is: 5'),
  because('$.a.b', { a: 5 }, "Property ['b'] not found in path $['a']"),
  because('$.a.b', { a: null }, "Property ['b'] not found in path $['a']"),
  because("$.a['b','c']", { a: 5 }, "Property ['b', 'c'] not found in path $['a']"),
  {
    ...because('$.no', {}, "No results for path: $['no']"),
    name: 'OutputPath fails in the same words',
    definition: machine({ P: { Type: 'Pass', OutputPath: '$.no', End: true } }),
  },
];

const nothing: Case[] = [
  {
    name: 'A path of Parameters has nothing to look at where the input is null',
    proves: `${report}, Stack Overflow, Unable to apply Path transformation`,
    definition: machine({ P: { Type: 'Pass', Parameters: { 'v.$': '$' }, End: true } }),
    input: null,
    status: 'FAILED',
    error: 'States.Runtime',
    cause: "state 'P' (entered at the event id #2). Unable to apply Path transformation to null or empty input.",
  },
  {
    name: 'InputPath has nothing to look at where the input is null',
    proves: `${report}, Stack Overflow, Unable to apply Path transformation`,
    definition: machine({ P: { Type: 'Pass', InputPath: '$.a', End: true } }),
    input: null,
    status: 'FAILED',
    error: 'States.Runtime',
    cause: 'Unable to apply Path transformation to null or empty input.',
  },
  {
    name: 'Null goes through a state that only names it whole',
    proves: 'Developer guide, InputPath: the default is $',
    definition: machine({ P: { Type: 'Pass', InputPath: '$', OutputPath: '$', End: true } }),
    input: null,
    output: null,
  },
  {
    name: 'The context object is there where the input is null',
    proves: 'Developer guide, Context object',
    definition: machine({ P: { Type: 'Pass', Parameters: { 'v.$': '$$.State.Name' }, End: true } }),
    input: null,
    output: { v: 'P' },
  },
];

function resultPath(text: string, finds: Parameters<typeof check>[3]): Case {
  const definition = machine({ P: { Type: 'Pass', Result: 1, ResultPath: text, End: true } });
  return check(`ResultPath ${text} is ${finds.length === 0 ? 'a' : 'no'} reference path`, guide, definition, finds);
}

const references: Case[] = [
  resultPath("$.['a']", []),
  resultPath("$.a.['b'].c", []),
  resultPath('$.a[0]', []),
  ...[
    '$.a[*]',
    '$..a',
    '$.a[0:1]',
    '$.a[0,1]',
    "$['a','b']",
    '$.a[?(@.b)]',
    '$.a[-1]',
    '$.a[(@.length-1)]',
    '$$.a',
  ].map((text) => resultPath(text, [schema('/States/P/ResultPath')])),
  {
    name: 'ResultPath with a dot before a bracket puts the result there',
    proves: jayway,
    definition: machine({ P: { Type: 'Pass', Result: 1, ResultPath: "$.a.['b c']", End: true } }),
    input: { a: { x: 0 } },
    output: { a: { x: 0, 'b c': 1 } },
  },
  {
    name: 'Several names in ItemsPath give an object, and that is no array',
    proves: jayway,
    definition: machine({
      M: {
        Type: 'Map',
        ItemsPath: "$['a','b']",
        ItemProcessor: machine({ I: { Type: 'Pass', End: true } }),
        End: true,
      },
    }),
    input: { a: 1, b: 2 },
    status: 'FAILED',
    error: 'States.Runtime',
    cause: `Reference path "$['a','b']" must point to array.`,
  },
  {
    name: 'ItemsPath may choose its items',
    proves: `${guide}: $.jar[?(@.a >= 5)]`,
    definition: machine({
      M: {
        Type: 'Map',
        ItemsPath: '$.jar[?(@.a >= 5)]',
        ItemProcessor: machine({ I: { Type: 'Pass', OutputPath: '$.a', End: true } }),
        End: true,
      },
    }),
    input: { jar: [{ a: 1 }, { a: 5 }, { a: 7 }] },
    output: [5, 7],
  },
  {
    name: 'Variables have the same paths',
    proves: 'Developer guide, Passing data with variables',
    definition: machine({
      A: { Type: 'Pass', Assign: { 'v.$': '$' }, Next: 'B' },
      B: { Type: 'Pass', Parameters: { 'x.$': "$v.['a b']", 'y.$': "$v['c','d']" }, End: true },
    }),
    input: { 'a b': 1, c: 2, d: 3, e: 4 },
    output: { x: 1, y: { c: 2, d: 3 } },
  },
];

export const paths: readonly Case[] = [
  ...names,
  ...functions,
  ...elements,
  ...searches,
  ...filters,
  ...reasons,
  ...nothing,
  ...references,
];
