import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { mapOf } from '../core/map-schema.ts';
import { sliceLength, validateInSlices } from './sliced-validation.ts';

/** Counts the members that it is asked about. */
function counting() {
  const seen = { count: 0 };
  const member = z.preprocess(
    (value) => {
      seen.count++;
      return value;
    },
    z.object({ key: z.string().max(3) }),
  );
  return { seen, member };
}

test('a long list or map is validated up to the first slice with something wrong, whatever stands behind it', () => {
  for (const wrong of [null, {}, { key: 7 }, { key: 'too long' }]) {
    const { seen, member } = counting();
    const schema = z.object({ list: z.array(member).min(1).optional(), map: z.record(z.string(), member).optional() });
    validateInSlices(schema);
    const good = Array.from({ length: 1_234 }, () => ({ key: 'abc' }));
    const list = [...good, ...Array.from({ length: 8_000 }, () => wrong)];
    for (const input of [{ list }, { map: Object.fromEntries(list.map((each, index) => [`k${index}`, each])) }]) {
      seen.count = 0;
      const parsed = schema.safeParse(input);
      assert.equal(parsed.success, false);
      assert.equal(seen.count, 1_300);
      assert.ok(parsed.error.issues.length <= sliceLength);
      const [member] = Object.keys(input);
      assert.deepEqual(parsed.error.issues[0]?.path.slice(0, 2), [member, member === 'list' ? 1_234 : 'k1234']);
    }
  }
});

test('of a list that is too long no member is looked at', () => {
  const { seen, member } = counting();
  const schema = z.object({ list: z.array(member).max(500) });
  validateInSlices(schema);
  const { error } = schema.safeParse({ list: Array.from({ length: 600 }, () => null) });
  assert.deepEqual(
    error?.issues.map(({ code, path }) => [code, path]),
    [['too_big', ['list']]],
  );
  assert.equal(seen.count, 0);
});

test('what is right comes out the same, and what is wrong is the same, as without slices', () => {
  const make = () =>
    z.object({
      list: z.array(z.object({ key: z.string().max(3), more: z.array(z.number()).optional() })).max(500),
      map: z.record(z.string(), z.string().regex(/^[a-z]*$/)).optional(),
      either: z.union([z.array(z.string()), z.string()]).optional(),
    });
  const sliced = make();
  validateInSlices(sliced);
  const itemUpTo = (maxLength: number) =>
    fc.record({ key: fc.string({ maxLength }), more: fc.array(fc.integer(), { maxLength: 3 }) });
  const listOf = (maxLength: number, least = 0) =>
    fc.array(itemUpTo(maxLength), { minLength: least, maxLength: least + 150, size: 'max' });
  const mapOf = (value: RegExp, least = 0) =>
    fc.dictionary(fc.string(), fc.stringMatching(value), { minKeys: least, maxKeys: least + 60, size: 'max' });
  const input = fc.record(
    {
      // Of long ones hardly any would be right by chance.
      list: fc.oneof(listOf(3, 100), listOf(3, 340), listOf(4, 101), listOf(4)),
      map: fc.oneof(mapOf(/^[a-z]{0,3}$/, 90), mapOf(/^[a-z0-9]{0,3}$/)),
      either: fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 150, size: 'max' })),
    },
    { requiredKeys: ['list'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(input, (value) => {
      const whole = make().safeParse(value);
      const inSlices = sliced.safeParse(value);
      assert.equal(inSlices.success, whole.success);
      if (whole.success) assert.deepEqual(inSlices.data, whole.data);
      else {
        const found = new Set(whole.error.issues.map((issue) => JSON.stringify(issue)));
        for (const issue of inSlices.error?.issues ?? []) assert.ok(found.has(JSON.stringify(issue)), issue.message);
        assert.deepEqual(inSlices.error?.issues[0], whole.error.issues[0]);
      }
    }),
    { numRuns: 40 },
  );
});

test('a long map keeps a key __proto__', () => {
  const schema = z.object({ map: mapOf(z.string()) });
  validateInSlices(schema);
  const names = ['__proto__', ...Array.from({ length: 300 }, (_, index) => `k${index}`)];
  const text = `{"map":{${names.map((name) => `"${name}":"v"`).join(',')}}}`;
  const { map } = schema.parse(JSON.parse(text));
  assert.deepEqual(new Set(Object.keys(map)), new Set(names));
});
