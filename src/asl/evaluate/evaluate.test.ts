import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Template } from '../definition/machine.ts';
import { parseDefinition, validateDefinition } from '../definition/parse.ts';
import { StateError } from '../errors.ts';
import type { Json } from '../json/json.ts';
import { SeededRandom } from '../json/seeded-random.ts';
import { writtenExpression } from '../jsonata/written.ts';
import { bounds } from '../limits.ts';
import { parsePath } from '../path/parse.ts';
import { goElsewhere } from './elsewhere.ts';
import type { Evaluation } from './evaluation.ts';
import { performEvaluation } from './index.ts';
import { Meter } from './meter.ts';
import type { StateScope } from './scope.ts';
import { evaluateTemplate } from './template.ts';

/** A scope, and how often something was evaluated elsewhere in it. */
function scopeOf(data: Json, variables: Readonly<Record<string, Json>> = {}) {
  const elsewhere: Evaluation[] = [];
  const scope: StateScope = {
    data,
    states: { input: data },
    context: () => ({ Execution: { Name: 'e' } }),
    variables: { get: (name) => variables[name], all: () => variables },
    random: new SeededRandom('seed'),
    now: 1_000,
    meter: new Meter(bounds.hereWork, goElsewhere),
    evaluator: (evaluation) => {
      elsewhere.push(evaluation);
      return performEvaluation(evaluation);
    },
  };
  return { scope, elsewhere };
}

const jsonata = (text: string): Template => ({
  kind: 'jsonata',
  expression: writtenExpression(text),
  field: 'Output',
});

async function outcome(work: Promise<Json>): Promise<unknown> {
  try {
    return await work;
  } catch (fault) {
    if (!(fault instanceof StateError)) throw fault;
    return fault.failure;
  }
}

const names = fc.constantFrom('a', 'b', 'x1', '_y', 'and', 'constructor', '__proto__', 'length');
const values: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Json>(null, true, 0, -1.5, '', 'text', [], {}),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(names, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
const texts = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('$states.input', '$v', '$states.context', '$states', '$none'),
      fc.array(names, { maxLength: 3 }),
    )
    .map(([root, way]) => [root, ...way].join('.')),
  fc.constantFrom('true', 'null', '1', '-2.5', '1e3', '007', '"a"', "'b'", '"a\\n"', '""', 'and', 'a', '$', '-0'),
);

test('What is simple means here what it means in JSONata', async () => {
  await fc.assert(
    fc.asyncProperty(texts, values, values, async (text, input, v) => {
      const { scope } = scopeOf(input, { v });
      const { scope: other } = scopeOf(input, { v });
      const whole: Template = { kind: 'jsonata', expression: { text }, field: 'Output' };
      const expected = await outcome(evaluateTemplate(whole, other));
      assert.deepEqual(await outcome(evaluateTemplate(jsonata(text), scope)), expected);
    }),
    { seed: 11, numRuns: 2_000 },
  );
});

test('Ways, constants and small payloads are evaluated here; other JSONata elsewhere', async () => {
  const { scope, elsewhere } = scopeOf({ a: { b: [1, 2] } }, { v: 1 });
  const members = (['$states.input.a.b', '$v', '"text"', '12', '$states.context.Execution.Name'] as const).map(
    (text, at) => [`m${at}`, jsonata(text)] as const,
  );
  const path = { kind: 'path', path: parsePath('$..b'), field: 'p.$' } as const;
  const value = await evaluateTemplate({ kind: 'object', members: [...members, ['p', path]] }, scope);
  assert.deepEqual(value, { m0: [1, 2], m1: 1, m2: 'text', m3: 12, m4: 'e', p: [[1, 2]] });
  assert.equal(elsewhere.length, 0);
  assert.equal(await evaluateTemplate(jsonata('$sum($states.input.a.b)'), scope), 3);
  assert.equal(elsewhere.length, 1);
});

test('An evaluation takes along no more of its scope than it may look at', async () => {
  const { scope, elsewhere } = scopeOf({ a: 'input' }, { used: 'u', unused: 'x'.repeat(1000) });
  await evaluateTemplate(jsonata("$uppercase($used) & 'b'"), scope);
  await evaluateTemplate(jsonata('$string($states.input.a)'), scope);
  await evaluateTemplate(jsonata('$keys($states)'), scope);
  const scopes = elsewhere.map((each) => (each.kind === 'syntax' ? undefined : each.scope));
  assert.deepEqual(scopes[0]?.variables, { used: 'u' });
  assert.deepEqual(scopes[0]?.states, {});
  assert.deepEqual([scopes[1]?.states, scopes[1]?.context], [{ input: { a: 'input' } }, undefined]);
  assert.deepEqual(scopes[2]?.context, { Execution: { Name: 'e' } });
});

