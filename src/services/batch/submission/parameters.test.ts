import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hasReferences, substitute } from './parameters.ts';

const element = fc.oneof(
  fc.string(),
  fc.string().map((name) => `Ref::${name}`),
);

test('substitution keeps the length of a command, and changes exactly the elements whose parameter is given', () => {
  fc.assert(
    fc.property(fc.array(element), fc.dictionary(fc.string(), fc.string()), (command, parameters) => {
      const result = substitute(command, parameters);
      assert.equal(result.length, command.length);
      for (const [index, given] of command.entries()) {
        const name = given.startsWith('Ref::') ? given.slice(5) : undefined;
        const known = name !== undefined && Object.hasOwn(parameters, name);
        assert.equal(result[index], known ? parameters[name] : given);
      }
    }),
  );
});

test('a command without placeholders has no references', () => {
  assert.equal(hasReferences(['echo', 'a Ref::b']), false);
  assert.equal(hasReferences(['echo', 'Ref::b']), true);
  assert.equal(hasReferences(undefined), false);
});
