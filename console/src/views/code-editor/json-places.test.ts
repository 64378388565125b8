import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { placeOf, readJson } from './json-places.ts';

test('every value of a text is found by its pointer', () => {
  const text = '{ "a/b": [1, {"c~": "x"}], "d": null }';
  const reading = readJson(text);
  assert.ok(reading.kind === 'json');
  const at = (pointer: string) => {
    const place = reading.places.get(pointer);
    return place && text.slice(place.from, place.to);
  };
  assert.equal(at(''), text);
  assert.equal(at('/a~1b'), '[1, {"c~": "x"}]');
  assert.equal(at('/a~1b/1/c~0'), '"x"');
  assert.equal(at('/d'), 'null');
});

test('what is not there is marked at what would hold it', () => {
  const text = '{"States": {"A": {"Type": "Task"}}}';
  const reading = readJson(text);
  assert.ok(reading.kind === 'json');
  const place = placeOf(reading.places, '/States/A/Resource');
  assert.equal(place && text.slice(place.from, place.to), '{"Type": "Task"}');
  assert.deepEqual(placeOf(reading.places, '/'), { from: 0, to: text.length });
});

test('the first thing that is no JSON is pointed at', () => {
  for (const [text, at] of [
    ['', 0],
    ['{"a": }', 6],
    ['{"a": 1 "b": 2}', 8],
    ['[1, 2', 5],
    ['{a: 1}', 1],
    ['{} x', 3],
    ['[01]', 2],
    ['"line\nbreak"', 0],
  ] as const) {
    assert.deepEqual(readJson(text), { kind: 'fault', at }, text);
  }
  assert.equal(readJson('['.repeat(100_000)).kind, 'fault');
});

test('any JSON is read, and nothing else', () => {
  fc.assert(
    fc.property(fc.json({ depthSize: 'small' }), (text) => {
      const reading = readJson(text);
      assert.ok(reading.kind === 'json');
      assert.deepEqual(reading.places.get(''), { from: 0, to: text.length });
    }),
  );
  fc.assert(
    fc.property(fc.json({ depthSize: 'small' }), fc.nat(), fc.constantFrom('', ',', '}', '"', '1'), (json, at, put) => {
      const cut = at % (json.length + 1);
      const text = json.slice(0, cut) + put + json.slice(cut + 1);
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      assert.equal(readJson(text).kind === 'json', isJson, text);
    }),
  );
});
