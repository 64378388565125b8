import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strike, type Typed } from './keys.ts';

function typed(keys: readonly string[], more: { modified?: boolean; inField?: boolean; singleKeys?: boolean } = {}) {
  const { modified = false, inField = false, singleKeys = true } = more;
  let before: Typed = {};
  const deeds: (string | undefined)[] = [];
  for (const key of keys) {
    const { deed, typed: now } = strike(before, { key, modified, inField }, singleKeys);
    before = now;
    deeds.push(deed);
  }
  return deeds;
}

test('one key, or two after another, do what they are for', () => {
  assert.deepEqual(typed(['g', 'j', 'j']), [undefined, 'to:/jobs', 'next-row']);
  assert.deepEqual(typed(['g', 'z', 't']), [undefined, undefined, 'theme'], 'a half that leads nowhere is forgotten');
  assert.deepEqual(typed(['?']), ['help']);
});

test('keys do nothing in a field, with a modifier, or switched off but for help', () => {
  assert.deepEqual(typed(['t', '?'], { inField: true }), [undefined, undefined]);
  assert.deepEqual(typed(['r'], { modified: true }), [undefined]);
  assert.deepEqual(typed(['t', 'g', 'j', '?'], { singleKeys: false }), [undefined, undefined, undefined, 'help']);
});

test('no key is one of an object by nature', () => {
  assert.deepEqual(typed(['constructor', '__proto__']), [undefined, undefined]);
});
