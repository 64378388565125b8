import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasReferences, substitute } from './parameters.ts';

const element = fc.oneof(
  fc.string(),
  fc.string().map((name) => `Ref::${name}`),
);

test('substitution changes exactly the placeholders, each to its parameter, and refuses one without', () => {
  fc.assert(
    fc.property(fc.array(element), fc.dictionary(fc.string(), fc.string()), (command, parameters) => {
      const names = command.filter((given) => given.startsWith('Ref::')).map((given) => given.slice(5));
      if (!names.every((name) => Object.hasOwn(parameters, name))) {
        assert.throws(() => substitute(command, parameters), /No parameter found for reference/);
        return;
      }
      const expected = command.map((given) => (given.startsWith('Ref::') ? parameters[given.slice(5)] : given));
      assert.deepEqual(substitute(command, parameters), expected);
    }),
  );
});

test('a command without placeholders has no references', () => {
  assert.equal(hasReferences(['echo', 'a Ref::b']), false);
  assert.equal(hasReferences(['echo', 'Ref::b']), true);
  assert.equal(hasReferences(undefined), false);
});
