import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { Invocation } from '../invocation.ts';
import { LineLabels } from './line-labels.ts';
import { Printer } from './printer.ts';

function labelsFor(environment: NodeJS.ProcessEnv, size?: number): LineLabels {
  return new LineLabels(new Printer({ stdout: new PassThrough(), environment } as unknown as Invocation), size);
}

test('a line is labelled with its child, as wide as the last one, and with its container; alone with nothing', () => {
  const labels = labelsFor({}, 101);
  assert.deepEqual(
    [
      labels.of({ index: 7 }),
      labels.of({ index: 100, container: 'web' }),
      labels.of({ container: 'db' }),
      labels.of({}),
    ],
    ['  7 | ', '100 web | ', 'db | ', ''],
  );
});

test('neighbours differ in colour, one writer keeps its own, and NO_COLOR leaves all plain', () => {
  const labels = labelsFor({ FORCE_COLOR: '1' }, 10);
  const [first, second, again] = [labels.of({ index: 0 }), labels.of({ index: 1 }), labels.of({ index: 0 })];
  assert.equal(first, again);
  assert.notEqual(first.slice(0, 5), second.slice(0, 5));
  assert.equal(stripVTControlCharacters(first), '0 | ');
  const [web, db] = [labels.of({ container: 'web' }), labels.of({ container: 'db' })];
  assert.notEqual(web.slice(0, 5), db.slice(0, 5));
  assert.equal(labels.of({ container: 'web' }), web);
  assert.equal(labelsFor({ NO_COLOR: '1', FORCE_COLOR: '1' }).of({ index: 0 }), '0 | ');
});