test('What takes more steps than the bound goes elsewhere as if it had not begun, random draws included', async () => {
  const numbers = Array.from({ length: bounds.hereWork }, (_, at) => at);
  const { scope, elsewhere } = scopeOf(numbers);
  const uuid = (field: string): Template => {
    const call = { kind: 'call', name: 'States.UUID', arguments: [], text: 'States.UUID()' } as const;
    return { kind: 'intrinsic', node: { ...call }, field };
  };
  const all = { kind: 'path', path: parsePath('$..*'), field: 'p.$' } as const;
  const count = { kind: 'path', path: parsePath('$..*'), field: 'n.$' } as const;
  const large: Template = { kind: 'array', items: [uuid('a'), count] };
  const [first] = (await evaluateTemplate(large, scope)) as Json[];
  assert.equal(elsewhere.length, 1);
  assert.equal(first, new SeededRandom('seed').uuid(), 'the first draw');
  const second = await evaluateTemplate(uuid('b'), scope);
  assert.notEqual(second, first, 'what follows goes on from what was drawn elsewhere');
  const many: Template = { kind: 'array', items: Array.from({ length: 200 }, () => all) };
  const failed = (await outcome(evaluateTemplate(many, scopeOf(numbers).scope))) as { error: string };
  assert.equal(failed.error, 'States.Runtime');
});

test('A payload that names its input many times over is refused before it is written down', async () => {
  const { scope } = scopeOf('x'.repeat(200_000));
  const whole = { kind: 'path', path: parsePath('$'), field: 'x.$' } as const;
  const template: Template = { kind: 'array', items: Array.from({ length: 20_000 }, () => whole) };
  const failed = (await outcome(evaluateTemplate(template, scope))) as { error: string };
  assert.equal(failed.error, 'States.DataLimitExceeded');
});

test('Expressions of a definition are checked elsewhere, in slices; parsing alone looks at none', async () => {
  const output = Array.from({ length: 3_000 }, (_, at) => `{% $string(${at}) & "some more text" %}`);
  const states = { P: { Type: 'Pass', QueryLanguage: 'JSONata', Output: [...output, '{% 1 + %}'], End: true } };
  const definition = JSON.stringify({ StartAt: 'P', States: states });
  const slices: number[] = [];
  const { machine, diagnostics } = await validateDefinition(definition, {}, (evaluation) => {
    slices.push(evaluation.kind === 'syntax' ? evaluation.texts.length : 0);
    return performEvaluation(evaluation);
  });
  assert.equal(machine, undefined);
  assert.deepEqual(
    diagnostics.map(({ location }) => location),
    ['/States/P/Output[3000]'],
  );
  assert.ok(slices.length > 1 && slices.every((size) => size < 2_000), slices.join());
  assert.ok(parseDefinition(definition).machine);
});

test('Nested variables, filters and errors without number cost no more than the length of the definition', () => {
  const deep = (levels: number): object => {
    const assign = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`v${levels}_${at}`, 1]));
    const flow = levels > 1 ? [deep(levels - 1)] : [{ StartAt: 'E', States: { E: { Type: 'Nope' } } }];
    const state = { Type: 'Parallel', Assign: assign, Branches: flow, End: true };
    return { StartAt: `P${levels}`, States: { [`P${levels}`]: state } };
  };
  const { diagnostics } = parseDefinition(JSON.stringify(deep(100)));
  assert.ok(diagnostics.some(({ location }) => location?.endsWith('/States/E/Type')));
  for (const path of [`$[?${'('.repeat(50_000)}`, `$[?(${'!'.repeat(50_000)}`, `$${'[?(@'.repeat(20_000)}`]) {
    assert.throws(() => parsePath(path), { name: 'SyntaxFault' });
  }
  const wrong = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`S${at}`, { Type: 'Nope' }]));
  const many = parseDefinition(JSON.stringify({ StartAt: 'S0', States: wrong }));
  assert.equal(many.diagnostics.length, 101);
});
